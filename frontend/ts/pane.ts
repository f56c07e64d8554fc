/** The pane with the ticket: opened without leaving the list, its timeline at the newest entry. */
import htmx from "htmx.org";
import { all, one } from "./page";

const NEAR_THE_END = 100;
let shown = "";
let opening: Promise<void> | null = null;
let isStale = false;

const timeline = (): HTMLElement | null => one("#timeline");

/** Fetch a ticket into the pane and write its address into the browser. */
export function openTicket(url: string): void {
  document.body.dataset.pane = "ticket";
  const { pathname, search } = new URL(url, location.href);
  const asked = (htmx.ajax("GET", url, { source: "#pane", target: "#pane", swap: "innerHTML", push: pathname + search }) as Promise<void>).finally(() => {
    if (opening !== asked) return;
    opening = null;
    if (isStale) refreshTicket();
  });
  opening = asked;
  isStale = false;
}

/** Fetch the open ticket anew, after another one that is on its way; what the person writes, has unfolded or scrolled to stays. */
export function refreshTicket(): void {
  isStale = !!opening;
  if (opening) return;
  const ticket = one("[data-ticket]");
  if (ticket?.dataset.url) void htmx.ajax("GET", ticket.dataset.url, { source: "#pane", target: "#pane", swap: "innerMorph" });
}

export function backToList(): void {
  document.body.dataset.pane = "list";
}

export function toggleSide(): void {
  one("#side")?.classList.toggle("open");
}

/** Move to the next or previous entry of the feed. */
export function stepEntry(by: number): void {
  const entries = all("#timeline .entry");
  const at = entries.indexOf(document.activeElement?.closest(".entry") as HTMLElement);
  entries[at === -1 ? entries.length - 1 : Math.min(entries.length - 1, Math.max(0, at + by))]?.focus();
}

export const toNewest = (): void => timeline()?.scrollTo({ top: timeline()?.scrollHeight ?? 0 });

function showOriginal(details: HTMLDetailsElement, withImages: boolean): void {
  const frame = details.querySelector("iframe");
  const url = details.dataset.original;
  if (frame && url) frame.src = withImages ? `${url}?images=1` : url;
}

export function startPane(): void {
  let isNearEnd = true;
  let isHere = false;
  document.addEventListener("htmx:before:swap", () => {
    isHere = !!document.activeElement?.closest("#pane, dialog[open]");
    const feed = timeline();
    isNearEnd = !feed || feed.scrollHeight - feed.scrollTop - feed.clientHeight < NEAR_THE_END;
  });
  const settle = (): void => {
    const number = one("[data-ticket]")?.dataset.ticket ?? "";
    if (number && (number !== shown || isNearEnd)) toNewest();
    shown = number;
    // What was pressed is gone: whoever reads by ear or goes by Tab stays with the ticket.
    if (isHere && document.activeElement === document.body) one("#content")?.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:after:swap", settle);
  document.addEventListener("htmx:after:history:push", () => {
    document.body.dataset.pane = location.pathname.startsWith("/tickets/") ? "ticket" : "list";
  });
  document.addEventListener("toggle", (event) => {
    const details = event.target as HTMLDetailsElement;
    if (details.matches("[data-original]") && details.open && !details.querySelector("iframe")?.src) showOriginal(details, false);
  }, true);
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const details = target.closest<HTMLDetailsElement>("[data-original]");
    if (details && target.closest("[data-images]")) showOriginal(details, true);
    const link = target.closest<HTMLAnchorElement>("a[data-open]");
    if (link && one("#pane") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openTicket(link.href);
    }
    const back = target.closest("[data-act=back]");
    if (back && one("#rows")) {
      event.preventDefault();
      backToList();
    }
  });
  settle();
}
