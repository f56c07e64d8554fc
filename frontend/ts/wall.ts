/** A screen on a wall: renews itself every ten seconds, and says across the top when it could not for thirty. */
const EVERY = 10_000;
const PATIENCE = 30_000;
const GIVES_UP_AFTER = 8000;
const GONE = 404;

let freshAt = performance.now();
let isAsking = false;

const built = (page: Document): string => page.querySelector<HTMLScriptElement>("script[src]")?.getAttribute("src") ?? "";

/** A new version of the product brings new files: the whole page is taken then, and so is the word that it ended. */
function show(answer: string): void {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const fresh = page.querySelector("#wall");
  if (!fresh) return;
  if (built(page) !== built(document)) return location.reload();
  document.querySelector("#wall")?.replaceWith(fresh);
  freshAt = performance.now();
}

async function ask(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(GIVES_UP_AFTER) });
    if (answer.status === GONE) location.reload();
    else if (answer.ok) show(await answer.text());
  } catch {
    // No connection: the figures grow old, and `tell` says so.
  } finally {
    isAsking = false;
  }
}

function tell(): void {
  const words = document.querySelector<HTMLElement>("[data-stale]");
  if (words) words.hidden = performance.now() - freshAt <= PATIENCE;
}

setInterval(() => void ask(), EVERY);
setInterval(tell, 1000);
