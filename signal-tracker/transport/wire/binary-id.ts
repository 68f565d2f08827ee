import { Buffer } from "node:buffer";
import type { InfoHash, OfferId, PeerId } from "#shared/base/ids.ts";
import type { RawValue } from "./json-scanner.ts";

// Ids of 20 bytes travel as JSON strings of 20 characters U+0000 to U+00FF, which clients write in different ways: as they
// are, in UTF-8, or escaped.

const ID_BYTES = 20;
/** Bytes of the longest form of an id: each byte as \u00XX, in quotes. */
export const MAX_ID_JSON_BYTES = 2 + 6 * ID_BYTES;
const HEX_DIGITS = 2 * ID_BYTES;

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const FIRST_NON_ASCII = 0x80;
/** UTF-8's first bytes of U+0080 to U+00FF. */
const LATIN_STARTS = [0xc2, 0xc3];
const SIMPLE_ESCAPES = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const ESCAPED = Int16Array.from({ length: 256 }, (_, letter) => {
  const meant = SIMPLE_ESCAPES.get(String.fromCharCode(letter));
  return meant === undefined ? -1 : meant.charCodeAt(0);
});
/** Each byte's form in a JSON string, as JavaScript writes it. */
const JSON_FORMS = Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)),
);
/** The value of each hex digit, by its character. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 0 : digit;
});

const idBytes = Buffer.alloc(ID_BYTES);

/** Reads the 20 bytes of an id as hex digits. Undefined: it has another length, or a character that is not a byte. */
export function readBinaryId(bytes: Buffer, { start, end }: RawValue): string | undefined {
  if (end - start > MAX_ID_JSON_BYTES) return undefined;
  let count = 0;
  for (let at = start + 1; at < end - 1; count++) {
    if (count === ID_BYTES) return undefined;
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH) {
      const isLong = bytes[at + 1] === LETTER_U;
      const code = isLong
        ? Number.parseInt(bytes.toString("latin1", at + 2, at + 6), 16)
        : (ESCAPED[bytes[at + 1] ?? 0] ?? -1);
      if (code > 0xff || code < 0) return undefined;
      idBytes[count] = code;
      at += isLong ? 6 : 2;
    } else if (byte < FIRST_NON_ASCII) {
      idBytes[count] = byte;
      at += 1;
    } else {
      if (!LATIN_STARTS.includes(byte)) return undefined;
      idBytes[count] = ((byte & 0x03) << 6) | ((bytes[at + 1] ?? 0) & 0x3f);
      at += 2;
    }
  }
  return count === ID_BYTES ? idBytes.toString("hex") : undefined;
}

/** Writes an id as JSON, with its quotes, and returns where it ends. There must be room for `MAX_ID_JSON_BYTES`. */
export function writeBinaryId(into: Buffer, from: number, id: InfoHash | PeerId | OfferId): number {
  let at = from;
  into[at++] = 0x22;
  for (let digit = 0; digit < HEX_DIGITS; digit += 2) {
    const high = DIGITS[id.charCodeAt(digit)] ?? 0;
    const form = JSON_FORMS[(high << 4) | (DIGITS[id.charCodeAt(digit + 1)] ?? 0)] as Buffer;
    for (let step = 0; step < form.length; step++) into[at++] = form[step] as number;
  }
  into[at++] = 0x22;
  return at;
}
