import { Buffer, isUtf8 } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_DEPTH, type RawValue, scanJson } from "./json-scanner.ts";
import { ListShape, ObjectShape, ScannedObject } from "./json-shape.ts";

const SHAPE = new ObjectShape({ name: "raw", items: new ListShape(new ObjectShape({ id: "raw" })) });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isScanned(bytes: Buffer): boolean {
  try {
    scanJson(bytes, SHAPE);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: "ProtocolError" });
    return false;
  }
}

/** The values of a scanned object, decoded by the language. */
function decoded(text: string): Record<string, unknown> {
  const bytes = Buffer.from(text);
  const scanned = scanJson(bytes, SHAPE);
  const value = (raw: unknown): unknown => {
    if (raw === undefined) return undefined;
    if (Array.isArray(raw)) return raw.map(value);
    if (raw instanceof ScannedObject)
      return Object.fromEntries(Object.entries(raw.fields).map(([name, field]) => [name, value(field)]));
    const { start, end } = raw as RawValue;
    return JSON.parse(String(bytes.subarray(start, end)));
  };
  return value(scanned) as Record<string, unknown>;
}

test("finds the fields and items of the shape, and leaves out the rest", () => {
  expect(
    decoded(' {"x": {"name": 1}, "name" : "n\\u00e9", "items": [{"id": -1.5e3, "y": []}, {}, 7]}\r\n'),
  ).toEqual({
    name: "né",
    items: [{ id: -1500 }, { id: undefined }, 7],
  });
});

test("null is like a missing field, the last of several fields counts, and names may be escaped", () => {
  expect(decoded('{"name":null,"items":null}')).toEqual({ name: undefined, items: undefined });
  expect(decoded('{"name":1,"items":[],"name":2}')).toEqual({ name: 2, items: [] });
  expect(decoded('{"name":1,"name":null}')).toEqual({ name: undefined, items: undefined });
  expect(decoded('{"n\\u0061me":1}')).toEqual({ name: 1, items: undefined });
});

test("what does not fit the shape stays in bytes", () => {
  expect(decoded('{"name":{"a":[true]},"items":{"b":"c"}}')).toEqual({
    name: { a: [true] },
    items: { b: "c" },
  });
});

test.each([
  "",
  " ",
  "nul",
  "truee",
  "01",
  "+1",
  "1.",
  ".5",
  "1e",
  "-",
  "NaN",
  '"',
  '"\\',
  '"\\x"',
  '"\\u12"',
  '"\\u12g4"',
  '"\n"',
  '"\u0000"',
  "[1,]",
  "[,1]",
  "[1 2]",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  "{a:1}",
  '{"a":1]',
  "{} {}",
  "\ufeff{}",
])("refuses %j, which is not JSON", (text) => {
  expect(isJson(text)).toBe(false);
  expect(isScanned(Buffer.from(text))).toBe(false);
});

test("more levels than any client needs are refused", () => {
  const nested = (levels: number): Buffer => Buffer.from("[".repeat(levels) + "]".repeat(levels));
  expect(isScanned(nested(MAX_JSON_DEPTH))).toBe(true);
  expect(() => scanJson(nested(MAX_JSON_DEPTH + 1), "raw")).toThrow("levels");
  expect(() => scanJson(nested(30_000), "raw")).toThrow("levels");
});

const json = fc.json({ depthSize: "small" });

test("takes all JSON", () => {
  fc.assert(
    fc.property(json, (text) => {
      expect(isScanned(Buffer.from(text))).toBe(true);
    }),
  );
});

test("takes nothing else: any change of a byte, any truncation, any text", () => {
  const bytes = fc.oneof(
    fc.tuple(json, fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
      const changed = Buffer.from(text);
      changed[at % changed.length] = byte;
      return changed;
    }),
    fc.tuple(json, fc.nat()).map(([text, end]) => Buffer.from(text).subarray(0, end % (text.length + 1))),
    fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0019eE+-. tfn') }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes.filter(isUtf8), (some) => {
      expect(isScanned(some)).toBe(isJson(some.toString()));
    }),
    { numRuns: 5_000 },
  );
});
