import { MAX_ACCOUNT_NAME_CHARACTERS } from "../limits/accounts.ts";
import { AccountRefusal } from "./refusal.ts";

/** A name that an account may have. */
export interface AccountName {
  /** To show. */
  readonly shown: string;
  /** The form in which two names are the same. */
  readonly folded: string;
}

/** Letters, digits and marks in any script; between them single spaces, dots, hyphens and underscores. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[ ._-][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*$/u;
/** Letters and marks that nobody sees, such as Hangul fillers. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Vietnamese stacks two marks on a letter, few scripts three; floods of them hide what is around. */
const MARK_FLOOD = /\p{M}{4}/u;
/** Scripts with letters that look alike: only people who want to pass for somebody else need two of them in one name. */
const LOOK_ALIKES = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
];

/** Reads a name that somebody wants. Throws an `AccountRefusal` if nobody may have it. */
export function readAccountName(text: string): AccountName {
  const name = parseAccountName(text);
  if (name !== undefined) return name;
  throw new AccountRefusal(
    "malformedName",
    `A name has 1 to ${MAX_ACCOUNT_NAME_CHARACTERS} letters and digits of one script, and between them single spaces, dots, hyphens or underscores.`,
  );
}

/** Reads a name. Undefined: no account can have it. */
export function parseAccountName(text: string): AccountName | undefined {
  if (text.length > 4 * MAX_ACCOUNT_NAME_CHARACTERS) return undefined; // A letter with marks has a few code units.
  const shown = text.normalize("NFC").trim();
  const folded = fold(shown);
  const isTooLong = [...folded].length > MAX_ACCOUNT_NAME_CHARACTERS;
  if (isTooLong || !NAME.test(folded) || !NAME.test(shown)) return undefined;
  if (INVISIBLE.test(shown) || MARK_FLOOD.test(folded)) return undefined;
  return LOOK_ALIKES.filter((script) => script.test(folded)).length > 1 ? undefined : { shown, folded };
}

/** Wide, small and styled letters are the plain ones (NFKC). Upper case first: it joins ß and ss, ı and i, ς and σ. */
function fold(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
