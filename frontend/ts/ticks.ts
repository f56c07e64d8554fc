/** The ticks below an answer: by which further ways it goes, and whether a line follows it in public. */
import { all } from "./page";

const boxes = (form: HTMLElement, name: string): HTMLInputElement[] => all<HTMLInputElement>(`#reply-way [name=${name}]`, form);

export const alsoOf = (form: HTMLElement): string[] => boxes(form, "also").filter((box) => box.checked).map((box) => box.value);
export const isLined = (form: HTMLElement): boolean => boxes(form, "public_line").every((box) => box.checked);

/** Tick what a draft remembers. */
export function putTicks(form: HTMLElement, also: string[], line: boolean): void {
  for (const box of boxes(form, "also")) box.checked = also.includes(box.value);
  for (const box of boxes(form, "public_line")) box.checked = line;
}
