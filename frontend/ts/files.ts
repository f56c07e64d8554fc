/** Files of a draft: uploaded as soon as they are chosen, kept by the server, shown on every device of their author. */
import { MEGA, weighFiles } from "./fitting";
import { keyOf, servedOf } from "./kept";
import { all, csrfToken, one, words } from "./page";
import { complain } from "./requests";
import { offer } from "./undo";
import { weighWay } from "./ways";

/** One after the other: each answer is the whole list, and the last one is what stays. */
let queue: Promise<unknown> = Promise.resolve();

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");
const list = (form: HTMLElement): HTMLElement | null => one(".chosen", form);
const input = (form: HTMLElement): HTMLInputElement | null => one<HTMLInputElement>("#reply-files", form);
const chips = (form: HTMLElement): HTMLElement[] => all(".chosen [data-file]", form);

export const hasFiles = (form: HTMLElement): boolean => chips(form).length > 0;
export const idsOf = (form: HTMLElement): string[] => chips(form).map((chip) => chip.dataset.file ?? "");

/** The way the form is on, as the server keeps it with a draft. */
function way(form: HTMLElement): [string, string][] {
  return ["conversation", "public", "opens"].map((name) => [name, one<HTMLInputElement>(`[name=${name}]`, form)?.value ?? ""]);
}

/** Show the list as the server has it; what is still rising stands behind it. */
function put(form: HTMLElement, nodes: Iterable<Node>): void {
  for (const chip of chips(form)) chip.remove();
  list(form)?.prepend(...[...nodes].filter((node) => node instanceof HTMLElement));
  const hint = one("[data-draft-words]", form);
  if (hint && hasFiles(form)) hint.hidden = false;
  weighFiles(form);
}

const parsed = (html: string): NodeListOf<ChildNode> => new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html").querySelector("ul")!.childNodes;

/** What the page knows of the draft's files: shown where its way is shown, and gone where the draft is gone. */
export function showFiles(form: HTMLFormElement): void {
  const known = one("#draft-files");
  const served = servedOf(form);
  if (!known) return;
  const isHere = served && way(form).every(([name, value]) => value === { conversation: String(served.conversation), public: served.public ? "1" : "", opens: served.opens }[name]);
  const ids = all("[data-file]", known).map((chip) => chip.dataset.file).join();
  if ((isHere || !ids) && ids !== idsOf(form).join()) put(form, [...known.children].map((each) => each.cloneNode(true)));
  weighFiles(form);
}

function say(form: HTMLElement, html: string): void {
  one("#reply-problem", form)?.replaceChildren(...[...new DOMParser().parseFromString(html, "text/html").body.childNodes]);
}

/** The answer of the server is the list; another ticket may be open by then. */
function heard(form: HTMLFormElement, key: string, status: number, html: string, failed: string): void {
  if (!form.isConnected || keyOf(form) !== key) return;
  if (status === 200) put(form, parsed(html));
  else if (status === 422) say(form, html);
  else complain(status === 413 ? words("status-413") : failed);
}

function rise(form: HTMLFormElement, file: File, url: string, key: string): Promise<void> {
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", words("file-rising", file.name));
  const chip = Object.assign(document.createElement("li"), { className: "file rising" });
  chip.append(Object.assign(document.createElement("span"), { className: "cut", textContent: file.name }), bar);
  list(form)?.append(chip);
  weighWay();
  const body = new FormData();
  body.set("files", file);
  for (const [name, value] of way(form)) body.set(name, value);
  const next = queue.then(() => new Promise<void>((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      chip.remove();
      heard(form, key, request.status, request.responseText, words("file-failed", file.name));
      weighWay();
      done();
    });
    request.send(body);
  }));
  queue = next;
  return next;
}

/** Files that were chosen; what no answer may carry is said before it is sent anywhere. */
function choose(form: HTMLFormElement, from: HTMLInputElement): void {
  const files = [...(from.files ?? [])];
  const most = Number(from.dataset.most);
  const before = chips(form).reduce((sum, chip) => sum + Number(chip.dataset.size), 0);
  from.value = "";
  one("#reply-problem", form)?.replaceChildren();
  if (before + files.reduce((sum, file) => sum + file.size, 0) > most) return complain(words("files-large", Math.floor(most / MEGA)));
  for (const file of files) void rise(form, file, from.dataset.url ?? "", keyOf(form));
}

async function ask(form: HTMLFormElement, method: string, url: string, body: FormData | null): Promise<void> {
  const key = keyOf(form);
  queue = queue.then(() => fetch(url, { method, body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } }))
    .then(async (answer) => heard(form, key, answer.status, await answer.text(), words("failed")))
    .catch(() => complain(words("failed")));
  await queue;
}

/** Take files in again that were thrown away a moment ago. */
export function bringBack(form: HTMLFormElement, ids: string[]): Promise<void> {
  const body = new FormData();
  for (const id of ids) body.append("again", id);
  for (const [name, value] of way(form)) body.set(name, value);
  return ids.length ? ask(form, "POST", input(form)?.dataset.url ?? "", body) : Promise.resolve();
}

export function startFiles(): void {
  document.addEventListener("change", (event) => {
    const form = reply();
    if (form && event.target === input(form)) choose(form, event.target as HTMLInputElement);
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-unfile]");
    const form = reply();
    const chip = button?.closest<HTMLElement>("[data-file]");
    if (!button || !form || !chip) return;
    const { file = "", name = "" } = chip.dataset;
    void ask(form, "DELETE", button.dataset.unfile ?? "", null);
    input(form)?.focus();
    offer({ told: words("file-removed", name), act: () => void bringBack(form, [file]) });
  });
  document.addEventListener("faden:way", () => { const form = reply(); if (form) weighFiles(form); });
}
