import type { Texts } from "./english.ts";

/** A language that the page speaks. */
interface Language {
  /** Its own name for itself. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  /** Undefined: it is there from the start. */
  readonly load: (() => Promise<Texts>) | undefined;
}

/** By their BCP 47 tags, each without a region. */
export const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ["en", { name: "English", direction: "ltr", load: undefined }],
  [
    "vi",
    { name: "Tiếng Việt", direction: "ltr", load: async () => (await import("./vietnamese.ts")).vietnamese },
  ],
]);

/** What the page speaks where a browser wants none of its languages. */
const FALLBACK = "en";

const baseOf = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

/** The language to speak. `chosen`: by the person; undefined: as the browser. `wanted`: what the browser wants, the first most. */
export function languageFor(chosen: string | undefined, wanted: readonly string[]): string {
  return [chosen ?? "", ...wanted].map(baseOf).find((tag) => LANGUAGES.has(tag)) ?? FALLBACK;
}

/** How that language is written where the person lives, as far as their browser says: `en-GB` of `en`. */
export function localeFor(language: string, wanted: readonly string[]): string {
  return wanted.find((tag) => baseOf(tag) === language) ?? language;
}
