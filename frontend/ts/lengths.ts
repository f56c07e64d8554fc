/** How long a text is, counted the way each platform does; the server counts the same way (channels/speaking.py). */
const LINK = /https?:\/\/\S+/gu;
const LINK_WEIGHT = 23;
/** Code points that X counts once, every other one twice. */
const NARROW: [number, number][] = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

const isNarrow = (letter: string): boolean => {
  const code = letter.codePointAt(0) ?? 0;
  return NARROW.some(([first, last]) => first <= code && code <= last);
};

function weighted(text: string): number {
  const links = text.match(LINK)?.length ?? 0;
  return [...text.replace(LINK, "")].reduce((sum, letter) => sum + (isNarrow(letter) ? 1 : 2), links * LINK_WEIGHT);
}

export function lengthOf(text: string, unit: string): number {
  // A form sends line ends as two characters, but the server puts them right before it counts.
  const said = text.trim();
  if (unit === "bytes") return new TextEncoder().encode(said).length;
  if (unit === "graphemes") return [...said].filter((letter) => !/\p{M}|\u200d/u.test(letter)).length;
  if (unit === "weighted") return weighted(said.normalize("NFC"));
  return [...said].length;
}

export const hasLink = (text: string): boolean => text.search(LINK) >= 0;
