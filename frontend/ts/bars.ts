/** What everybody must know before trusting the page is true now, not when the page was fetched. */
import type { Signal } from "./live";
import { one } from "./page";

const SHOP_WIDE = ["channel_down", "channel_up"];

async function fetched(url: string): Promise<DocumentFragment | null> {
  const answer = await fetch(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
  return answer.ok && !answer.redirected ? document.createRange().createContextualFragment(await answer.text()) : null;
}

async function refresh(): Promise<void> {
  const bars = await fetched("/live/bars");
  if (bars) one("#bars")?.replaceChildren(bars);
  const url = one("#condition")?.dataset.live;
  const condition = url ? await fetched(url) : null;
  if (condition) one("#condition")?.replaceWith(condition);
}

/** Whether the page says that deadlines stand still. */
const standsStill = (): boolean => !!one("#bars [data-tick]");

export function startBars(): void {
  const refreshSoon = (): void => void refresh().catch(() => undefined);
  document.addEventListener("faden:signal", (event) => {
    const { kind } = (event as CustomEvent<Signal>).detail;
    if (SHOP_WIDE.includes(kind) || (kind === "tick_late" && !standsStill()) || (kind === "tick_well" && standsStill())) refreshSoon();
  });
  // The stream says only what is wrong: a page that was fetched before it was mended asks by itself.
  document.addEventListener("faden:live", () => { if (standsStill()) refreshSoon(); });
}
