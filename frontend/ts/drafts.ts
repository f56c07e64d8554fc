/** Drafts that survive: kept in this browser with the way they are meant for, and restored only there. */
import { all, one } from "./page";
import { closePromise, putWeight, weightOf } from "./promise";
import { go, isOffered, meantWay, release } from "./ways";

const REST = 1000;
const saving = new Map<string, number>();
let shown = "";

const keyOf = (form: HTMLElement): string => `draft:${form.dataset.draft ?? ""}`;
const forms = (): HTMLFormElement[] => all<HTMLFormElement>(".composer form[data-draft]");
const isReply = (form: HTMLElement): boolean => form.id === "reply-form";

function save(form: HTMLFormElement): void {
  const key = keyOf(form);
  window.clearTimeout(saving.get(key));
  saving.delete(key);
  const text = form.querySelector("textarea")?.value ?? "";
  if (text.trim()) {
    localStorage.setItem(key, text);
    if (isReply(form)) {
      localStorage.setItem(`${key}:way`, meantWay(form));
      localStorage.setItem(`${key}:weight`, weightOf(form));
    }
  } else localStorage.removeItem(key);
  const hint = one("[data-draft-words]", form);
  if (hint) hint.hidden = !text.trim();
}

export function keepDraft(form: HTMLFormElement): void {
  window.clearTimeout(saving.get(keyOf(form)));
  saving.set(keyOf(form), window.setTimeout(() => save(form), REST));
}

/** A draft for one way never appears on another: what was meant for one person must not stand in a public field. */
function restore(form: HTMLFormElement): void {
  form.dataset.restored = "";
  const area = form.querySelector("textarea");
  const kept = localStorage.getItem(keyOf(form));
  if (!area || !kept || area.value) return;
  const way = localStorage.getItem(`${keyOf(form)}:way`) ?? "";
  if (isReply(form) && !isOffered(way)) return;
  area.value = kept;
  if (!isReply(form)) return;
  go(way.split(" ")[0] ?? "");
  putWeight(form, localStorage.getItem(`${keyOf(form)}:weight`) ?? "");
}

export function forget(form: HTMLFormElement): void {
  window.clearTimeout(saving.get(keyOf(form)));
  saving.delete(keyOf(form));
  localStorage.removeItem(keyOf(form));
  for (const part of ["way", "weight"]) localStorage.removeItem(`${keyOf(form)}:${part}`);
  empty(form);
}

function empty(form: HTMLFormElement): void {
  form.reset();
  if (isReply(form)) closePromise(form);
  const area = form.querySelector("textarea");
  if (area) area.value = "";
  one(".chosen", form)?.replaceChildren();
  const hint = one("[data-draft-words]", form);
  if (hint) hint.hidden = true;
}

/** A draft belongs to whoever wrote it: signing out takes all of them along. */
export function forgetAll(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
}

/** Another ticket in the same place: its fields begin empty, whatever the swap carried over. */
function settle(): void {
  const number = one("[data-ticket]")?.dataset.ticket ?? "";
  for (const form of forms()) {
    if (shown && number !== shown) {
      empty(form);
      delete form.dataset.restored;
      delete form.dataset.seen;
      release();
    }
    if (!("restored" in form.dataset)) restore(form);
  }
  shown = number;
}

export function startDrafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-draft]");
    if (form) keepDraft(form);
  });
  document.addEventListener("htmx:before:swap", () => {
    for (const form of forms()) if (saving.has(keyOf(form))) save(form);
  });
  document.addEventListener("htmx:after:swap", settle);
  settle();
}
