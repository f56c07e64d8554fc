/** From a public way to the private one that leads out of it, and back. */
import { all, one, words } from "./page";
import { complain } from "./requests";
import { wayOf } from "./ways";

const reply = (): HTMLFormElement | null => one<HTMLFormElement>("#reply-form");

/** From public to private by the platform's own means: the text goes along, an empty field begins with a prepared line. */
export function answerPrivately(): void {
  const form = reply();
  const way = form ? wayOf(form) : null;
  if (!form || !way?.dataset.public) return;
  if (!way.dataset.private) return complain(way.dataset.unprivate || words("no-private"));
  one(`#tab-${way.dataset.private}`)?.click();
  const area = form.querySelector("textarea");
  const line = wayOf(form)?.dataset.line;
  if (!area || !line || area.value.trim()) return;
  area.value = line;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.setSelectionRange(line.length, line.length);
}

/** From public to private, and back to the public way it came from. */
export function changePublicity(): void {
  const form = reply();
  const way = form ? wayOf(form) : null;
  if (way?.dataset.public) return answerPrivately();
  const back = all("#ways [data-way]").find((each) => each !== way && each.dataset.public && (each.dataset.private === way?.dataset.way || each.dataset.conversation === way?.dataset.conversation));
  if (back) one(`#tab-${back.dataset.way}`)?.click();
}
