import fc from "fast-check";
import { expect, test } from "vitest";
import { hexToBytes } from "../base/bytes.ts";
import { refuseUtp } from "./utp.ts";

const SYN = hexToBytes("4100c0de0001e2400000000000100000beef0000");

test("refuses a SYN with a reset that acknowledges it and is no longer than it", () => {
  expect(refuseUtp(SYN)).toEqual(hexToBytes("3100c0de0000000000000000000000000000beef"));
});

test("refuses a SYN with extensions or data after its header", () => {
  const longer = hexToBytes(`4101c0de0001e2400000000000100000beef0000${"00080000000000000000"}`);
  expect(refuseUtp(longer)).toEqual(refuseUtp(SYN));
});

test("answers nothing but a SYN", () => {
  for (const firstByte of ["01", "11", "21", "31", "40", "42", "64"]) {
    const other = hexToBytes(`${firstByte}00c0de0001e2400000000000100000beef0000`);
    expect(refuseUtp(other), firstByte).toBeUndefined();
  }
});

test("answers neither a truncated SYN nor arbitrary bytes", () => {
  for (let length = 0; length < SYN.length; length++) expect(refuseUtp(SYN.slice(0, length))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const reset = refuseUtp(bytes);
      expect(reset?.length ?? 20).toBe(20);
      if (bytes[0] !== 0x41) expect(reset).toBeUndefined();
    }),
  );
});
