import { concatBytes } from "#shared/base/bytes.ts";
import type { Random } from "#shared/base/random.ts";

/** Values that readers of bencode treat specially. */
const TELLING = [
  "i0e",
  "i-1e",
  "i1e",
  "i65536e",
  "i9007199254740991e",
  "i9007199254740992e",
  "i-0e",
  "0:",
  "le",
]
  .concat(["de", "1:\0", "1:\xff", "ld1:ai1eee", "d1:ai1ee", `20:${"h".repeat(20)}`, `6:${"\x7f".repeat(6)}`])
  .map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * Changes a bencoded input so that it stays bencoded: replaces, removes, repeats, swaps or wraps values. Values may come from
 * `other`. An input that is not bencoded is only read as far as it is.
 */
export function changedBencode(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const spans = valuesIn(input);
  const span = spans[random.below(Math.max(1, spans.length))];
  if (span === undefined) return TELLING[random.below(TELLING.length)] as Uint8Array;
  const value = input.subarray(span.begin, span.end);
  switch (random.below(7)) {
    case 0:
      return put(input, span, [TELLING[random.below(TELLING.length)] as Uint8Array]);
    case 1: {
      const others = valuesIn(other);
      const { begin, end } = others[random.below(Math.max(1, others.length))] ?? { begin: 0, end: 0 };
      return put(input, span, [other.subarray(begin, end)]);
    }
    case 2:
      return put(input, span, []);
    case 3:
      return put(input, span, [value, value]);
    case 4: {
      const depth = [1, 3, 99, 120][random.below(4)] ?? 1;
      return put(input, span, [ascii("l".repeat(depth)), value, ascii("e".repeat(depth))]);
    }
    case 5:
      return put(input, span, [ascii("d1:a"), value, ascii("e")]);
    default: {
      const bytes = random.bytes(random.below(40));
      return put(input, span, [ascii(`${bytes.length}:`), bytes]);
    }
  }
}

function put(input: Uint8Array, { begin, end }: Span, parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes([input.subarray(0, begin), ...parts, input.subarray(end)]);
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** More are not needed to choose one. */
const MAX_SPANS = 256;

/** Where values and keys stand, the inner ones, too. */
function valuesIn(input: Uint8Array): readonly Span[] {
  const spans: Span[] = [];
  const open: number[] = [];
  for (let at = 0; at < input.length && spans.length < MAX_SPANS; ) {
    const byte = input[at];
    if (byte === 0x6c || byte === 0x64) {
      open.push(at);
      at += 1;
    } else if (byte === 0x65) {
      const begin = open.pop();
      at += 1;
      if (begin === undefined) break;
      spans.push({ begin, end: at });
    } else {
      const end = byte === 0x69 ? input.indexOf(0x65, at) + 1 : endOfString(input, at);
      if (end <= at || end > input.length) break;
      spans.push({ begin: at, end });
      at = end;
    }
  }
  return spans;
}

/** Where the string at this place ends. 0: no string begins here. */
function endOfString(input: Uint8Array, at: number): number {
  const colon = input.indexOf(0x3a, at);
  if (colon === -1 || colon - at > 8) return 0;
  const length = Number(String.fromCharCode(...input.subarray(at, colon)));
  return Number.isInteger(length) ? colon + 1 + length : 0;
}
