import { language, loaded } from "./language.ts";

/** A longer text stays as it is: looking it up would hold the page up. A tracker's has 500 characters at most, ours hardly more. */
export const MAX_LOOKED_UP_CHARACTERS = 1_000;
/** Stands for words that a sentence was filled in with. */
const GAP = "{}";

type Words = ReadonlyMap<string, string>;

/** A sentence with gaps, as an expression that finds what fills them. */
interface Pattern {
  readonly looks: RegExp;
  readonly meaning: string;
}

const patternsOf = new WeakMap<Words, readonly Pattern[]>();

/**
 * What the engine, a library or the tracker says in English, in the language of the page, if that knows it. What fills the gaps is looked up
 * in the same way.
 */
export function inOurWords(sentence: string): string {
  const words = loaded.value?.engine;
  if (words === undefined || sentence.length > MAX_LOOKED_UP_CHARACTERS) return sentence;
  const whole = words.get(sentence);
  if (whole !== undefined) return whole;
  // It may be several sentences that were put together.
  for (let end = sentence.indexOf(". "); end >= 0; end = sentence.indexOf(". ", end + 1)) {
    const first = meaningOf(sentence.slice(0, end + 1), words);
    if (first !== undefined) return `${first} ${inOurWords(sentence.slice(end + 2))}`;
  }
  return meaningOf(sentence, words) ?? sentence;
}

function meaningOf(sentence: string, words: Words): string | undefined {
  const meaning = words.get(sentence);
  if (meaning !== undefined) return meaning;
  for (const { looks, meaning } of patternsIn(words)) {
    const [, ...filled] = looks.exec(sentence) ?? [];
    if (filled.length > 0) return meaning.replaceAll(GAP, () => inOurWords(filled.shift() ?? ""));
  }
  return undefined;
}

/** The same as the content of an element. A sentence that the page does not know is said to be English. */
export function ours(sentence: string): { readonly children: string; readonly lang: "en" | undefined } {
  const children = inOurWords(sentence);
  return { children, lang: children === sentence && language.value !== "en" ? "en" : undefined };
}

function patternsIn(words: Words): readonly Pattern[] {
  const known = patternsOf.get(words);
  if (known !== undefined) return known;
  const made = [...words]
    .filter(([sentence]) => sentence.includes(GAP))
    .map(([sentence, meaning]) => ({ looks: patternOf(sentence), meaning }));
  patternsOf.set(words, made);
  return made;
}

function patternOf(sentence: string): RegExp {
  const parts = sentence.split(GAP).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+)")}$`, "s");
}
