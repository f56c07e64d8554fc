/** Who else is here: said to the server while the ticket can be seen, shown as it changes, gone when the tab is. */
import type { Signal } from "./live";
import { all, csrfToken, one, words } from "./page";

const EVERY = 10_000;
const WRITES_FOR = 8_000;
const AT_ONCE = 400;
let told = "";
let typedAt = -Infinity;
let wasWriting = false;
let soon = 0;

const number = (): string => one("[data-ticket]")?.dataset.ticket ?? "";
const isWriting = (): boolean => performance.now() - typedAt < WRITES_FOR;

function show(html: string): void {
  const place = one("#here");
  if (!place) return;
  if (place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
  settle();
}

/** Who writes is said above the composer, and „Senden" becomes „Trotzdem senden". */
function settle(): void {
  const names = all("#here [data-writes]").map((face) => face.dataset.writes ?? "");
  const line = one("#typing");
  if (line) {
    line.hidden = !names.length;
    line.textContent = names.length ? words("writes", names.join(", ")) : "";
  }
  const beside = one("#beside");
  beside?.classList.toggle("busy", names.length > 0);
  beside?.classList.toggle("writing", !!all<HTMLTextAreaElement>(".composer form textarea").some((area) => area.value.trim()));
}

async function say(): Promise<void> {
  const ticket = number();
  if (!ticket || document.hidden || !one("#live")) return;
  const body = new FormData();
  wasWriting = isWriting();
  if (wasWriting) body.set("writes", "1");
  told = ticket;
  const answer = await fetch(`/tickets/${ticket}/presence`, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  if (answer.ok && !answer.redirected && ticket === number()) show(await answer.text());
}

/** With a beacon, because the page may be going away. */
function leave(ticket: string): void {
  const body = new FormData();
  body.set("gone", "1");
  body.set("csrf_token", csrfToken());
  navigator.sendBeacon(`/tickets/${ticket}/presence`, body);
}

const saySoon = (): void => {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => void say().catch(() => undefined), AT_ONCE);
};

async function look(): Promise<void> {
  const answer = await fetch(`/tickets/${number()}/presence`, { headers: { "HX-Request": "true" } });
  if (answer.ok && !answer.redirected) show(await answer.text());
}

export function startPresence(): void {
  window.setInterval(() => void say().catch(() => undefined), EVERY);
  document.addEventListener("input", (event) => {
    if (!(event.target as HTMLElement).closest(".composer form")) return;
    typedAt = performance.now();
    settle();
    if (!wasWriting) saySoon();
  });
  document.addEventListener("htmx:after:swap", () => {
    if (number() !== told) {
      if (told) leave(told);
      told = number();
      typedAt = -Infinity;
      if (told) saySoon();
    }
    settle();
  });
  document.addEventListener("htmx:after:request", (event) => {
    if ((event.target as HTMLElement).closest?.(".composer form")) typedAt = -Infinity;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && told) leave(told);
    else saySoon();
  });
  window.addEventListener("pagehide", () => { if (told) leave(told); });
  document.addEventListener("faden:signal", (event) => {
    const { kind, ticket } = (event as CustomEvent<Signal>).detail;
    if (kind === "presence" && String(ticket) === number()) void look().catch(() => undefined);
  });
  saySoon();
}
