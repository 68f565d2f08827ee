import { signal } from "@preact/signals-core";
import type { Texts } from "./english.ts";
import { LANGUAGES, languageFor, localeFor } from "./languages.ts";
import { setLocale } from "./locale.ts";

/** What the page says. Undefined: the English texts, which each part of the page has with it. */
export const loaded = signal<Texts | undefined>(undefined);

/** The language that it speaks, by its tag. */
export const language = signal("en");

/** The language that is wanted did not load, and the page goes on as before. */
export const hasFailed = signal(false);

/** The last language that was wanted: one that loads slowly must not replace it. */
let wanted = "";

/** Speaks the language that the person has chosen, or else one that the browser wants. Resolves once the page does. Never rejects. */
export async function speak(chosen: string | undefined): Promise<void> {
  const tag = languageFor(chosen, navigator.languages);
  wanted = tag;
  const { load, direction = "ltr" } = LANGUAGES.get(tag) ?? {};
  const texts = await load?.().catch(() => "failed" as const);
  if (wanted !== tag) return;
  hasFailed.value = texts === "failed";
  if (texts === "failed") return;
  setLocale(localeFor(tag, navigator.languages), direction);
  const { documentElement } = document;
  documentElement.lang = tag;
  documentElement.dir = direction;
  loaded.value = texts;
  language.value = tag;
}
