/** Somebody else wrote while this answer was being written: say so once, and send at the second press. */
import { one, words } from "./page";
import { refreshTicket } from "./pane";
import { contextOf } from "./requests";

const newest = (): number => Number(one("#timeline")?.dataset.last ?? 0);

const isReply = (form: EventTarget | null): form is HTMLFormElement => form instanceof HTMLFormElement && form.id === "reply-form";

function warn(): void {
  const place = one("#reply-problem");
  place?.replaceChildren(Object.assign(document.createElement("p"), { className: "wrong-words", textContent: words("new-since") }));
  place?.firstElementChild?.setAttribute("role", "alert");
}

export function startCollision(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest("form");
    if (isReply(form)) form.dataset.seen ??= String(newest());
  });
  document.addEventListener("htmx:config:request", (event) => {
    if (!isReply(event.target)) return;
    const form = event.target;
    const last = newest();
    if (Number(form.dataset.seen ?? last) < last) {
      event.preventDefault();
      form.dataset.seen = String(last);
      warn();
      return;
    }
    contextOf(event).request.body.set("seen", form.dataset.seen ?? String(last));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const response = contextOf(event).response;
    if (!isReply(event.target) || !response) return;
    delete event.target.dataset.seen;
    if (response.status === 422) refreshTicket();
    else if (response.status < 400) one("#reply-problem")?.replaceChildren();
  });
}
