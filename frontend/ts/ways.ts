/** Which way an answer goes: public or private, possible or not, how long, until when; said before anybody types. */
import { hasLink, lengthOf } from "./lengths";
import { all, one, words } from "./page";
import { renewPromise } from "./promise";
import { mark, renewTabs } from "./tabs";

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
export const wayOf = (form: HTMLElement): HTMLElement | null => one(`#ways [data-way="${form.dataset.goes}"]`);

function put(form: HTMLFormElement, selector: string, text: string): void {
  const place = one(selector, form);
  if (place) place.textContent = text;
}

/** How much may still be written; nothing where nobody would come near the limit. */
function count(form: HTMLFormElement, way: HTMLElement): void {
  const area = form.querySelector("textarea");
  const text = area?.value ?? "";
  const left = Number(way.dataset.most) - lengthOf(text, way.dataset.unit ?? "");
  const isOver = !!way.dataset.unit && left < 0;
  const counter = one("[data-count]", form);
  if (counter) {
    counter.textContent = way.dataset.unit ? words(isOver ? "letters-over" : "letters-left", Math.abs(left)) : "";
    counter.classList.toggle("over", isOver);
  }
  area?.setAttribute("aria-invalid", String(isOver));
  one(".cost", form)?.classList.toggle("has-link", hasLink(text));
  const isShut = !way.dataset.can || !!one(".chosen .rising", form);
  for (const button of all<HTMLButtonElement>("[data-act^=send]", form)) button.disabled = isShut || isOver || (!!way.dataset.release && button.dataset.act === "send-done");
}

/** Show in the composer what is true of its way now; the text stays whatever happens. */
function show(form: HTMLFormElement, way: HTMLElement): void {
  const { conversation = "", public: isPublic = "", can = "", opens = "", to = "", label = "", send = "", finish = "" } = way.dataset;
  for (const [name, value] of [["conversation", conversation], ["public", isPublic], ["opens", opens]]) {
    const field = one<HTMLInputElement>(`[name=${name}]`, form);
    if (field) field.value = value ?? "";
  }
  form.classList.toggle("public", !!isPublic);
  form.classList.toggle("shut", !can);
  form.classList.toggle("fileless", !Number(way.dataset.files));
  form.classList.toggle("releasing", !!way.dataset.release);
  put(form, "[data-to]", to);
  put(form, "[data-effect]", one("#ways")?.dataset.effect ?? "");
  put(form, "[data-words=send]", send);
  put(form, "[data-words=finish]", finish);
  const area = form.querySelector("textarea");
  if (area) {
    area.readOnly = !can;
    area.setAttribute("aria-label", label);
  }
  const place = one("#reply-way");
  if (place && place.innerHTML !== way.innerHTML) {
    const ticked = new Map(all<HTMLInputElement>("[type=checkbox]", place).map((box) => [box.name + box.value, box.checked]));
    place.replaceChildren(...[...way.childNodes].map((node) => node.cloneNode(true)));
    for (const box of all<HTMLInputElement>("[type=checkbox]", place)) box.checked = ticked.get(box.name + box.value) ?? box.checked;
  }
  count(form, way);
  document.dispatchEvent(new Event("faden:way"));
}

/** The chosen way is no longer there: nothing is chosen instead of it, the text waits for somebody to decide. */
function shut(form: HTMLFormElement): void {
  form.classList.add("shut");
  const area = form.querySelector("textarea");
  if (area) area.readOnly = true;
  for (const button of all<HTMLButtonElement>("[data-act^=send]", form)) button.disabled = true;
  const line = Object.assign(document.createElement("p"), { className: "locked", textContent: words("way-gone") });
  one("#reply-way")?.replaceChildren(line);
}

/** Let the answer go another way. */
export function go(id: string): void {
  const form = reply();
  if (!form) return;
  form.dataset.goes = id;
  delete form.dataset.free;
  mark(id);
  refresh();
  renewPromise();
}

/** What somebody writes is meant for the way they see; the server refuses it on any other. */
export function mean(form: HTMLFormElement): void {
  const way = wayOf(form);
  const field = one<HTMLInputElement>("[name=meant]", form);
  if (way && field) field.value = `${way.dataset.conversation}:${way.dataset.public}`;
}

/** Nothing is being written any more. */
export function release(): void {
  const field = one<HTMLInputElement>("#reply-form [name=meant]");
  if (field) field.value = "";
  const form = reply();
  if (form) form.dataset.free = "";
}

/** The way as a draft remembers it: which, and whether everybody would read it. */
export const meantWay = (form: HTMLElement): string => `${form.dataset.goes} ${wayOf(form)?.dataset.public ?? "gone"}`;

export const isOffered = (way: string): boolean => all("#ways [data-way]").some((each) => `${each.dataset.way} ${each.dataset.public}` === way);

function refresh(): void {
  const form = reply();
  if (!form) return;
  renewTabs(form.dataset.goes);
  const way = wayOf(form);
  const isFree = "free" in form.dataset || (!form.querySelector("textarea")?.value && !form.contains(document.activeElement));
  const current = one("#ways")?.dataset.current;
  if (way) show(form, way);
  else if (isFree && current) go(current);
  else shut(form);
}

/** Something else changed that decides whether this can be sent. */
export function weighWay(): void {
  const form = reply();
  const way = form ? wayOf(form) : null;
  if (form && way) count(form, way);
}

export function startWays(): void {
  document.addEventListener("input", (event) => {
    const form = reply();
    const way = form ? wayOf(form) : null;
    if (!form || !way || !form.contains(event.target as Node)) return;
    delete form.dataset.free;
    if (!one<HTMLInputElement>("[name=meant]", form)?.value) mean(form);
    count(form, way);
  });
  document.addEventListener("click", (event) => {
    const choice = (event.target as HTMLElement).closest<HTMLElement>("[data-choose]");
    if (choice) one(`#${choice.dataset.choose}`)?.click();
  });
  document.addEventListener("htmx:after:swap", refresh);
  refresh();
}
