/** „Warum diese Frist?": the reckoning of a ticket's clocks, for the row in focus or the ticket that is open. */
import htmx from "htmx.org";
import { one } from "./page";

export function explain(number: string | undefined): void {
  if (number) void htmx.ajax("GET", `/tickets/${number}/clocks`, { source: "#sheet", target: "#sheet", swap: "innerHTML" });
}

export function explainHere(): void {
  const row = document.activeElement?.closest<HTMLElement>(".ticket-row");
  explain(row?.dataset.number ?? one("[data-ticket]")?.dataset.ticket);
}

/** A badge in the list says why, where a mouse can tell it from the row around it. */
export const isBadge = (target: HTMLElement): boolean => !!target.closest(".ticket-row .sla") && matchMedia("(hover: hover)").matches;
