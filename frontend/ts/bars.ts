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

export function startBars(): void {
  document.addEventListener("faden:signal", (event) => {
    if (SHOP_WIDE.includes((event as CustomEvent<Signal>).detail.kind)) void refresh().catch(() => undefined);
  });
}
