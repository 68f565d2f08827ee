/** Letters that Unicode does not take apart, as people type them who do not have them on their keyboard. */
const PLAIN: Readonly<Record<string, string>> = {
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ĸ: "k",
  ł: "l",
  ŋ: "n",
  ø: "o",
  ŧ: "t",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ς: "σ",
};
const NOT_PLAIN = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "gu");

/**
 * Accents of letters, and the points of Hebrew and Arabic, which are seldom written. Not the vowel signs of Indic scripts and
 * not the voicing marks of Japanese, without which words are others.
 */
const ACCENTS = /(?![\u3099\u309a])(?=[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}])\p{Mn}/gu;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Whitespace, control characters and halves of characters, which databases cannot store. */
const GAPS = /[\s\p{Cc}\p{Cs}\p{Z}]+/gu;

/**
 * Text as a search sees it: lower case, without accents, full-width and other compatibility forms (NFKD) as usual ones, one
 * space between words. A search finds what contains its folded words: `viet nam` finds `Việt Nam`, `duong` finds `đường`.
 */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .toLowerCase() // NFKD makes "TM" of "™".
    .replace(ACCENTS, "")
    .replace(INVISIBLE, "")
    .replace(NOT_PLAIN, (letter) => PLAIN[letter] ?? letter)
    .normalize("NFC")
    .replace(GAPS, " ")
    .trim();
}

/** The words of folded text. */
export function foldedWords(folded: string): readonly string[] {
  return folded.split(" ").filter((word) => word !== "");
}
