import fc from "fast-check";
import { expect, test } from "vitest";
import { Bitfield } from "./bitfield.ts";

test("the first bit is the highest of the first byte", () => {
  const field = new Bitfield(10);
  field.set(0);
  field.set(9);
  expect(field.bytes).toEqual(Uint8Array.of(0b1000_0000, 0b0100_0000));
});

test("set and clear return whether they changed anything, and keep the count right", () => {
  const field = new Bitfield(3);
  expect(field.set(1)).toBe(true);
  expect(field.set(1)).toBe(false);
  expect(field.count).toBe(1);
  expect(field.clear(1)).toBe(true);
  expect(field.clear(1)).toBe(false);
  expect(field.count).toBe(0);
});

test("a bit out of range is never set", () => {
  const field = new Bitfield(3);
  for (const outside of [-1, 3, 7, 8, 2 ** 31, 2 ** 32 - 1]) {
    expect(field.set(outside)).toBe(false);
    expect(field.has(outside)).toBe(false);
    expect(field.clear(outside)).toBe(false);
  }
  expect(field.count).toBe(0);
});

test("bytes from the wire must match the length, with no spare bit set", () => {
  expect(Bitfield.fromBytes(Uint8Array.of(0xff, 0b1100_0000), 10)?.isFull).toBe(true);
  expect(Bitfield.fromBytes(Uint8Array.of(0xff, 0b1110_0000), 10)).toBeUndefined();
  expect(Bitfield.fromBytes(Uint8Array.of(0xff), 10)).toBeUndefined();
  expect(Bitfield.fromBytes(Uint8Array.of(0xff, 0, 0), 10)).toBeUndefined();
  expect(Bitfield.fromBytes(new Uint8Array(), 0)?.isFull).toBe(true);
});

test("fromBytes and copy share no bytes with their source", () => {
  const bytes = Uint8Array.of(0b1010_0000);
  const field = Bitfield.fromBytes(bytes, 3);
  const copy = field?.copy();
  bytes[0] = 0;
  field?.clear(0);
  expect(field?.has(2)).toBe(true);
  expect(copy?.has(0)).toBe(true);
});

test("indices are in ascending order", () => {
  const field = new Bitfield(20);
  for (const index of [19, 0, 8]) field.set(index);
  expect([...field.indices()]).toEqual([0, 8, 19]);
});

test("a full field equals one with every bit set", () => {
  fc.assert(
    fc.property(fc.nat(100), (length) => {
      const field = new Bitfield(length);
      for (let index = 0; index < length; index++) field.set(index);
      expect(Bitfield.full(length)).toEqual(field);
      expect(Bitfield.full(length).isFull).toBe(true);
      expect(Bitfield.full(length).count).toBe(length);
    }),
  );
});

test("any field survives a round trip over the wire", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (bits) => {
      const field = new Bitfield(bits.length);
      for (const [index, bit] of bits.entries()) if (bit) field.set(index);
      const back = Bitfield.fromBytes(field.bytes, bits.length);
      expect(bits.map((_, index) => back?.has(index))).toEqual(bits);
      expect(back?.count).toBe(bits.filter(Boolean).length);
    }),
  );
});
