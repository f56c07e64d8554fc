/** What an answer is besides its text: a whole answer or only a holding reply, and by when we come back. */
import htmx from "htmx.org";
import { all, isWriting, one } from "./page";

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
const panel = (): HTMLElement | null => one("#reply-weight");
const chosen = (form: HTMLElement, name: string): string => one<HTMLInputElement>(`[name=${name}]:checked`, form)?.value ?? "";
const own = (form: HTMLElement): HTMLInputElement | null => one<HTMLInputElement>("[name=promise_own]", form);

export const isHolding = (form: HTMLElement): boolean => chosen(form, "class") === "holding";

/** The time that is promised: an instant, or as it was typed. */
function time(form: HTMLElement): string {
  const value = chosen(form, "promise");
  return value === "own" ? own(form)?.value ?? "" : value;
}

/** Fetch the panel for the way the answer goes now; what is chosen stays chosen. */
function open(form: HTMLFormElement, promise = time(form)): Promise<void> {
  const place = panel();
  if (!place) return Promise.resolve();
  const field = (name: string): string => one<HTMLInputElement>(`[name=${name}]`, form)?.value ?? "";
  const url = new URL(place.dataset.url ?? "", location.href);
  for (const [name, value] of Object.entries({ conversation: field("conversation"), public: field("public"), promise })) url.searchParams.set(name, value);
  one("[data-act=promise]", form)?.setAttribute("aria-expanded", "true");
  return htmx.ajax("GET", url.pathname + url.search, { source: "#reply-weight", target: "#reply-weight", swap: "innerHTML" }) as Promise<void>;
}

export function closePromise(form: HTMLElement): void {
  panel()?.replaceChildren();
  one("[data-act=promise]", form)?.setAttribute("aria-expanded", "false");
}

/** Another way was chosen: other people's deadlines, another effect. */
export function renewPromise(): void {
  const form = reply();
  if (form && panel()?.childElementCount) void open(form);
}

/** Class and promise as a draft remembers them. */
export const weightOf = (form: HTMLElement): string => `${chosen(form, "class")} ${time(form)}`;

export function putWeight(form: HTMLFormElement, kept: string): void {
  const [weight = "", promise = ""] = kept.split(" ");
  const radio = one<HTMLInputElement>(`[name=class][value="${weight === "holding" ? "holding" : "substantive"}"]`, form);
  if (radio) radio.checked = true;
  if (weight === "holding" || promise) void open(form, promise);
}

/** Show the times and step to the first; a second press puts them away again. */
export function givePromise(): void {
  const form = reply();
  if (!form || form.matches(".shut") || form.closest("[hidden]")) return;
  if (panel()?.childElementCount && !isHolding(form)) {
    closePromise(form);
    form.querySelector("textarea")?.focus();
    return;
  }
  void open(form).then(() => (all<HTMLInputElement>("#reply-weight [name=promise]:not([value=''])")[0])?.focus());
}

export function startPromises(): void {
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("#reply-form [data-act=promise]")) givePromise();
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const form = input.form;
    if (form?.matches("[data-closing]") && input.name === "promised") {
      const isTaken = input.value === "take";
      form.dataset.told = isTaken ? form.dataset.taken : form.dataset.done;
      form.dataset.undo = isTaken ? "" : form.dataset.undone;
    }
    if (form?.id !== "reply-form") return;
    if (input.name === "class" && input.value === "holding") void open(form);
    if (input.name === "class" && input.value !== "holding" && !time(form)) closePromise(form);
    if (input.name === "promise" && input.value === "own") own(form)?.focus();
    const ownTime = one<HTMLInputElement>("[name=promise][value=own]", form);
    if (input.name === "promise_own" && ownTime) ownTime.checked = true;
  });
  // At the beginning of a line nobody writes a number of a matter: there the key means the promise.
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (event.key !== "#" || !(area instanceof HTMLTextAreaElement) || area.id !== "reply-text" || !isWriting(area)) return;
    if (area.selectionStart === 0 || area.value[area.selectionStart - 1] === "\n") {
      event.preventDefault();
      givePromise();
    }
  });
}
