/** The one dialog that fragments are put into, the list of shortcuts, and what closes them. */
import { all, one } from "./page";
import { contextOf } from "./requests";

let opener: HTMLElement | null = null;

const sheet = (): HTMLDialogElement | null => one<HTMLDialogElement>("#sheet");

export function showHelp(): void {
  const help = one<HTMLDialogElement>("#help");
  if (help && !help.open) help.showModal();
}

/** Close what lies on top; true if there was something. */
export function closeSheet(): boolean {
  const open = one<HTMLDialogElement>("dialog[open]");
  open?.close();
  // Until the next frame the browser leaves the focus on a button nobody sees, and the next key would be lost on it.
  if (open?.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
  return !!open;
}

function narrow(list: HTMLElement, text: string): void {
  const wanted = text.trim().toLowerCase();
  for (const choice of all("label", list)) choice.hidden = !!wanted && !choice.textContent?.toLowerCase().includes(wanted);
  const first = all<HTMLInputElement>("label:not([hidden]) input", list)[0];
  if (wanted && first) first.checked = true;
}

export function startSheets(): void {
  document.addEventListener("htmx:after:swap", () => {
    const dialog = sheet();
    if (dialog && dialog.childElementCount && !dialog.open) {
      opener = document.activeElement as HTMLElement;
      dialog.showModal();
      one("[autofocus]", dialog)?.focus();
    }
  });
  document.addEventListener("close", (event) => {
    if (event.target !== sheet()) return;
    sheet()?.replaceChildren();
    const back = opener?.isConnected && opener !== document.body ? opener : one("#content");
    back?.focus({ preventScroll: true });
  }, true);
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-close]") || target instanceof HTMLDialogElement) closeSheet();
    if (target.closest('[data-act="help"]')) showHelp();
  });
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    const list = field.dataset.filter ? one(`#${field.dataset.filter}`) : null;
    if (list) narrow(list, field.value);
  });
  document.addEventListener("change", (event) => {
    const choice = event.target as HTMLInputElement;
    const field = choice.dataset.into ? one<HTMLInputElement>(`#${choice.dataset.into}`) : null;
    if (field) field.value = choice.value;
  });
  // A form in the dialog is done once its answer is no refusal.
  document.addEventListener("htmx:after:request", (event) => {
    const { request, response } = contextOf(event);
    if (request.method === "POST" && response && response.status < 400 && sheet()?.open) {
      sheet()?.close();
      sheet()?.replaceChildren(); // at once: the close event comes after the swap, which would open it again
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLElement;
    if (!form.matches("[data-first-hit]")) return;
    const hit = one<HTMLAnchorElement>("#hits .matters a") ?? one<HTMLAnchorElement>("#hits a");
    if (hit) {
      event.preventDefault();
      hit.click();
    }
  });
}
