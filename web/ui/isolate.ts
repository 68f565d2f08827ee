import { direction } from "./texts/locale.ts";

/** Letters of scripts that are written from right to left, and what else makes a text run that way. */
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** First strong isolate, and its end (UAX #9). */
const ISOLATE = "\u2068";
const END = "\u2069";

/**
 * A name to stand in a sentence that may run the other way: neither changes the order of the other's words. Where elements can hold it, `bdi`
 * does the same.
 */
export function isolate(name: string): string {
  const mayTurn = direction === "rtl" || RIGHT_TO_LEFT.test(name);
  return mayTurn ? `${ISOLATE}${name}${END}` : name;
}
