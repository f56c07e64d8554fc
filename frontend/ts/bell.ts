/** The bell: its counter is true now, and what was told about a ticket is read once somebody looks at it. */
import type { Signal } from "./live";
import { all, csrfToken, isWriting, one } from "./page";
import { singleKeysAreOff } from "./preferences";

const GATHER = 300;
/** After these somebody was told; the signal of the bell itself leaves no trace, so it may be missed. */
const TELLING = /^(notified|call_|warned|breached|fired|promise_|handed_over|handover_)/;
let waiting = 0;
let seen = "";

async function refresh(): Promise<void> {
  const bell = one("#tidings");
  if (!bell?.dataset.url) return;
  const answer = await fetch(bell.dataset.url, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  bell.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
  // Whoever tells it does not know on which page it will stand.
  const here = all<HTMLAnchorElement>("a", bell).find((link) => link.pathname === location.pathname);
  here?.setAttribute("aria-current", "page");
  document.dispatchEvent(new Event("faden:bell"));
}

function refreshSoon(): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void refresh().catch(() => undefined), GATHER);
}

/** Whoever looks at a ticket has read what was told about it. */
function look(isNew = false): void {
  const number = one("[data-ticket]")?.dataset.ticket ?? "";
  if (document.hidden || !number || (number === seen && !isNew) || !one("#tidings .count.hot")) return;
  seen = number;
  const body = new URLSearchParams({ csrf_token: csrfToken(), ticket: number });
  void fetch("/notifications/seen", { method: "POST", body }).then(refreshSoon).catch(() => undefined);
}

/** J and K, or the arrows, go through the entries of a page; Enter opens the one that has the focus. */
function step(by: number): void {
  const entries = all("[data-entry]");
  const at = entries.indexOf(document.activeElement?.closest<HTMLElement>("[data-entry]") as HTMLElement);
  entries[Math.min(entries.length - 1, Math.max(0, at + by))]?.focus();
}

export function startBell(): void {
  document.addEventListener("faden:signal", (event) => {
    const { kind, ticket } = (event as CustomEvent<Signal>).detail;
    if (TELLING.test(kind)) refreshSoon();
    if (kind === "notified" && String(ticket) === one("[data-ticket]")?.dataset.ticket) window.setTimeout(() => look(true), 4 * GATHER);
  });
  document.addEventListener("faden:bell", () => look());
  document.addEventListener("htmx:after:swap", () => look());
  document.addEventListener("visibilitychange", () => look());
  document.addEventListener("keydown", (event) => {
    const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
    const by = steps[event.key];
    if (!by || !one("[data-entry]") || isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (event.key.length === 1 && singleKeysAreOff()) return;
    event.preventDefault();
    step(by);
  });
  look();
}
