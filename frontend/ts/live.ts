/** What others do shows here: own rows change in place, new ones wait to be asked for, nothing moves under the cursor. */
import { markTitle } from "./deadlines";
import { gathering } from "./gathering";
import { markRows, rows } from "./list";
import { one, say, words } from "./page";
import { refreshTicket } from "./pane";
import { poll, STALE_AFTER } from "./polling";

/** What the stream says; every one is also told to the document as "faden:signal". */
export interface Signal { id: number; kind: string; ticket: number }

const GATHER = 250;
const GATHER_AT_MOST = 1000;
const AT_ONCE = 100;
const LOST_AFTER = 5000;
/** What changes rows of the list, and nothing of the ticket that is open. */
const OF_ROWS_ONLY = ["presence", "draft"];
const FADES = 30_000;
const changed = new Set<number>();
const opened = new Set<number>();
const fresh = new Set<string>();
let losing = 0;
let hiddenAt = 0;
let lastId = 0;

const state = (name: "live" | "polling" | "lost"): void => {
  const dot = one("#live");
  if (!dot) return;
  dot.dataset.state = name;
  dot.setAttribute("aria-label", words(name));
};

function announce(): void {
  const button = one("#news");
  if (!button) return;
  button.hidden = fresh.size === 0;
  const label = button.querySelector("span");
  if (label) label.textContent = words(fresh.size === 1 ? "news-one" : "news", fresh.size);
  if (fresh.size) say(words(fresh.size === 1 ? "news-one" : "news", fresh.size));
}

/** Fetch the list anew, because the person asked for it. */
export function showNews(): void {
  fresh.clear();
  announce();
  one("#rows")?.scrollTo({ top: 0 });
  one("#rows")?.dispatchEvent(new CustomEvent("faden:refresh"));
}

/** Put the changed rows where they stand; remember those that are not on the page, dim those that left the view. */
function place(numbers: number[], html: string): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const brought = page.querySelector<HTMLTemplateElement>("#changed")?.content;
  const badges = page.querySelector<HTMLTemplateElement>("#badges")?.content;
  for (const number of numbers) {
    const old = document.getElementById(`t${number}`);
    const row = brought?.getElementById(`t${number}`);
    if (!old && row) fresh.add(String(number));
    else if (old && row) {
      old.className = row.className;
      old.replaceChildren(...row.childNodes);
    } else old?.classList.add("gone");
  }
  if (badges) one("#views")?.replaceChildren(badges);
  const filters = page.querySelector<HTMLTemplateElement>("#filters")?.content;
  if (filters) one("#chips")?.replaceChildren(filters);
  markRows();
  markTitle();
  announce();
}

async function gather(): Promise<void> {
  const numbers = [...changed].slice(0, AT_ONCE);
  for (const number of numbers) changed.delete(number);
  if (changed.size) gatherSoon();
  const list = one("#list");
  const shown = Number(one("[data-ticket]")?.dataset.ticket ?? 0);
  if (opened.delete(shown)) refreshTicket();
  if (!list?.dataset.newsUrl || !numbers.length) return;
  const answer = await fetch(`${list.dataset.newsUrl}?tickets=${numbers.join(",")}`, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (answer.ok && !answer.redirected) place(numbers, await answer.text());
}

const gatherSoon = gathering(() => void gather().catch(() => undefined), GATHER, GATHER_AT_MOST);

function hear(signal: Signal): void {
  lastId = Math.max(lastId, signal.id);
  document.dispatchEvent(new CustomEvent("faden:signal", { detail: signal }));
  if (!signal.ticket) return;
  changed.add(signal.ticket);
  if (!OF_ROWS_ONLY.includes(signal.kind)) opened.add(signal.ticket);
  gatherSoon();
}

/** Nobody tells when somebody's browser died: rows that show people are looked at again. */
function lookAgain(): void {
  for (const row of rows()) if (one(".here:not(:empty)", row)) changed.add(Number(row.dataset.number));
  if (changed.size) gatherSoon();
}

function refreshAll(): void {
  if (rows().length || one("#rows")) one("#rows")?.dispatchEvent(new CustomEvent("faden:refresh"));
  refreshTicket();
}

const connected = (): void => {
  window.clearTimeout(losing);
  losing = 0;
  one("#lost")?.setAttribute("hidden", "");
  state("live");
  document.dispatchEvent(new Event("faden:live"));
};

const disconnected = (): void => {
  losing ||= window.setTimeout(() => {
    one("#lost")?.removeAttribute("hidden");
    state("lost");
  }, LOST_AFTER);
};

export function startLive(): void {
  const dot = one("#live");
  if (!dot) return;
  lastId = Number(dot.dataset.last ?? 0);
  let opened = false;
  let failures = 0;
  const stream = new EventSource(`/live?since=${lastId}`);
  stream.addEventListener("open", () => { opened = true; failures = 0; connected(); });
  stream.addEventListener("signal", (event) => hear(JSON.parse((event as MessageEvent<string>).data) as Signal));
  stream.addEventListener("error", () => {
    disconnected();
    if (!opened && ++failures >= 3) { stream.close(); poll({ after: () => lastId, hear, connected, disconnected, polling: () => state("polling") }); }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > STALE_AFTER) refreshAll();
  });
  window.addEventListener("online", refreshAll);
  window.setInterval(lookAgain, FADES);
  window.addEventListener("pagehide", () => stream.close());
  document.addEventListener("click", (event) => { if ((event.target as HTMLElement).closest("#news")) showNews(); });
}
