/** Writing: tabs, drafts that survive, chosen files, and the chords that send. */
import htmx from "htmx.org";
import { forget, keepDraft } from "./drafts";
import { hasFiles } from "./files";
import { forgetAll } from "./kept";
import { openNext } from "./list";
import { all, isWriting, one, words } from "./page";
import { isHolding } from "./promise";
import { contextOf } from "./requests";
import { leaving, offer } from "./undo";
import { go, mean, release } from "./ways";

function select(tab: HTMLElement, focus = true): void {
  for (const other of all(".composer .tab")) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  for (const panel of all(".composer [role=tabpanel]")) panel.hidden = panel.id !== tab.dataset.tab;
  const form = one<HTMLFormElement>(`#${tab.dataset.tab} form`);
  if (form && tab.dataset.goes) {
    go(tab.dataset.goes);
    mean(form);
    if (form.querySelector("textarea")?.value || hasFiles(form)) keepDraft(form);
  }
  const place = form?.matches(".shut") ? "#reply-way :is(a, button)" : "textarea";
  if (focus) form?.querySelector<HTMLElement>(place)?.focus();
}

/** Begin to write: an answer on the current channel, or a note. */
export function write(kind: "reply" | "note"): void {
  const tabs = all(`.composer [data-tab=${kind}-panel]`);
  const goes = one("#reply-form")?.dataset.goes;
  const tab = tabs.find((each) => each.dataset.goes === goes) ?? tabs[0];
  if (tab) select(tab);
}

/** Answered; the ticket is resolved in a second step, and the next one opened. */
async function finish(form: HTMLFormElement): Promise<void> {
  const resolution = form.dataset.done ?? "";
  // Not among the requests of the pane, which replace each other: a live refresh would cut it off on its way.
  await htmx.ajax("POST", resolution, { source: "#sheet", target: "#pane", swap: "innerMorph" });
  // Something is asked before it can be closed: the next one opens once that is said.
  const asked = one("#sheet [data-closing]");
  const left = leaving();
  if (asked) {
    asked.dataset.next = "";
    if (left) Object.assign(asked.dataset, { undo: left.url, undone: left.url, undoValues: '{"reopened":"1"}' });
    return;
  }
  // While the answer is still here, one key takes back both.
  if (left) offer({ url: left.url, values: { reopened: "1" }, told: words("sent-done"), within: left.within });
  else offer({ url: form.dataset.undone ?? "", values: {}, told: words("sent-done") });
  openNext();
}

export function startComposer(): void {
  // On the form itself: the answer to an earlier note may still come in when the next button is pressed.
  const resolving = new WeakSet<HTMLFormElement>();
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const tab = target.closest<HTMLElement>(".composer .tab");
    if (tab) select(tab);
    const button = target.closest<HTMLButtonElement>(".composer form button");
    if (button?.form && button.dataset.act === "send-done") resolving.add(button.form);
    else if (button?.form) resolving.delete(button.form);
  });
  document.addEventListener("keydown", (event) => {
    const tab = (event.target as HTMLElement).closest?.<HTMLElement>(".composer .tab");
    if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const tabs = all(".composer .tab");
      const next = tabs.at((tabs.indexOf(tab) + (event.key === "ArrowRight" ? 1 : -1)) % tabs.length);
      if (next) {
        select(next, false);
        next.focus();
      }
    }
    const form = isWriting(event.target) ? (event.target as HTMLElement).closest<HTMLFormElement>(".composer form") : null;
    if (form && event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      const wanted = event.shiftKey && !isHolding(form) ? "send-done" : "send";
      (one<HTMLButtonElement>(`[data-act=${wanted}]`, form) ?? one<HTMLButtonElement>("[data-act=send]", form))?.click();
    }
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target as HTMLFormElement;
    const response = contextOf(event).response;
    if (form.matches?.("[data-closing][data-next]") && response && response.status < 400) openNext();
    if (!form.matches?.(".composer form") || !response || response.status >= 400) return;
    forget(form);
    if (form.id === "reply-form") release();
    if (resolving.delete(form) && form.dataset.done) void finish(form);
  });
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLElement).matches("[data-sign-out]")) forgetAll();
  });
}
