import fc from "fast-check";
import { expect, test } from "vitest";
import { hexToBytes } from "../base/bytes.ts";
import { refuseUtp } from "./utp.ts";

const SYN = hexToBytes("4100c0de0001e2400000000000100000beef0000");

test("a SYN is refused with a reset of its connection that acknowledges it and is no longer", () => {
  expect(refuseUtp(SYN)).toEqual(hexToBytes("3100c0de0000000000000000000000000000beef"));
});

test("a SYN with extensions or data behind its header is refused as well", () => {
  const longer = hexToBytes(`4101c0de0001e2400000000000100000beef0000${"00080000000000000000"}`);
  expect(refuseUtp(longer)).toEqual(refuseUtp(SYN));
});

test("nothing but a SYN is answered", () => {
  for (const firstByte of ["01", "11", "21", "31", "40", "42", "64"]) {
    const other = hexToBytes(`${firstByte}00c0de0001e2400000000000100000beef0000`);
    expect(refuseUtp(other), firstByte).toBeUndefined();
  }
});

test("a part of a SYN is answered no more than any other bytes", () => {
  for (let length = 0; length < SYN.length; length++) expect(refuseUtp(SYN.slice(0, length))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const reset = refuseUtp(bytes);
      expect(reset?.length ?? 20).toBe(20);
      if (bytes[0] !== 0x41) expect(reset).toBeUndefined();
    }),
  );
});
