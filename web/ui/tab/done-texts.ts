import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";

/** What is complete, in the title of the tab. */
export function doneTitle(names: readonly string[]): string {
  const [first, ...others] = names;
  if (first === undefined) return "";
  return `✓ ${others.length === 0 ? isolate(first) : texts.counts.files(names.length)}`;
}

/** The title of the notification. */
export function doneNotice(names: readonly string[]): string {
  const [first = "", ...others] = names;
  return others.length === 0 ? texts.tab.complete(isolate(first)) : texts.tab.severalComplete(names.length);
}
