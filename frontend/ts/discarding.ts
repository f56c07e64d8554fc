/** Throwing a draft away, with its files; for a while all of it can be brought back. */
import { forget, save, takeIn } from "./drafts";
import { bringBack, idsOf } from "./files";
import { isReply, send } from "./kept";
import { words } from "./page";
import { putWeight, weightOf } from "./promise";
import { offer } from "./undo";
import { release } from "./ways";

function discard(form: HTMLFormElement): void {
  save(form);
  const text = form.querySelector("textarea")?.value ?? "";
  const weight = isReply(form) ? weightOf(form) : "";
  const files = isReply(form) ? idsOf(form) : [];
  const gone = send(form, "DELETE");
  forget(form);
  void gone.then(async (answer) => { if (answer?.status === 409) takeIn(form, await answer.text()); });
  if (isReply(form)) release();
  offer({ told: words("draft-discarded"), act: () => {
    const area = form.querySelector("textarea");
    if (!form.isConnected || !area || area.value) return;
    area.value = text;
    if (isReply(form)) putWeight(form, weight);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    save(form);
    void gone.then(() => bringBack(form, files));
  } });
}

export function startDiscarding(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-discard]");
    if (button?.form) discard(button.form);
  });
}
