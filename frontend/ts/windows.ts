/** The second clock of a conversation: how long its platform still takes an answer. */
import { now, span } from "./deadlines";
import { all, one, words } from "./page";

const SOON = 3 * 60 * 60_000;
const GLYPHS: Record<string, string> = { open: "clock", soon: "sla-soon", human: "person", shut: "lock" };

function stateOf(left: number, human: number): string {
  if (left > 0) return left <= SOON ? "soon" : "open";
  return human > now() ? "human" : "shut";
}

/** Keep the platform's clock true between two visits to the server. */
function tick(window_: HTMLElement): void {
  const left = Date.parse(window_.dataset.closes ?? "") - now();
  const state = stateOf(left, Date.parse(window_.dataset.human || ""));
  const isTight = "tight" in window_.dataset;
  const open = window_.dataset.openWords ?? words(isTight ? "left" : "window-open", "%s");
  const text = left > 0 ? open.replace("%s", span(left, isTight)) : (window_.dataset[`${state}Words`] ?? "");
  const label = one("span", window_);
  if (label && label.textContent !== text) label.textContent = text;
  window_.querySelector("use")?.setAttribute("href", `#${GLYPHS[state]}`);
  window_.className = `window ${state}`;
  window_.closest(".fact")?.classList.toggle("window-soon", state === "soon" || state === "human");
}

export const tickWindows = (): void => all("[data-closes]").forEach(tick);
