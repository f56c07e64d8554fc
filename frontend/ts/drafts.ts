/** Drafts that survive: kept by the server and in this browser, with the way they are meant for, and restored only there. */
import { now } from "./deadlines";
import { hasFiles, showFiles } from "./files";
import { weighFiles } from "./fitting";
import { build, isReply, isRunning, keepLocal, keyOf, localOf, newest, send, servedOf, forgetServed, type Local } from "./kept";
import { all, one, words } from "./page";
import { closePromise, putWeight, weightOf } from "./promise";
import { alsoOf, isLined, putTicks } from "./ticks";
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

export function save(form: HTMLFormElement): void {
  const key = keyOf(form);
  window.clearTimeout(saving.get(key));
  saving.delete(key);
  const text = form.querySelector("textarea")?.value ?? "";
  hint(form, !!text.trim() || hasFiles(form));
  const isKnown = !!localStorage.getItem(key) || !!servedOf(form);
  if (!text.trim()) localStorage.removeItem(key);
  if (!text.trim() && !hasFiles(form) && !isKnown) return;
  const local: Local = { text, way: isReply(form) ? meantWay(form) : "", weight: isReply(form) ? weightOf(form) : "", seen: Number(form.dataset.seen ?? 0), at: now(), isSaved: false, also: alsoOf(form), line: isLined(form) };
  if (text.trim()) keepLocal(key, local);
  void send(form, "PUT", bodyOf(form, local)).then(async (answer) => {
    if (answer?.status === 409) return takeIn(form, await answer.text());
    if (answer?.ok && localOf(form)?.at === local.at) keepLocal(key, { ...local, isSaved: true });
  });
}

function bodyOf(form: HTMLFormElement, local: Local): FormData {
  const body = new FormData();
  for (const name of ["conversation", "opens", "public"]) body.set(name, field(form, name));
  for (const [name, value] of Object.entries({ text: local.text, weight: local.weight, seen: String(local.seen) })) body.set(name, value);
  for (const value of local.also ?? []) body.append("also", value);
  if (!local.line) body.set("unlined", "1");
  return body;
}

/** Another device went on meanwhile: nothing of either is lost, and somebody reads both. */
export function takeIn(form: HTMLFormElement, text: string): void {
  const area = form.querySelector("textarea");
  if (!area || !text) return;
  area.value = area.value.trim() ? `${text}\n\n${area.value}` : text;
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
  if (!area || area.value || !kept || !(kept.text || one("#draft-files [data-file]")) || (isReply(form) && !isOffered(kept.way))) return;
  area.value = kept.text;
  hint(form, true);
  build(form, servedOf(form)?.at ?? "");
  if (!kept.isSaved) keepDraft(form);
  if (!isReply(form)) return;
  if (kept.seen) form.dataset.seen = String(kept.seen);
  go(kept.way.split(" ")[0] ?? "");
  putWeight(form, kept.weight);
  putTicks(form, kept.also ?? [], kept.line ?? true);
}

/** Sent: nothing of it stays, here or there. */
export function forget(form: HTMLFormElement): void {
  const key = keyOf(form);
  window.clearTimeout(saving.get(key));
  saving.delete(key);
  localStorage.removeItem(key);
  // A save that was on its way may have come in after the answer: it would bring the draft back.
  const isLate = isRunning(form) || (form.dataset.base ?? "") !== (form.dataset.sentOn ?? form.dataset.base ?? "");
  const nothing = bodyOf(form, { text: "", way: "", weight: "", seen: 0, at: 0, isSaved: false, line: true });
  if (isLate) void send(form, "PUT", nothing).then(() => build(form, ""));
  forgetServed(form);
  build(form, isLate ? form.dataset.base ?? "" : "");
  delete form.dataset.sentOn;
  empty(form);
}

function empty(form: HTMLFormElement): void {
  form.reset();
  if (isReply(form)) closePromise(form);
  const area = form.querySelector("textarea");
  if (area) area.value = "";
  one(".chosen", form)?.replaceChildren();
  weighFiles(form);
  hint(form, false);
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
    if (isReply(form)) showFiles(form);
  }
  shown = number;
}

export function startDrafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-draft]");
    if (form) keepDraft(form);
  });
  const flush = (): void => { for (const form of forms()) if (saving.has(keyOf(form))) save(form); };
  document.addEventListener("htmx:config:request", (event) => {
    const form = event.target as HTMLElement;
    if (form.matches?.("form[data-draft]")) form.dataset.sentOn = form.dataset.base ?? "";
  });
  document.addEventListener("htmx:before:swap", flush);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  document.addEventListener("htmx:after:swap", settle);
  settle();
}
