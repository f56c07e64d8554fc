/** Undo instead of "are you sure": after an act a bar offers its inverse for fifteen seconds. */
import htmx from "htmx.org";
import { all, one, say, words } from "./page";
import { contextOf } from "./requests";

/** What takes an act back: an address to post to, or something to do here; with neither the bar only says what happened. */
interface Inverse { told: string; url?: string; values?: Record<string, string>; target?: string | undefined; act?: () => void; within?: number }

const WITHIN = 15_000;
let offered: Inverse | null = null;
let ending = 0;

function withdraw(): void {
  offered = null;
  const bar = one("#undo");
  if (bar) bar.hidden = true;
}

/** Offer to undo. */
export function offer(inverse: Inverse): void {
  const bar = one("#undo");
  if (!bar) return;
  window.clearTimeout(ending);
  offered = inverse.url || inverse.act ? inverse : null;
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
  ending = window.setTimeout(withdraw, inverse.within ?? WITHIN);
}

/** Do the inverse of the last act; nothing happens once the time is over. */
export function undo(): void {
  if (!offered) return;
  const { url, values, target, act } = offered;
  withdraw();
  if (act) act();
  else if (url) void htmx.ajax("POST", url, { target: target ?? "#pane", swap: "innerMorph", values: values ?? {}, headers: { "X-Faden-Undo": "1" } });
}

/** One's own answer that has not left yet: where to call it back, and for how long. */
export function leaving(): { url: string; within: number } | null {
  const form = all<HTMLFormElement>("#timeline form[data-recall]").at(-1);
  const left = Number(one("[data-leaves]", form?.parentElement ?? document)?.dataset.leaves ?? 0);
  return form && left > 0 ? { url: form.getAttribute("action") ?? "", within: left * 1000 } : null;
}

/** Count down to when an answer leaves; from then on nobody can call it back. */
function countDown(): void {
  for (const place of all("[data-leaves]")) {
    const left = Number(place.dataset.leaves) - 1;
    place.dataset.leaves = String(left);
    if (left > 0) place.textContent = words("leaves-in", Math.ceil(left));
    else {
      place.textContent = words("sending");
      place.parentElement?.querySelector("[data-recall]")?.remove();
      delete place.dataset.leaves;
    }
  }
}

export function startUndo(): void {
  window.setInterval(countDown, 1000);
  let hasSent = false;
  document.addEventListener("htmx:after:swap", () => {
    const left = hasSent ? leaving() : null;
    hasSent = false;
    if (left) offer({ url: left.url, told: words("will-leave", Math.ceil(left.within / 1000)), within: left.within });
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target instanceof HTMLElement ? event.target.closest("form") : null;
    const { request, response } = contextOf(event);
    if (form?.matches("[data-recall]")) withdraw();
    if (form?.id === "reply-form" && response && response.status < 400) hasSent = true;
    if (!form?.dataset.told || request.method !== "POST" || !response || response.status >= 400) return;
    const values = JSON.parse(form.dataset.undoValues || "{}");
    const field = form.dataset.undoField;
    if (field) values[field] = String(new FormData(form).get(field) ?? "");
    offer({ url: form.dataset.undo ?? "", values, told: form.dataset.told, target: form.dataset.undoTarget });
  });
}
