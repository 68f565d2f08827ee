/** Combining marks on one letter. Vietnamese uses two, Hebrew and Tibetan a few more; floods of them cover whole pages. */
const MAX_MARKS = 4;

/** Line breaks, control characters, lone surrogates, and runs of whitespace, which push what follows out of sight. */
const BREAKS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s\u2800]+/gu;

/** Invisible characters that change the direction of text, join it or pad it. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Joiners (Persian, Indic scripts, emoji) and variation selectors. */
const KEPT = new Set(["\u200c", "\u200d", "\ufe0e", "\ufe0f"]);

/** What they may follow: a visible character outside ASCII. */
const CARRIER = /[^\p{ASCII}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]\ufe0f?$/u;

const MARK_FLOOD = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, "gu");

/**
 * Makes text from outside safe to show in a terminal, page or log: one line without control characters, escape sequences,
 * bidi overrides, stray zero-width characters or floods of combining marks, cut after `maxCharacters` (UTF-16).
 */
export function printable(text: string, maxCharacters = Number.POSITIVE_INFINITY): string {
  const line = withoutInvisible(text.slice(0, maxCharacters)).replace(BREAKS, " ");
  return text.length > maxCharacters ? `${line}…` : line;
}

/** Removes invisible characters that change how others look, and floods of combining marks. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, keepInContext).replace(MARK_FLOOD, "$1");
}

function keepInContext(found: string, at: number, text: string): string {
  return KEPT.has(found) && CARRIER.test(text.slice(Math.max(0, at - 3), at)) ? found : "";
}
