import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ByteReader,
  binaryStringToBytes,
  binaryStringToHex,
  bytesToBinaryString,
  bytesToHex,
  concatBytes,
  equalBytes,
  hexToBytes,
} from "./bytes.ts";
import { ProtocolError } from "./errors.ts";

test("converts bytes to two lower-case hex digits each, and back", () => {
  expect(bytesToHex(Uint8Array.of(0x00, 0x0f, 0xa0, 0xff))).toBe("000fa0ff");
  expect(hexToBytes("000FA0ff")).toEqual(Uint8Array.of(0x00, 0x0f, 0xa0, 0xff));
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
    }),
  );
});

test("converts bytes to a binary string of one character each, and back", () => {
  expect(bytesToBinaryString(Uint8Array.of(0x41, 0x00, 0xe9))).toBe("A\u0000é");
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(binaryStringToBytes(bytesToBinaryString(bytes))).toEqual(bytes);
    }),
  );
});

test("converts a binary string to two lower-case hex digits for each character", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(binaryStringToHex(bytesToBinaryString(bytes))).toBe(bytesToHex(bytes));
    }),
  );
});

test("a character above U+00FF is not a byte", () => {
  expect(binaryStringToBytes("ÿ")).toEqual(Uint8Array.of(0xff));
  expect(binaryStringToBytes("Ā")).toBeUndefined();
});

test("byte arrays are equal when every byte is", () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
});

test("joins parts in order", () => {
  expect(concatBytes([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)])).toEqual(
    Uint8Array.of(1, 2, 3),
  );
});

test("ByteReader reads big-endian numbers, and returns views instead of copies", () => {
  // Inside a larger buffer, like bytes from a link.
  const long = [0xff, 0, 0, 0, 0, 0, 0, 0x01];
  const bytes = Uint8Array.of(9, 9, 1, 0x02, 0x03, 0xff, 0x00, 0x00, 0x01, ...long, 7, 8, 6).subarray(2);
  const read = new ByteReader(bytes);
  expect(read.u8()).toBe(1);
  expect(read.u16()).toBe(0x0203);
  expect(read.u32()).toBe(0xff00_0001);
  expect(read.u64()).toBe(0xff00_0000_0000_0001n);
  const two = read.bytes(2);
  expect(two).toEqual(Uint8Array.of(7, 8));
  expect(two.buffer).toBe(bytes.buffer);
  expect(read.rest()).toEqual(Uint8Array.of(6));
  expect(() => read.end()).not.toThrow();
});

test("ByteReader throws when bytes are missing or left over", () => {
  const read = new ByteReader(Uint8Array.of(1, 2, 3));
  expect(() => read.u32()).toThrow(ProtocolError);
  expect(() => read.bytes(4)).toThrow("1 bytes missing");
  expect(read.u16()).toBe(0x0102);
  expect(() => read.end()).toThrow("1 bytes too many");
});
