/** What the server told this page in its head: words, the time, where things are. */
export interface PageFacts {
  now: string;
  clockStands: boolean;
  words: Record<string, string>;
}

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";

export const facts: PageFacts = JSON.parse(meta("faden") || '{"now":"","clockStands":false,"words":{}}');
export const csrfToken = (): string => meta("csrf-token");

/** A translated sentence with its one figure or name filled in. */
export const words = (key: string, value: string | number = ""): string => (facts.words[key] ?? key).replace("%s", String(value));

export const one = <E extends HTMLElement>(selector: string, within: ParentNode = document): E | null => within.querySelector<E>(selector);
export const all = <E extends HTMLElement>(selector: string, within: ParentNode = document): E[] => [...within.querySelectorAll<E>(selector)];

/** Say a sentence to screen readers, at most one every ten seconds; the newest wins. */
let saidAt = -Infinity;
let waiting = 0;
export function say(sentence: string): void {
  const region = one("#told");
  if (!region) return;
  window.clearTimeout(waiting);
  const wait = Math.max(0, saidAt + 10_000 - performance.now());
  waiting = window.setTimeout(() => {
    saidAt = performance.now();
    region.textContent = sentence;
  }, wait);
}

/** A keyboard shortcut has nothing to do while somebody writes or a dialog is open. */
export function isWriting(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null;
  return !!element && (element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}
