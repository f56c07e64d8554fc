/** The telephone: a card that comes with the ring, follows the call and goes with it; a missed one waits to be seen. */
import htmx from "htmx.org";
import { all, one } from "./page";

interface Told { kind: string; call?: number }

const region = (): HTMLElement | null => one("#calls");
const dismissed = new Set<string>();
const asked = new Map<string, number>();

/** Say it at once: somebody is on the line now. */
function announce(card: HTMLElement, before: string): void {
  const told = one("#calls-told");
  if (told && card.dataset.spoken && card.dataset.spoken !== before) told.textContent = card.dataset.spoken;
}

/** Put a card in place of the one that is there, without taking the focus out of it. */
function place(fresh: HTMLElement): void {
  const old = document.getElementById(fresh.id);
  const hadFocus = !!old?.contains(document.activeElement);
  if (dismissed.has(fresh.dataset.call ?? "")) return;
  if (old) old.replaceWith(fresh);
  else region()?.append(fresh);
  htmx.process(fresh);
  announce(fresh, old?.dataset.spoken ?? "");
  if (hadFocus) fresh.focus();
}

/** A call that was being answered here and is over goes by itself; the form somebody writes in stays. */
function take(id: string): void {
  document.getElementById(`call-${id}`)?.remove();
}

async function fetchCards(url: string): Promise<HTMLElement[]> {
  const answer = await fetch(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return [];
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return all(".call", page);
}

/** Fetch one call as it stands; of several signals at once only the last answer counts. */
async function refresh(id: string): Promise<void> {
  const url = region()?.dataset.url;
  if (!url) return;
  const turn = (asked.get(id) ?? 0) + 1;
  asked.set(id, turn);
  const [card] = await fetchCards(`${url}/${id}`);
  if (asked.get(id) !== turn) return;
  if (card) place(card);
  else take(id);
}

async function refreshAll(): Promise<void> {
  const url = region()?.dataset.url;
  if (!url) return;
  for (const card of await fetchCards(url)) place(card);
  for (const card of all(".call.ringing, .call.talking", region() ?? document)) void refresh(card.dataset.call ?? "").catch(() => undefined);
}

/** Go to the call with a key, and from card to card with the next. */
export function toCall(): void {
  const cards = all("#calls .call");
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[(at + 1) % cards.length]?.focus();
}

/** What is typed and promised stands in the confirmation, too, until that is changed by hand: only then it is sent along. */
function mirror(form: HTMLElement): void {
  const copy = one<HTMLTextAreaElement>("#call-confirmation", form);
  if (!copy || copy.name) return;
  const chosen = one<HTMLSelectElement>("#call-promise", form)?.selectedOptions[0];
  const other = one<HTMLInputElement>("[name=promise_other]", form)?.value ?? "";
  const until = chosen?.dataset.full || (chosen?.value === "other" && other ? new Date(other).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) : "");
  const promise = until ? `\n\n${(copy.dataset.promise ?? "").replace("%s", until)}` : "";
  copy.value = (copy.dataset.pattern ?? "").replace("…", () => (one<HTMLTextAreaElement>("#call-text", form)?.value ?? "") + promise);
}

export function startCalls(): void {
  if (!region()) return;
  document.addEventListener("faden:signal", (event) => {
    const { kind, call } = (event as CustomEvent<Told>).detail;
    if (kind === "call" && call) void refresh(String(call)).catch(() => undefined);
  });
  document.addEventListener("faden:live", () => void refreshAll().catch(() => undefined));
  document.addEventListener("click", (event) => {
    const card = (event.target as HTMLElement).closest("[data-call-away]")?.closest<HTMLElement>(".call");
    if (!card) return;
    dismissed.add(card.dataset.call ?? "");
    card.remove();
  });
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLTextAreaElement;
    const form = field.closest<HTMLElement>(".call-note");
    if (field.id === "call-confirmation") field.name = "confirmation";
    else if (form) mirror(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = (event.target as HTMLElement).closest?.<HTMLFormElement>(".call-note, #sheet form");
    if (!form || event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    one<HTMLButtonElement>(`[data-chord="Control+${event.shiftKey ? "Shift+" : ""}Enter"]`, form)?.click();
  });
}
