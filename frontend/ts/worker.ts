/** The service worker: shows what the push service brings while no page is open, and opens the ticket it is about. */

export {};

interface Told { title: string; body: string; url: string; tag: string }
interface Later extends Event { waitUntil(work: Promise<unknown>): void }
interface Pushed extends Later { data: { json(): Told } | null }
interface Clicked extends Later { notification: Notification }
interface Page { url: string; focus(): Promise<unknown>; navigate(url: string): Promise<unknown> }
interface Worker extends EventTarget {
  registration: ServiceWorkerRegistration;
  clients: { matchAll(wanted: object): Promise<Page[]>; openWindow(url: string): Promise<unknown>; claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  location: Location;
}

const worker = self as unknown as Worker;

async function show(told: Told): Promise<void> {
  // The same name replaces what is there already: a word that is sent twice shows once.
  await worker.registration.showNotification(told.title, { body: told.body, tag: told.tag, data: { url: told.url } });
}

async function open(path: string): Promise<void> {
  const url = new URL(path, worker.location.origin);
  if (url.origin !== worker.location.origin) return;
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => new URL(page.url).pathname === url.pathname);
  if (there) await there.focus();
  else await worker.clients.openWindow(url.href);
}

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => (event as Later).waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event) => {
  const { data } = event as Pushed;
  if (data) (event as Pushed).waitUntil(show(data.json()));
});
worker.addEventListener("notificationclick", (event) => {
  const { notification } = event as Clicked;
  notification.close();
  (event as Clicked).waitUntil(open(String((notification.data as { url?: string } | null)?.url ?? "/")));
});
