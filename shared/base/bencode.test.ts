import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BencodeValue,
  decodeBencode,
  decodeBencodeEntries,
  decodeBencodePrefix,
  decodeBencodeStrictly,
  type Encodable,
  encodeBencode,
  MAX_DEPTH,
  MAX_DUPLICATE_KEYS,
  MAX_KEY_BYTES,
  MAX_NUMBER_BYTES,
  MAX_VALUES,
} from "./bencode.ts";
import { binaryStringToBytes, bytesToBinaryString } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";

const bytes = (text: string): Uint8Array => binaryStringToBytes(text) ?? new Uint8Array();
const text = (value: Encodable): string => bytesToBinaryString(encodeBencode(value));

const KNOWN: [string, BencodeValue][] = [
  ["i0e", 0],
  ["i-42e", -42],
  ["i9007199254740991e", Number.MAX_SAFE_INTEGER],
  ["i-9007199254740991e", -Number.MAX_SAFE_INTEGER],
  ["0:", new Uint8Array()],
  ["4:spam", bytes("spam")],
  ["3:\x00\xffe", bytes("\x00\xffe")],
  ["le", []],
  ["li1e1:ali2eee", [1, bytes("a"), [2]]],
  ["de", new Map()],
  [
    "d1:ai1e2:aai2e1:bli3eee",
    new Map<string, BencodeValue>([
      ["a", 1],
      ["aa", 2],
      ["b", [3]],
    ]),
  ],
  [
    "d1:\x7fi1e1:\xe9i2ee",
    new Map([
      ["\x7f", 1],
      ["\xe9", 2],
    ]),
  ],
];

test.each(KNOWN)("decodes and encodes %j", (encoded, value) => {
  expect(decodeBencode(bytes(encoded))).toEqual(value);
  expect(decodeBencodeStrictly(bytes(encoded))).toEqual(value);
  expect(text(value)).toBe(encoded);
});

test.each(KNOWN)("rejects every truncation of %j", (encoded) => {
  for (let length = 0; length < encoded.length; length++) {
    expect(() => decodeBencode(bytes(encoded.slice(0, length)))).toThrow(ProtocolError);
  }
});

test.each(KNOWN)("ignores trailing bytes after %j, but not in strict mode", (encoded, value) => {
  for (const rest of ["e", "\n", "<html>", encoded]) {
    expect(decodeBencode(bytes(encoded + rest))).toEqual(value);
    expect(() => decodeBencodeStrictly(bytes(encoded + rest))).toThrow(ProtocolError);
  }
});

test.each([
  ["ix1e", "a letter"],
  [`i${"1".repeat(MAX_NUMBER_BYTES + 1)}e`, "a number with more digits than any program writes"],
  ["i1", "a number without an end"],
  [`i${"1".repeat(30)}`, "a large number without an end"],
  ["01:a", "a length with a leading zero"],
  ["-1:a", "a negative length"],
  ["2:a", "a length past the end"],
  ["9007199254740991:a", "an immense length"],
  ["99999999999999999999:a", "a length that is not a safe integer"],
  ["di1e1:ae", "a key that is not a string"],
  ["d1:ae", "a key without a value"],
  ["x", "no value at all"],
  ["e", "an end without a beginning"],
])("rejects %j: %s", (encoded) => {
  expect(() => decodeBencode(bytes(encoded))).toThrow(ProtocolError);
});

test.each([
  ["i-0e", "minus zero"],
  ["i03e", "a leading zero"],
  ["i-03e", "a leading zero after the minus"],
  ["ie", "no digits"],
  ["i-e", "no digits after the minus"],
  ["i1.5e", "a fraction"],
  ["i+1e", "a plus"],
  ["i 1e", "a space"],
  ["i9007199254740992e", "a number that is not a safe integer"],
  ["i-9007199254740992e", "a negative number that is not a safe integer"],
  [`i${"1".repeat(MAX_NUMBER_BYTES)}e`, "a number with many digits"],
])(
  "%j does not count as a number, is written back unchanged, and is rejected in strict mode: %s",
  (encoded) => {
    expect(decodeBencode(bytes(`l${encoded}i7ee`))).toEqual([{ encoded: bytes(encoded) }, 7]);
    expect(text(decodeBencode(bytes(encoded)))).toBe(encoded);
    expect(() => decodeBencodeStrictly(bytes(encoded))).toThrow(ProtocolError);
  },
);

test("the first of two duplicate keys counts, and strict mode rejects them", () => {
  const doubled = bytes("d1:ai1e1:bd1:xi2e1:xi3ee1:ai4ee");
  expect(decodeBencode(doubled)).toEqual(
    new Map<string, BencodeValue>([
      ["a", 1],
      ["b", new Map([["x", 2]])],
    ]),
  );
  expect(() => decodeBencodeStrictly(doubled)).toThrow('duplicate key "x"');
  expect(decodeBencodeEntries(doubled).entries.get("a")?.encoded).toEqual(bytes("i1e"));
});

test("reports what it skipped, each duplicate key once and at most MAX_DUPLICATE_KEYS of them", () => {
  const { oddities } = decodeBencodeEntries(bytes("d1:ai1e1:bd1:xi2e1:xi3e1:xi3ee1:ai4e1:cle1:ci-0eerest"));
  expect(oddities).toEqual({ duplicateKeys: ["x", "a", "c"], trailingBytes: 4, oddNumbers: 1 });
  const many = Array.from({ length: MAX_DUPLICATE_KEYS + 5 }, (_, at) => `2:${at + 10}le2:${at + 10}le`);
  expect(decodeBencodeEntries(bytes(`d${many.join("")}e`)).oddities.duplicateKeys).toHaveLength(
    MAX_DUPLICATE_KEYS,
  );
  expect(decodeBencodeEntries(bytes("de")).oddities).toEqual({
    duplicateKeys: [],
    trailingBytes: 0,
    oddNumbers: 0,
  });
});

test("decodes keys in any order and encodes them in byte order", () => {
  const value = decodeBencode(bytes("d1:bi1e1:\xffi2e1:ai3ee"));
  expect(value).toEqual(
    new Map([
      ["b", 1],
      ["\xff", 2],
      ["a", 3],
    ]),
  );
  expect(text(value)).toBe("d1:ai3e1:bi1e1:\xffi2ee");
});

test("decodes the value at the start and leaves what follows alone", () => {
  expect(decodeBencodePrefix(bytes("d1:ai1eerest"))).toEqual({ value: new Map([["a", 1]]), length: 8 });
  expect(decodeBencodePrefix(bytes("i1e"))).toEqual({ value: 1, length: 3 });
  expect(() => decodeBencodePrefix(bytes("d1:ai1e"))).toThrow(ProtocolError);
});

test("keeps the encoded bytes of each dictionary entry", () => {
  const { entries } = decodeBencodeEntries(bytes("d4:infod1:bi1e1:ai2ee1:xlee"));
  expect([...entries.keys()]).toEqual(["info", "x"]);
  expect(entries.get("info")?.value).toEqual(
    new Map([
      ["a", 2],
      ["b", 1],
    ]),
  );
  expect(entries.get("info")?.encoded).toEqual(bytes("d1:bi1e1:ai2ee"));
  expect(entries.get("x")?.encoded).toEqual(bytes("le"));
});

test.each(["i1e", "le", "", "d", "xde"])("%j is not a dictionary", (encoded) => {
  expect(() => decodeBencodeEntries(bytes(encoded))).toThrow(ProtocolError);
});

test("byte strings are views of the input, not copies", () => {
  const input = bytes("4:spam");
  const value = decodeBencode(input);
  expect(value instanceof Uint8Array && value.buffer).toBe(input.buffer);
});

test("encodes text as UTF-8 and writes encoded values unchanged", () => {
  expect(text("é")).toBe("2:\xc3\xa9");
  expect(text(new Map([["info", { encoded: bytes("d1:bi1e1:ai2ee") }]]))).toBe("d4:infod1:bi1e1:ai2eee");
  expect(text(-0)).toBe("i0e");
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses to encode %d", (value) => {
  expect(() => encodeBencode(value)).toThrow(RangeError);
});

test("refuses to encode a key with a character above U+00FF", () => {
  expect(() => encodeBencode(new Map([["Ā", 1]]))).toThrow(RangeError);
});

test("values may nest up to the limit and no deeper", () => {
  const nested = (depth: number): Uint8Array => bytes("l".repeat(depth) + "e".repeat(depth));
  expect(() => decodeBencode(nested(MAX_DEPTH + 1))).not.toThrow();
  expect(() => decodeBencode(nested(MAX_DEPTH + 2))).toThrow("nested deeper");
  expect(() => decodeBencode(bytes("l".repeat(1_000_000)))).toThrow(ProtocolError);
  expect(() => decodeBencode(bytes("d1:a".repeat(1_000_000)))).toThrow(ProtocolError);
});

test("keys may be as long as the limit and no longer", () => {
  const withKey = (length: number): Uint8Array => bytes(`d${length}:${"k".repeat(length)}i1ee`);
  expect(() => decodeBencode(withKey(MAX_KEY_BYTES))).not.toThrow();
  expect(() => decodeBencode(withKey(MAX_KEY_BYTES + 1))).toThrow(ProtocolError);
});

test("there may be as many values as the limit allows and no more", () => {
  const list = (count: number): Uint8Array => bytes(`l${"le".repeat(count)}e`);
  expect(() => decodeBencode(list(MAX_VALUES - 1))).not.toThrow();
  expect(() => decodeBencode(list(MAX_VALUES))).toThrow(`more than ${MAX_VALUES}`);
});

const anyValue = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger().map((number) => (number === 0 ? 0 : number)),
    fc.uint8Array(),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.uint8Array({ maxLength: 8 }).map(bytesToBinaryString), tie("value")), {
        maxLength: 5,
      })
      .map((entries) => new Map(entries)),
  ),
})).value;

test("values survive a round trip, and so do their bytes", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const encoded = encodeBencode(value);
      const decoded = decodeBencode(encoded);
      expect(decoded).toEqual(value);
      expect(encodeBencode(decoded)).toEqual(encoded);
    }),
  );
});

/** Bytes that resemble bencode more often than random ones do. */
const almostBencode = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."idle-0123456789:a"), maxLength: 60 }).map(bytes),
  fc.tuple(anyValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
    const encoded = encodeBencode(value);
    encoded[at % encoded.length] = byte;
    return encoded;
  }),
);

test("any bytes decode to a value or throw a ProtocolError", () => {
  fc.assert(
    fc.property(almostBencode, (input) => {
      try {
        const { value, length } = decodeBencodePrefix(input);
        expect(length).toBeLessThanOrEqual(input.length);
        expect(decodeBencode(encodeBencode(value))).toEqual(value);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 2_000 },
  );
});
