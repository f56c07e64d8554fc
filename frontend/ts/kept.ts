/** Where drafts lie: with the server, and in this browser in case the server is away; the newest counts. */
import { all, csrfToken, one } from "./page";

export interface Local { text: string; way: string; weight: string; seen: number; at: number; isSaved: boolean; also?: string[]; line?: boolean }
interface Served { text: string; conversation: number; public: boolean; opens: string; weight: string; seen: number; at: string; also: string[]; line: boolean }

const running = new Map<string, Promise<unknown>>();

export const keyOf = (form: HTMLElement): string => `draft:${form.dataset.draft ?? ""}`;
export const isReply = (form: HTMLElement): boolean => form.id === "reply-form";
export const isRunning = (form: HTMLElement): boolean => running.has(keyOf(form));
const kindOf = (form: HTMLElement): string => (form.dataset.draft ?? "").split(":")[1] ?? "";
const urlOf = (form: HTMLElement): string => `/tickets/${(form.dataset.draft ?? "").split(":")[0]}/drafts/${kindOf(form)}`;

function parsed<T>(text: string | null | undefined): T | null {
  try {
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

export const localOf = (form: HTMLElement): Local | null => parsed<Local>(localStorage.getItem(keyOf(form)));
export const keepLocal = (key: string, local: Local): void => localStorage.setItem(key, JSON.stringify(local));
export const servedOf = (form: HTMLElement): Served | null => parsed<Served>(one("#drafts")?.dataset[kindOf(form)]);

/** What the page says the server keeps is over. */
export function forgetServed(form: HTMLElement): void {
  delete one("#drafts")?.dataset[kindOf(form)];
  if (isReply(form)) one("#draft-files")?.replaceChildren();
}

/** When the state was kept that this form goes on from; it goes along when the form is sent. */
export function build(form: HTMLElement, at: string): void {
  form.dataset.base = at;
  const field = one<HTMLInputElement>("[name=base]", form);
  if (field) field.value = at;
}

/** One request at a time for each draft: what was typed last is what stays. It names the state that it goes on from. */
export function send(form: HTMLElement, method: "PUT" | "DELETE", body = new FormData()): Promise<Response | null> {
  const key = keyOf(form);
  const url = urlOf(form);
  const request = (running.get(key) ?? Promise.resolve())
    .then(() => body.set("base", form.dataset.base ?? ""))
    .then(() => fetch(url, { method, body, keepalive: true, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } }))
    .then((answer) => {
      build(form, answer.headers.get("X-Faden-At") ?? "");
      return answer;
    })
    .catch(() => null);
  running.set(key, request);
  void request.then(() => { if (running.get(key) === request) running.delete(key); });
  return request;
}

/** The newest of what this browser and the server know; what was saved there and is gone was sent or thrown away elsewhere. */
export function newest(form: HTMLElement): Local | null {
  const local = localOf(form);
  const served = servedOf(form);
  if (local && !local.isSaved && (!served || local.at >= Date.parse(served.at))) return local;
  if (!served) return null;
  const isMeant = ({ conversation, public: isPublic, opens = "" }: DOMStringMap): boolean =>
    opens === served.opens && !!isPublic === served.public && (!!opens || Number(conversation) === served.conversation);
  const way = all("#ways [data-way]").find((each) => isMeant(each.dataset));
  return { text: served.text, way: way ? `${way.dataset.way} ${way.dataset.public}` : "gone gone", weight: served.weight, seen: served.seen, at: Date.parse(served.at), isSaved: true, also: served.also, line: served.line };
}

/** A browser belongs to whoever signs in next: signing out takes its drafts along, the server keeps them. */
export function forgetAll(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
}
