import type { PickedFile } from "../../engine/client.ts";
import { plainText } from "../files/shown-text.ts";

/**
 * Typed text as a file to share. Its name says when it was written, by the device's clock: the same words of two people are then two
 * torrents, so nobody can guess an info-hash and find out who else has sent "yes". Control characters, which come along when people
 * copy from some programs, are left out: whoever gets a text with them would be shown nothing.
 */
export function typedFile(given: string, now: Date): PickedFile {
  const text = plainText(given);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
  const path = `Text ${day} ${time}.txt`;
  return { path, file: new File([text], path, { type: "text/plain" }), typed: text };
}

/** The address in a text that is nothing but one, as people send links. Only of the web: others could run something. */
export function onlyLink(text: string): URL | undefined {
  const word = text.trim();
  if (!/^https?:\/\/\S+$/i.test(word)) return undefined;
  return URL.canParse(word) ? new URL(word) : undefined;
}
