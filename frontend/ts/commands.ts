/** Shortcuts: the keys come from the list that people read (`?`), the deeds from here or from the control itself. */
import { toCall } from "./calls";
import { write } from "./composer";
import { showNews } from "./live";
import { openRow, step } from "./list";
import { all, isWriting, one } from "./page";
import { backToList, stepEntry, toNewest, toggleSide } from "./pane";
import { singleKeysAreOff } from "./preferences";
import { givePromise } from "./promise";
import { changePublicity } from "./publicity";
import { closeSheet, showHelp } from "./sheets";
import { undo } from "./undo";
import { explainHere } from "./why";

const deeds: Record<string, () => void> = {
  down: () => step(1),
  up: () => step(-1),
  open: () => openRow(),
  reply: () => write("reply"),
  note: () => write("note"),
  publicity: changePublicity,
  promise: givePromise,
  side: toggleSide,
  news: showNews,
  call: toCall,
  "entry-next": () => stepEntry(1),
  "entry-previous": () => stepEntry(-1),
  newest: toNewest,
  undo,
  why: explainHere,
  help: showHelp,
};

/** While a dialog is being fetched, what is typed ahead belongs into its first field and is no shortcut. */
const LONGEST_FETCH = 1500;
let restUntil = 0;
let ahead = "";

function handOver(): void {
  if (!one("dialog[open]")) return;
  restUntil = 0;
  const field = document.activeElement;
  if (ahead && field instanceof HTMLInputElement) {
    field.value += ahead;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  ahead = "";
}

/** One level back: dialog, drawer, text field, ticket. A draft is never thrown away. */
function escape(target: EventTarget | null): void {
  if (closeSheet()) return;
  const drawer = one(".side.open");
  if (drawer) drawer.classList.remove("open");
  else if (isWriting(target)) (target as HTMLElement).blur();
  else {
    backToList();
    one('.ticket-row[tabindex="0"]')?.focus();
  }
}

function visible(act: string): HTMLElement | null {
  return all(`[data-act="${act}"]`).find((control) => control.checkVisibility()) ?? one(`[data-act="${act}"]`);
}

function perform(act: string): boolean {
  const deed = deeds[act];
  if (deed) {
    deed();
    return true;
  }
  const control = visible(act);
  if (control?.getAttribute("hx-target") === "#sheet") restUntil = performance.now() + LONGEST_FETCH;
  control?.click();
  return !!control;
}

const chordOf = (event: KeyboardEvent): string => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = key.length === 1 && key.toUpperCase() !== key;
  const shift = event.shiftKey && (isLetter || event.key.length > 1) ? "Shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "Control+" : ""}${shift}${key}`;
};

export function startCommands(): void {
  const acts = new Map<string, string[]>();
  for (const line of all("#help [data-does]")) {
    for (const keys of (line.dataset.keys ?? "").split(" ")) acts.set(keys, [...(acts.get(keys) ?? []), line.dataset.does ?? ""]);
  }
  document.addEventListener("htmx:after:swap", handOver);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const chord = chordOf(event);
    if (chord === "Escape") return escape(event.target);
    if (performance.now() < restUntil && !isWriting(event.target) && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      ahead += event.key;
      return event.preventDefault();
    }
    const meant = acts.get(chord) ?? [];
    // One key may mean two things on two pages: the one that has its control here is meant.
    const act = meant.find((each) => one(`[data-act="${each}"]`)) ?? meant[0];
    const isSingle = !chord.startsWith("Control+");
    if (!act || (isSingle && (isWriting(event.target) || singleKeysAreOff() || one("dialog[open]")))) return;
    if (act === "send" || act === "send-done") return;
    if (act === "open" && (event.target as HTMLElement).closest?.("a, button, summary, [role=row]")) return;
    if (perform(act)) event.preventDefault();
  });
}
