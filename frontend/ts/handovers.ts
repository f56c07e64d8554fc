/** A hand-over or a release changes the counts in the rail, and the list of hand-overs wherever one is. */
import { gathering } from "./gathering";
import type { Signal } from "./live";
import { one } from "./page";

const GATHER = 250;
const GATHER_AT_MOST = 1000;

async function refresh(): Promise<void> {
  one("#handovers")?.dispatchEvent(new CustomEvent("faden:refresh"));
  const view = one("#views [aria-current]")?.getAttribute("href")?.split("/").pop() ?? "";
  const answer = await fetch(`/handovers/badges?view=${encodeURIComponent(view)}`, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  one("#views")?.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
}

const refreshSoon = gathering(() => void refresh().catch(() => undefined), GATHER, GATHER_AT_MOST);

export function startHandovers(): void {
  document.addEventListener("faden:signal", (event) => {
    const { kind } = (event as CustomEvent<Signal>).detail;
    if (kind.startsWith("hand") || kind.startsWith("release")) refreshSoon();
  });
}
