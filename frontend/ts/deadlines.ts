/** Deadlines keep their words and shape true between two visits to the server; one timer for all of them. */
import { all, facts, words } from "./page";
import { tickWindows } from "./windows";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const offset = facts.now ? Date.parse(facts.now) - Date.now() : 0;

export const now = (): number => Date.now() + offset;

export function span(within: number, tight: boolean): string {
  const minutes = Math.floor(within / MINUTE);
  if (within < 2 * MINUTE) return words("seconds", Math.max(0, Math.floor(within / 1000)));
  if (minutes < 60 || (tight && minutes < 120)) return words("minutes", minutes);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 48) return words("days", Math.floor(hours / 24));
  if (tight) return words("hours", `${hours}:${String(rest).padStart(2, "0")}`);
  return rest ? `${words("hours", hours)} ${words("minutes", rest)}` : words("hours", hours);
}

function show(badge: HTMLElement, state: string, glyph: string, text: string): void {
  const label = badge.querySelector("span");
  if (label && label.textContent !== text) label.textContent = text;
  const use = badge.querySelector("use");
  if (use?.getAttribute("href") !== `#${glyph}`) use?.setAttribute("href", `#${glyph}`);
  if (badge.classList.contains(state)) return;
  const bar = badge.closest(".fact")?.querySelector(".share");
  for (const element of [badge, badge.closest(".fact"), bar]) {
    element?.classList.remove("ok", "soon", "late");
    element?.classList.add(state);
  }
}

/** Bring one badge up to the minute; true if it is close enough to be counted in seconds. */
function tick(badge: HTMLElement): boolean {
  const due = Date.parse(badge.dataset.due ?? "");
  const left = due - now();
  const tight = "tight" in badge.dataset;
  if (left <= 0) {
    show(badge, "late", "sla-late", words("late", span(-left, tight)));
    return -left < 2 * MINUTE;
  }
  if (left >= DAY) return false;
  const since = Date.parse(badge.dataset.since || "");
  const used = since < due ? Math.min(100, Math.max(0, (100 * (now() - since)) / (due - since))) : 0;
  const bar = badge.closest(".fact")?.querySelector<HTMLProgressElement>(".share");
  if (bar) bar.value = used;
  const soon = Date.parse(badge.dataset.soon || "") || due - 30 * MINUTE;
  const isSoon = now() >= soon;
  show(badge, isSoon ? "soon" : "ok", isSoon ? "sla-soon" : `ring-${Math.max(1, 8 - Math.floor((used * 8) / 100))}`, words("left", span(left, false)));
  return left < 2 * MINUTE;
}

/** How long a hand-over has waited for its answer. */
function tickAsked(): void {
  for (const tag of all('[data-asked]:not([data-asked=""])')) {
    const waited = now() - Date.parse(tag.dataset.asked ?? "");
    if (waited >= 2 * MINUTE) tag.textContent = words("asked", tag.dataset.team).replace("%s", span(waited, true));
  }
}

/** Own late tickets stand in front of the title, so that another tab tells of them. */
export function markTitle(): void {
  const late = all(".ticket-row.mine .sla.late").length;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = late ? `(${late}) ${title}` : title;
}

export function startDeadlines(): void {
  if (facts.clockStands) return;
  const round = (): void => {
    const isClose = all('[data-due]:not([data-due=""])').map(tick).some(Boolean);
    tickWindows();
    tickAsked();
    markTitle();
    window.setTimeout(round, isClose ? 1000 : MINUTE - (now() % MINUTE) + 20);
  };
  round();
}
