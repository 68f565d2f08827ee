import { bytesToHex } from "./bytes.ts";
import type { PeerId } from "./ids.ts";
import type { Random } from "./random.ts";

const PREFIX = "-TW0100-"; // BEP 20: two letters, then one digit for each part of the version: 0.1.0.0.
const LENGTH = 20;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new peer id for each start: trackers and clients that still hold the old one would refuse to let it in again. */
export function freshPeerId(random: Random): PeerId {
  let text = PREFIX;
  while (text.length < LENGTH) text += LETTERS[random.below(LETTERS.length)];
  return bytesToHex(new TextEncoder().encode(text)) as PeerId;
}
