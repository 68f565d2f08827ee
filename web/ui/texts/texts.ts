import { english } from "./english.ts";
import { loaded } from "./language.ts";

/** All other words of the page, in its language. They come with the parts that say them: the first load has only `pageTexts`. */
export let texts = english;

loaded.subscribe((found) => {
  texts = found ?? english;
});
