/** Choices of this browser: light or dark (a cookie, so that the first paint is right) and single keys on or off. */
import { all } from "./page";

const root = document.documentElement;
const themes = ["", "light", "dark"];

export const singleKeysAreOff = (): boolean => root.dataset.keys === "off";

function useTheme(theme: string): void {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31_536_000 : 0}; samesite=lax`;
}

function useKeys(off: boolean): void {
  if (off) root.dataset.keys = "off";
  else delete root.dataset.keys;
  for (const box of all<HTMLInputElement>("[data-keys-off]")) box.checked = off;
}

export function startPreferences(): void {
  useKeys(localStorage.getItem("keys") === "off");
  document.addEventListener("click", (event) => {
    if (!(event.target as HTMLElement).closest("[data-theme-next]")) return;
    useTheme(themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % themes.length] ?? "");
  });
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.matches("[data-keys-off]")) return;
    localStorage.setItem("keys", box.checked ? "off" : "on");
    useKeys(box.checked);
  });
}
