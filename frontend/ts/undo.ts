/** Undo instead of "are you sure": after an act a bar offers its inverse for fifteen seconds. */
import htmx from "htmx.org";
import { one, say, words } from "./page";
import { contextOf } from "./requests";

interface Inverse { url: string; values: Record<string, string>; told: string }

const WITHIN = 15_000;
let offered: Inverse | null = null;
let ending = 0;

function withdraw(): void {
  offered = null;
  const bar = one("#undo");
  if (bar) bar.hidden = true;
}

/** Offer to undo; without an address it only says what happened. */
export function offer(inverse: Inverse): void {
  const bar = one("#undo");
  if (!bar) return;
  window.clearTimeout(ending);
  offered = inverse.url ? inverse : null;
  bar.classList.remove("alarm");
  bar.replaceChildren(Object.assign(document.createElement("span"), { textContent: inverse.told }));
  if (offered) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button dense" });
    button.append(words("undo"), " ", Object.assign(document.createElement("kbd"), { textContent: "Z" }));
    button.addEventListener("click", undo);
    bar.append(button);
  }
  bar.hidden = false;
  say(inverse.told);
  ending = window.setTimeout(withdraw, WITHIN);
}

/** Do the inverse of the last act; nothing happens once the time is over. */
export function undo(): void {
  if (!offered) return;
  const { url, values } = offered;
  withdraw();
  void htmx.ajax("POST", url, { target: "#pane", swap: "innerMorph", values, headers: { "X-Faden-Undo": "1" } });
}

export function startUndo(): void {
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target instanceof HTMLElement ? event.target.closest("form") : null;
    const { request, response } = contextOf(event);
    if (!form?.dataset.told || request.method !== "POST" || !response || response.status >= 400) return;
    const values = JSON.parse(form.dataset.undoValues || "{}");
    const field = form.dataset.undoField;
    if (field) values[field] = String(new FormData(form).get(field) ?? "");
    offer({ url: form.dataset.undo ?? "", values, told: form.dataset.told });
  });
}
