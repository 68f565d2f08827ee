import { expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "#shared/base/bytes.ts";
import { Rc4 } from "./rc4.ts";

/** Key stream at an offset, of the vectors of RFC 6229. */
test.each([
  ["0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"],
  ["0102030405", 1024, "30abbcc7c20b01609f23ee2d5f6bb7df"],
  ["0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"],
  ["0102030405060708090a0b0c0d0e0f10", 1024, "bdf0324e6083dcc6d3cedd3ca8c53c16"],
])("key %s at %i", (key, offset, expected) => {
  const cipher = new Rc4(hexToBytes(key));
  cipher.apply(new Uint8Array(offset));
  const stream = new Uint8Array(16);
  cipher.apply(stream);
  expect(bytesToHex(stream)).toBe(expected);
});

test("the beginning of the key stream is thrown away", () => {
  const stream = new Uint8Array(16);
  Rc4.discarding(hexToBytes("0102030405")).apply(stream);
  expect(bytesToHex(stream)).toBe("30abbcc7c20b01609f23ee2d5f6bb7df");
});

test("one side reads what the other has encrypted, whatever the pieces", () => {
  const key = hexToBytes("00ff10");
  const plain = Uint8Array.from({ length: 1000 }, (_, at) => at & 255);
  const sent = new Uint8Array(plain.length);
  new Rc4(key).applyTo(plain, sent);
  expect(sent).not.toEqual(plain);
  const reader = new Rc4(key);
  for (const [from, to] of [
    [0, 1],
    [1, 700],
    [700, 1000],
  ] as const)
    reader.apply(sent.subarray(from, to));
  expect(sent).toEqual(plain);
});
