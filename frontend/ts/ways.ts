/** Which way an answer goes: public or private, possible or not, how long, until when; said before anybody types. */
import { now, span } from "./deadlines";
import { hasLink, lengthOf } from "./lengths";
import { all, one, words } from "./page";

const SOON = 3 * 60 * 60_000;

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
const wayOf = (form: HTMLElement): HTMLElement | null => one(`#ways [data-way="${form.dataset.goes}"]`);

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
  const isShut = !way.dataset.can;
  for (const button of all<HTMLButtonElement>("[data-act^=send]", form)) button.disabled = isShut || isOver;
}

/** Show in the composer what is true of its way now; the text stays whatever happens. */
function show(form: HTMLFormElement, way: HTMLElement): void {
  const { conversation = "", public: isPublic = "", can = "", to = "", label = "", send = "", finish = "" } = way.dataset;
  for (const [name, value] of [["conversation", conversation], ["public", isPublic]]) {
    const field = one<HTMLInputElement>(`[name=${name}]`, form);
    if (field) field.value = value ?? "";
  }
  form.classList.toggle("public", !!isPublic);
  form.classList.toggle("shut", !can);
  form.classList.toggle("fileless", !way.dataset.files);
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
  if (place && place.innerHTML !== way.innerHTML) place.replaceChildren(...[...way.childNodes].map((node) => node.cloneNode(true)));
  count(form, way);
}

/** Let the answer go another way. */
export function go(id: string): void {
  const form = reply();
  if (!form) return;
  form.dataset.goes = id;
  refresh();
}

function refresh(): void {
  const form = reply();
  const way = form ? wayOf(form) : null;
  if (form && way) show(form, way);
}

/** From public to private on the same thread, and back. */
export function changePublicity(): void {
  const form = reply();
  const way = form ? wayOf(form) : null;
  const other = all("#ways [data-way]").find((each) => each !== way && each.dataset.conversation === way?.dataset.conversation);
  if (other) one(`#tab-${other.dataset.way}`)?.click();
}

function stateOf(left: number, human: number): string {
  if (left > 0) return left <= SOON ? "soon" : "open";
  return human > now() ? "human" : "shut";
}

/** Keep the platform's clock true between two visits to the server. */
function tick(window_: HTMLElement): void {
  const left = Date.parse(window_.dataset.closes ?? "") - now();
  const state = stateOf(left, Date.parse(window_.dataset.human || ""));
  const isTight = "tight" in window_.dataset;
  const text = left > 0 ? words(isTight ? "left" : "window-open", span(left, isTight)) : (window_.dataset[`${state}Words`] ?? "");
  const label = one("span", window_);
  if (label && label.textContent !== text) label.textContent = text;
  window_.className = `window ${state}`;
}

export const tickWindows = (): void => all("[data-closes]").forEach(tick);

export function startWays(): void {
  document.addEventListener("input", (event) => {
    const form = reply();
    const way = form ? wayOf(form) : null;
    if (form && way && form.contains(event.target as Node)) count(form, way);
  });
  document.addEventListener("click", (event) => {
    const choice = (event.target as HTMLElement).closest<HTMLElement>("[data-choose]");
    if (choice) one(`#${choice.dataset.choose}`)?.click();
  });
  document.addEventListener("htmx:after:swap", refresh);
  refresh();
}
