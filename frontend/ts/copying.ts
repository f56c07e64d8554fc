/** Take an address along with one click, and open the folded field that a link leads to. */
import { one, say, words } from "./page";

async function copy(button: HTMLElement, from: string): Promise<void> {
  const field = one<HTMLInputElement>(from);
  if (!field) return;
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.textContent = words("copied");
  say(words("copied"));
}

function open(name: string): void {
  const field = document.getElementById(name);
  for (let fold = field?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  field?.focus();
}

export function startCopying(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-copy], [data-opens]");
    if (button?.dataset.copy) void copy(button, button.dataset.copy).catch(() => undefined);
    if (button?.dataset.opens) open(button.dataset.opens);
  });
}
