/** Without a stream: every three seconds while somebody is active, every minute otherwise. */
import type { Signal } from "./live";

/** What the asking stands in for: from where on, who hears, and how the page says how it is connected. */
interface Stream { after: () => number; hear: (signal: Signal) => void; connected: () => void; disconnected: () => void; polling: () => void }

export const STALE_AFTER = 60_000;

export function poll(stream: Stream): void {
  let activeUntil = 0;
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (activeUntil = Date.now() + STALE_AFTER), { passive: true });
  const round = async (): Promise<void> => {
    try {
      const answer = await fetch(`/live/since?after=${stream.after()}`, { headers: { Accept: "application/json" } });
      if (answer.ok) for (const signal of (await answer.json()) as Signal[]) stream.hear(signal);
      stream.connected();
      stream.polling();
    } catch {
      stream.disconnected();
    }
    window.setTimeout(() => void round(), Date.now() < activeUntil ? 3000 : STALE_AFTER);
  };
  void round();
}
