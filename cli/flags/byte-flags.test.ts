import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { parseBytes, parsePieceLength, parseRate } from "./byte-flags.ts";

test.each([
  ["0", 0],
  ["1500", 1_500],
  ["10k", 10_000],
  ["10M", 10_000_000],
  ["2G", 2_000_000_000],
  ["64T", 64_000_000_000_000],
])("a size of %s is %i bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each(["", "M", "-1", "1.5M", "10MB", "1e6", "0x10", " 1", "9007199254740992", "10000T"])(
  "%j is not a size",
  (text) => {
    expect(() => parseBytes(text)).toThrow(InvalidArgumentError);
  },
);

test.each([
  ["16384", 16_384],
  ["16K", 16_384],
  ["512k", 524_288],
  ["1M", 1_048_576],
  ["16M", 16_777_216],
])("a piece length of %s is %i bytes", (text, bytes) => {
  expect(parsePieceLength(text)).toBe(bytes);
});

test.each(["0", "8K", "32M", "24K", "1000000", "512KiB", "1G"])("%j is not a piece length", (text) => {
  expect(() => parsePieceLength(text)).toThrow(InvalidArgumentError);
});

test.each([
  ["5K", 5_000],
  ["5000", 5_000],
  ["500k", 500_000],
  ["2M", 2_000_000],
  ["1G", 1_000_000_000],
])("a rate of %s is %i bytes a second", (text, bytes) => {
  expect(parseRate(text)).toBe(bytes);
});

test.each(["0", "0M", "4999", "1", "-5K", "", "fast", "2MB", "1.5M", "500 K", "Infinity"])(
  "%j is not a rate, and the message says what is",
  (text) => {
    expect(() => parseRate(text)).toThrow(/500K or 2M, and at least 5K/);
  },
);
