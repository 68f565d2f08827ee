import { isUtf8 } from "node:buffer";

const [QUOTE, BACKSLASH, SPACE, U] = [0x22, 0x5c, 0x20, 0x75];
/** What may follow a backslash (RFC 8259, section 7), besides `u`. */
const ESCAPED = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

/** Whether these bytes are exactly one JSON string in UTF-8, with its quotes. Nothing is decoded. */
export function isJsonString(bytes: Uint8Array): boolean {
  const last = bytes.length - 1;
  if (last < 1 || bytes[0] !== QUOTE || bytes[last] !== QUOTE) return false;
  for (let at = 1; at < last; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE || byte < SPACE) return false;
    if (byte !== BACKSLASH) continue;
    at += 1;
    if (at === last) return false; // The last quote is escaped.
    if (bytes[at] === U) {
      for (const end = at + 4; at < end; at++) if (!isHexDigit(bytes[at + 1] ?? 0)) return false;
    } else if (!ESCAPED.has(bytes[at] ?? 0)) return false;
  }
  return isUtf8(bytes);
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
