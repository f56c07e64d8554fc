/** This browser as a device that is told while nobody looks: switched on and off on the account page. */
import { complain } from "./requests";
import { all, csrfToken, one } from "./page";

const isPossible = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Mark the line of this browser, and offer to switch it on where it is not among them. */
async function mark(box: HTMLElement): Promise<void> {
  const here = isPossible() ? await subscription() : null;
  const lines = all("[data-endpoint]", box);
  const own = lines.find((line) => line.dataset.endpoint === here?.endpoint);
  for (const line of lines) line.querySelector("[data-here]")?.toggleAttribute("hidden", line !== own);
  const state = !isPossible() ? "none" : Notification.permission === "denied" ? "denied" : own ? "on" : "off";
  for (const part of all("[data-push-state]", box)) part.hidden = part.dataset.pushState !== state;
}

async function switchOn(box: HTMLElement): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return mark(box);
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const registration = await navigator.serviceWorker.ready;
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const here = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key ?? "") });
  const answer = await fetch("/account/devices", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(here.toJSON()),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  location.reload();
}

export function startDevices(): void {
  const box = one("[data-push]");
  if (box) {
    void mark(box).catch(() => undefined);
    one("[data-push-on]", box)?.addEventListener("click", () => {
      void switchOn(box).catch(() => complain(box.dataset.failed ?? ""));
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const line = form.closest<HTMLElement>("[data-endpoint]");
    const isRemoval = form.matches("[data-push-off]");
    if (!isPossible() || (!isRemoval && !form.matches("[data-sign-out]"))) return;
    // Whoever signs out here is told nothing here any more; our side learns it from the push service.
    void subscription().then((here) => (!isRemoval || here?.endpoint === line?.dataset.endpoint ? here?.unsubscribe() : undefined)).catch(() => undefined);
  });
}
