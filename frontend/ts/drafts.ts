/** Drafts that survive: kept by the server and in this browser, with the way they are meant for, and restored only there. */
import { now } from "./deadlines";
import { isReply, isRunning, keepLocal, keyOf, localOf, newest, send, servedOf, forgetServed, type Local } from "./kept";
import { all, one, words } from "./page";
import { closePromise, putWeight, weightOf } from "./promise";
import { offer } from "./undo";
import { go, isOffered, meantWay, release } from "./ways";

const REST = 1000;
const saving = new Map<string, number>();
let shown = "";

const forms = (): HTMLFormElement[] => all<HTMLFormElement>(".composer form[data-draft]");
const field = (form: HTMLElement, name: string): string => one<HTMLInputElement>(`[name=${name}]`, form)?.value ?? "";

function hint(form: HTMLElement, isThere: boolean): void {
  const place = one("[data-draft-words]", form);
  if (place) place.hidden = !isThere;
}

function save(form: HTMLFormElement): void {
  const key = keyOf(form);
  window.clearTimeout(saving.get(key));
  saving.delete(key);
  const text = form.querySelector("textarea")?.value ?? "";
  hint(form, !!text.trim());
  if (!text.trim()) {
    if (localStorage.getItem(key)) void send(form, "DELETE");
    localStorage.removeItem(key);
    return;
  }
  const local: Local = { text, way: isReply(form) ? meantWay(form) : "", weight: isReply(form) ? weightOf(form) : "", seen: Number(form.dataset.seen ?? 0), at: now(), isSaved: false };
  keepLocal(key, local);
  const body = new FormData();
  const values = { text, weight: local.weight, seen: String(local.seen), conversation: field(form, "conversation"), opens: field(form, "opens"), public: field(form, "public") };
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  void send(form, "PUT", body).then(async (answer) => {
    if (answer?.status === 409) return takeIn(form, await answer.text());
    if (answer?.ok && localOf(form)?.at === local.at) keepLocal(key, { ...local, isSaved: true });
  });
}

/** Another device went on meanwhile: nothing of either is lost, and somebody reads both. */
function takeIn(form: HTMLFormElement, text: string): void {
  const area = form.querySelector("textarea");
  if (!area || !text) return;
  area.value = `${text}\n\n${area.value}`;
  keepDraft(form);
  offer({ told: words("draft-elsewhere") });
}

export function keepDraft(form: HTMLFormElement): void {
  window.clearTimeout(saving.get(keyOf(form)));
  saving.set(keyOf(form), window.setTimeout(() => save(form), REST));
}

/** A draft for one way never appears on another: what was meant for one person must not stand in a public field. */
function restore(form: HTMLFormElement): void {
  const area = form.querySelector("textarea");
  const kept = newest(form);
  if (!area || area.value || !kept || !kept.text || (isReply(form) && !isOffered(kept.way))) return;
  area.value = kept.text;
  hint(form, true);
  form.dataset.base = servedOf(form)?.at ?? "";
  if (!kept.isSaved) keepDraft(form);
  if (!isReply(form)) return;
  if (kept.seen) form.dataset.seen = String(kept.seen);
  go(kept.way.split(" ")[0] ?? "");
  putWeight(form, kept.weight);
  for (const value of kept.also ?? []) for (const box of all<HTMLInputElement>(`[name=also][value="${value}"]`, form)) box.checked = true;
  one(".chosen", form)?.replaceChildren(...(kept.files ?? []).map((words) => Object.assign(document.createElement("li"), { className: "file", textContent: words })));
}

/** Sent: nothing of it stays, here or there. */
export function forget(form: HTMLFormElement): void {
  const key = keyOf(form);
  window.clearTimeout(saving.get(key));
  saving.delete(key);
  localStorage.removeItem(key);
  // A save that was on its way may come in after the answer: it would bring the draft back.
  if (isRunning(form)) void send(form, "DELETE");
  forgetServed(form);
  delete form.dataset.base;
  empty(form);
}

function empty(form: HTMLFormElement): void {
  form.reset();
  if (isReply(form)) closePromise(form);
  const area = form.querySelector("textarea");
  if (area) area.value = "";
  one(".chosen", form)?.replaceChildren();
  hint(form, false);
}

/** Thrown away by hand; for a while it can be brought back. */
function discard(form: HTMLFormElement): void {
  save(form);
  const text = form.querySelector("textarea")?.value ?? "";
  const weight = isReply(form) ? weightOf(form) : "";
  forget(form);
  void send(form, "DELETE");
  if (isReply(form)) release();
  offer({ told: words("draft-discarded"), act: () => {
    const area = form.querySelector("textarea");
    if (!form.isConnected || !area || area.value) return;
    area.value = text;
    if (isReply(form)) putWeight(form, weight);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    save(form);
  } });
}

/** Another ticket in the same place: its fields begin empty, whatever the swap carried over. */
function settle(): void {
  const number = one("[data-ticket]")?.dataset.ticket ?? "";
  for (const form of forms()) {
    if (shown && number !== shown) {
      empty(form);
      delete form.dataset.served;
      delete form.dataset.seen;
      delete form.dataset.threads;
      release();
    }
    // Once for each state the server tells of: a draft that came back, or was written on another device.
    const served = servedOf(form)?.at ?? "";
    if (form.dataset.served !== served) restore(form);
    form.dataset.served = served;
  }
  shown = number;
}

export function startDrafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-draft]");
    if (form) keepDraft(form);
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-discard]");
    if (button?.form) discard(button.form);
  });
  const flush = (): void => { for (const form of forms()) if (saving.has(keyOf(form))) save(form); };
  document.addEventListener("htmx:before:swap", flush);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  document.addEventListener("htmx:after:swap", settle);
  settle();
}
