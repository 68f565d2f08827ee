import type { PickedFile } from "../../engine/client.ts";

/**
 * Typed text as a file to share. Its name says when it was written, by the device's clock: the same words of two people are then two
 * torrents, so nobody can guess an info-hash and find out who else has sent "yes". Zero characters, which some programs copy along, are
 * left out: no page would show it as text.
 */
export function typedFile(given: string, now: Date): PickedFile {
  const text = given.replaceAll("\0", "");
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
