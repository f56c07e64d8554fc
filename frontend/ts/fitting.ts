/** Which files the chosen way takes: said at once, in the words they would be refused with. */
import { all, one, words } from "./page";
import { wayOf } from "./ways";

export const MEGA = 1_000_000;

/** Say what does not fit the way the answer goes now, in the words it would be refused with. */
export function weighFiles(form: HTMLElement): void {
  const place = one("#reply-unfit");
  const data = wayOf(form)?.dataset;
  if (!place) return;
  place.textContent = data ? unfit(form, data) : "";
  place.hidden = !place.textContent;
}

function unfit(form: HTMLElement, { files = "", types = "{}", typesWords = "" }: DOMStringMap): string {
  const most = Number(files);
  const found = all(".chosen [data-file]", form);
  if (found.length > most) return words("files-many", found.length).replace("%s", String(most));
  const taken = JSON.parse(types) as Record<string, number>;
  for (const { dataset: { name = "", type = "", size = "" } } of found) {
    const limit = taken[type];
    if (Object.keys(taken).length && limit === undefined) return typesWords;
    if (limit !== undefined && Number(size) > limit) return words("file-large", name).replace("%s", String(Math.floor(limit / MEGA)));
  }
  return "";
}
