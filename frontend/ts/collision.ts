/** Somebody else wrote while this answer was being written: say so at once, and send at the second press. */
import { all, one, words } from "./page";
import { refreshTicket } from "./pane";
import { contextOf } from "./requests";

const newest = (): number => Number(one("#timeline")?.dataset.last ?? 0);
const threads = (): number => Number(one("#timeline")?.dataset.threads ?? 0);
const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
const isReply = (form: EventTarget | null): form is HTMLFormElement => form instanceof HTMLFormElement && form.id === "reply-form";
const isWritten = (form: HTMLFormElement | null): boolean => !!form?.querySelector("textarea")?.value.trim();

/** What came after the message that was read last, as far as people wrote it. */
function since(seen: number): HTMLElement[] {
  return all("#timeline article.entry").filter((entry) => /^m\d+$/.test(entry.id) && Number(entry.id.slice(1)) > seen && !one(".message.automatic", entry));
}

/** Jana Brandt is J. Brandt among colleagues; whoever writes to us keeps their whole name. */
const short = (name: string): string => name.replace(/^(\S)\S*\s+(?:.*\s)?(\S+)$/, "$1. $2");

function sentence(entries: HTMLElement[]): string {
  const last = entries.at(-1);
  if (!last || entries.length > 1) return words("newer-several", entries.length);
  const name = one("header b", last)?.textContent?.trim() ?? "";
  return one(".message.out", last) ? words("newer-answer", short(name)) : words("newer-message", name);
}

/** The bar above the composer, with the way to what is new. */
function tell(): void {
  const bar = one("#newer");
  const form = reply();
  const seen = Number(form?.dataset.seen ?? 0);
  const entries = form && isWritten(form) && seen && seen < newest() ? since(seen) : [];
  const isJoined = !!form && isWritten(form) && Number(form.dataset.threads ?? threads()) < threads();
  const state = `${entries.length} ${isJoined}`;
  if (!bar || bar.dataset.count === state) return;
  bar.dataset.count = state;
  bar.hidden = !entries.length && !isJoined;
  if (bar.hidden) return;
  const look = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: words("look") });
  look.addEventListener("click", () => {
    entries[0]?.scrollIntoView({ block: "center" });
    entries[0]?.focus({ preventScroll: true });
  });
  if (!entries.length) bar.replaceChildren(words("newer-joined"));
  else bar.replaceChildren(sentence(entries), " ", look);
}

/** The first press only says it; what it says has been read by the second. */
function refuse(form: HTMLFormElement, upTo: number, among: number, told: string): void {
  form.dataset.seen = String(upTo);
  form.dataset.threads = String(among);
  const line = Object.assign(document.createElement("p"), { className: "wrong-words", textContent: `${told} ${words("send-again")}` });
  line.setAttribute("role", "alert");
  one("#reply-problem")?.replaceChildren(line);
}

export function startCollision(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest("form");
    if (!isReply(form)) return;
    form.dataset.seen ??= String(newest());
    form.dataset.threads ??= String(threads());
  });
  document.addEventListener("htmx:config:request", (event) => {
    if (!isReply(event.target)) return;
    const form = event.target;
    const seen = Number(form.dataset.seen ?? newest());
    const among = Number(form.dataset.threads ?? threads());
    const entries = seen < newest() ? since(seen) : [];
    if (entries.length || among < threads()) {
      event.preventDefault();
      refuse(form, newest(), threads(), `${entries.length ? sentence(entries) : words("newer-joined")}.`);
      return;
    }
    contextOf(event).request.body.set("seen", String(seen));
    contextOf(event).request.body.set("seen_threads", String(among));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const response = contextOf(event).response;
    if (!isReply(event.target) || !response) return;
    const newer = response.headers.get("X-Faden-Newer");
    const among = Number(response.headers.get("X-Faden-Threads") ?? 0);
    if (newer) refuse(event.target, Number(newer), among, decodeURIComponent(response.headers.get("X-Faden-Words") ?? ""));
    if (newer || response.status === 422) refreshTicket();
    else if (response.status < 400) {
      delete event.target.dataset.seen;
      delete event.target.dataset.threads;
      one("#reply-problem")?.replaceChildren();
    }
  });
  document.addEventListener("htmx:after:swap", tell);
  tell();
}
