/** A public answer is looked through while it is written: what may not be public is marked below the field. */
import htmx from "htmx.org";
import { one } from "./page";
import { answerPrivately } from "./publicity";
import { contextOf } from "./requests";

const REST = 700;
let waiting = 0;
let asked = "";

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
const place = (): HTMLElement | null => one("#reply-spots");

function look(form: HTMLFormElement): void {
  const spots = place();
  const text = form.querySelector("textarea")?.value ?? "";
  const isPublic = form.matches(".public");
  if (!spots || !isPublic || !text.trim()) {
    spots?.replaceChildren();
    asked = "";
    return;
  }
  const now = `${form.dataset.draft} ${text}`;
  if (now === asked) return;
  asked = now;
  void htmx.ajax("POST", spots.dataset.url ?? "", { source: "#reply-spots", target: "#reply-spots", swap: "innerHTML", values: { text } });
}

export function startDisclosure(): void {
  document.addEventListener("input", (event) => {
    const form = reply();
    if (!form?.contains(event.target as Node) || !(event.target instanceof HTMLTextAreaElement)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => look(form), REST);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const response = contextOf(event).response;
    if ((event.target as HTMLElement).id !== "reply-form" || !response || response.status >= 400) return;
    place()?.replaceChildren();
    asked = "";
  });
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-privately]")) answerPrivately();
    const form = reply();
    if (form && target.closest(".composer .tab, [data-choose], [data-privately]")) look(form);
  });
}
