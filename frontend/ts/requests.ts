/** What every request of a fragment needs: the token out, and words when something went wrong. */
import { csrfToken, one, words } from "./page";

interface Context {
  ctx: { request: { headers: Record<string, string>; method: string; body: FormData }; response?: { raw: Response; status: number; headers: Headers } };
}

export const contextOf = (event: Event): Context["ctx"] => (event as CustomEvent<Context>).detail.ctx;

/** Show a sentence in the bar at the bottom; it goes by itself. */
let hiding = 0;
export function complain(sentence: string): void {
  const bar = one("#undo");
  if (!bar) return;
  window.clearTimeout(hiding);
  bar.classList.add("alarm");
  bar.replaceChildren(sentence);
  bar.hidden = false;
  hiding = window.setTimeout(() => (bar.hidden = true), 8000);
}

export function startRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = contextOf(event);
    if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:before:response", (event) => {
    // An expired session redirects to the sign-in page; that belongs into the window, not into a pane.
    const raw = contextOf(event).response?.raw;
    if (raw?.redirected && new URL(raw.url).pathname === "/login") {
      event.preventDefault();
      location.assign(raw.url);
    }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const response = contextOf(event).response;
    if (!response || response.status === 422 || response.headers.has("X-Faden-Newer")) return;
    const sentence = response.headers.get("X-Faden-Words");
    complain(sentence ? decodeURIComponent(sentence) : words(`status-${response.status}`) === `status-${response.status}` ? words("failed") : words(`status-${response.status}`));
  });
  document.addEventListener("htmx:error", () => complain(words("unreachable")));
}
