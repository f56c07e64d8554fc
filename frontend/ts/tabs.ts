/** The tabs of the composer follow what the server says, but none that somebody has chosen goes away under their hands. */
import { all, one } from "./page";

const wayOf = (id = ""): HTMLElement | null => one(`#ways [data-way="${id}"]`);

function made(note: HTMLElement, id: string): HTMLElement {
  const tab = note.cloneNode(true) as HTMLElement;
  tab.id = `tab-${id}`;
  tab.dataset.tab = "reply-panel";
  tab.dataset.goes = id;
  tab.tabIndex = -1;
  tab.setAttribute("aria-controls", "reply-panel");
  tab.setAttribute("aria-selected", "false");
  const name = Object.assign(document.createElement("span"), { className: "cut" });
  tab.replaceChildren(...all<HTMLElement>("svg", tab), name);
  return tab;
}

export function renewTabs(chosen = ""): void {
  const list = one(".composer [role=tablist]");
  const note = one("#tab-note");
  if (!list || !note) return;
  for (const tab of all("[data-goes]", list)) if (!wayOf(tab.dataset.goes) && tab.dataset.goes !== chosen) tab.remove();
  for (const way of all("#ways [data-way]")) {
    const { way: id = "", name = "", icon = "" } = way.dataset;
    const tab = one(`#tab-${id}`, list) ?? made(note, id);
    if (!tab.isConnected) list.insertBefore(tab, note);
    tab.title = name;
    const label = one("span", tab);
    if (label && label.textContent !== name) label.textContent = name;
    one("use", tab)?.setAttribute("href", `#${icon}`);
  }
}

/** Show which way is chosen, unless a note is being written. */
export function mark(id: string): void {
  if (one("#reply-panel")?.hidden) return;
  for (const tab of all(".composer .tab[data-goes]")) {
    const isChosen = tab.dataset.goes === id;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  one("#reply-panel")?.setAttribute("aria-labelledby", `tab-${id}`);
}
