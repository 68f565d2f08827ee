import { expect, test } from "vitest";
import { seededRandom } from "#shared/base/random.ts";
import { seeds } from "#shared/base/seeds.test-support.ts";
import { isJsonString } from "./json-string.ts";

const isOne = (text: string) => isJsonString(Buffer.from(text));

test.each(['""', '"v=0\\r\\n"', '"é \\u00e9 \\"\\\\ \\/"', '"\\\\"', '"\u2028"'])(
  "%s is a JSON string",
  (text) => {
    expect(isOne(text)).toBe(true);
  },
);

test.each([
  "",
  '"',
  "1",
  '"a',
  'a"',
  '"a"b"',
  '"a\\"',
  '"\n"',
  '"\\x"',
  '"\\u12g4"',
  '"\\u12"',
  '"\\u123"',
  '"","x":""',
])("%j is not a JSON string", (text) => {
  expect(isOne(text)).toBe(false);
});

test("bytes that are not UTF-8 are refused", () => {
  expect(isJsonString(Uint8Array.of(0x22, 0xff, 0x22))).toBe(false);
});

test.each(seeds(process.env["SEED"], 1, 2, 3))(
  "agrees with JSON.parse about whatever comes (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    const alphabet = ['"', "\\", "u", "0", "f", "n", "x", "\n", " ", "é", "\\u00e9", "\\n"];
    for (let round = 0; round < 3_000; round++) {
      const length = random.below(8);
      const inner = Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
      const text = `"${inner}"`;
      expect(isOne(text), text).toBe(isParsed(text));
    }
  },
);

function isParsed(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "string";
  } catch {
    return false;
  }
}
