/** Doing once what many ask for: soon after the last of them, and in an unending storm no later than a limit. */

/** Return what asks for the act; both durations are milliseconds. */
export function gathering(act: () => void, soon: number, atLatest: number): () => void {
  let waiting = 0;
  let latest = 0;
  return () => {
    const now = performance.now();
    if (!waiting) latest = now + atLatest;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { waiting = 0; act(); }, Math.max(0, Math.min(soon, latest - now)));
  };
}
