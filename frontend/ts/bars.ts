/** What everybody must know before trusting the page is true now, not when the page was fetched. */
import type { Signal } from "./live";
import { one } from "./page";

const SHOP_WIDE = ["channel_down", "channel_up"];

async function refresh(): Promise<void> {
  const answer = await fetch("/live/bars", { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (answer.ok && !answer.redirected) one("#bars")?.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
}

export function startBars(): void {
  document.addEventListener("faden:signal", (event) => {
    if (SHOP_WIDE.includes((event as CustomEvent<Signal>).detail.kind)) void refresh().catch(() => undefined);
  });
}
