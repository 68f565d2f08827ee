import { englishPage } from "./english-page.ts";
import { loaded } from "./language.ts";

/** What the page says before the rest of it has loaded, in its language. */
export let pageTexts = englishPage;

loaded.subscribe((texts) => {
  pageTexts = texts?.page ?? englishPage;
});
