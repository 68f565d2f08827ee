import { bytesToHex } from "./bytes.ts";
import type { PeerId } from "./ids.ts";
import type { Random } from "./random.ts";
import { VERSION } from "./version.ts";

const LENGTH = 20;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** BEP 20: two letters, then one character for each of four parts of the version, in which `A` is 10. */
const PREFIX = `-TW${VERSION.split(".").map(digitOf).join("").padEnd(4, "0")}-`;

/** A new peer id for each start: trackers and clients that still hold the old one would refuse to let it in again. */
export function freshPeerId(random: Random): PeerId {
  let text = PREFIX;
  while (text.length < LENGTH) text += LETTERS[random.below(LETTERS.length)];
  return bytesToHex(new TextEncoder().encode(text)) as PeerId;
}

function digitOf(part: string): string {
  return LETTERS[Number(part)] ?? "Z";
}
