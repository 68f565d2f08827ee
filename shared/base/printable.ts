/** Marks on one letter. Vietnamese has two, Hebrew and Tibetan a few more; floods of them paint over whole pages. */
const MAX_MARKS = 4;

/** What ends a line or steers a terminal, halves of characters, and runs of blanks, which push what follows out of sight. */
const BREAKS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s\u2800]+/gu;

/** Characters that are not seen, but turn the direction of text, join it or fill it up. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Joiners (Persian, Indic scripts, emoji) and variation selectors. */
const MEANT = new Set(["\u200c", "\u200d", "\ufe0e", "\ufe0f"]);

/** What they belong to: a character that is seen and not ASCII. */
const CARRIER = /[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]\ufe0f?$/u;

const MARK_FLOOD = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");

/**
 * Text from outside, fit to be shown in a terminal, a page or a log: one line without control characters, escape sequences,
 * bidi overrides, zero-width characters or floods of combining marks, cut after `mostCharacters` (UTF-16).
 */
export function printable(text: string, mostCharacters = Number.POSITIVE_INFINITY): string {
  const line = withoutInvisible(text.slice(0, mostCharacters)).replace(BREAKS, " ");
  return text.length > mostCharacters ? `${line}…` : line;
}

/** The same text without characters that are not seen but change how others look, and without floods of marks. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, keepIfMeant).replace(MARK_FLOOD, "$1");
}

function keepIfMeant(found: string, at: number, text: string): string {
  return MEANT.has(found) && CARRIER.test(text.slice(Math.max(0, at - 3), at)) ? found : "";
}
