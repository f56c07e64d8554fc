/** The list: one tab stop, arrow keys or J and K move, Enter opens; the row that is open stays marked. */
import { all, one } from "./page";
import { openTicket } from "./pane";
import { explain, isBadge } from "./why";

export const rows = (): HTMLElement[] => all(".ticket-row");

export const currentRow = (): HTMLElement | null => one('.ticket-row[tabindex="0"]');

const shownNumber = (): string => one("[data-ticket]")?.dataset.ticket ?? "";

/** Make one row the tab stop of the grid, and focus it if asked. */
export function choose(row: HTMLElement | undefined, focus = true): void {
  if (!row) return;
  for (const other of all('.ticket-row[tabindex="0"]')) other.tabIndex = -1;
  row.tabIndex = 0;
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

/** Mark the open ticket's row and see to it that the grid has a tab stop. */
export function markRows(): void {
  const number = shownNumber();
  for (const row of rows()) row.setAttribute("aria-selected", String(!!number && row.dataset.number === number));
  if (!currentRow()) choose(rows().find((row) => row.dataset.number === number) ?? rows()[0], false);
}

export function step(by: number): void {
  const every = rows();
  const current = currentRow();
  const at = current ? every.indexOf(current) : -1;
  const next = document.activeElement === current || by < 0 ? at + by : at === -1 ? 0 : shownNumber() ? at + by : at;
  choose(every[Math.min(every.length - 1, Math.max(0, next))]);
  if (next >= every.length - 1) one<HTMLAnchorElement>("#more")?.click();
}

export function openRow(row: HTMLElement | null = currentRow()): void {
  const link = row?.querySelector<HTMLAnchorElement>("a.open");
  if (row && link) {
    choose(row, false);
    openTicket(link.href);
  }
}

/** Open the row after the one that is shown; used when a ticket is done. */
export function openNext(): void {
  const every = rows();
  const at = every.findIndex((row) => row.dataset.number === shownNumber());
  const next = every.slice(at + 1).find((row) => !row.classList.contains("gone")) ?? every.find((row) => !row.classList.contains("gone") && row.dataset.number !== shownNumber());
  if (next) openRow(next);
}

/** Unfold or fold the post above the row in focus; with a mouse its own line does it. */
function fold(isOpen: boolean): void {
  const above = currentRow()?.querySelector("details");
  if (above) above.open = isOpen;
}

const isFold = (target: HTMLElement): boolean => !!target.closest("summary");

export function startList(): void {
  document.addEventListener("click", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>(".ticket-row");
    if (!row || isFold(event.target as HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (isBadge(event.target as HTMLElement)) explain(row.dataset.number);
    else openRow(row);
  });
  document.addEventListener("focusin", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>(".ticket-row");
    if (row) choose(row, false);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.target as HTMLElement).closest?.("#rows") || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Home: () => choose(rows()[0]),
      End: () => choose(rows().at(-1)),
      Enter: () => openRow(),
      ArrowRight: () => fold(true),
      ArrowLeft: () => fold(false),
    };
    const move = (event.target as HTMLElement).matches(".ticket-row") ? moves[event.key] : undefined;
    if (move) {
      event.preventDefault();
      move();
    }
  });
  document.addEventListener("htmx:after:swap", markRows);
  markRows();
}
