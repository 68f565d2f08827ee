import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { bytesToHex } from "./bytes.ts";
import { seededRandom } from "./random.ts";
import { shortSha1 } from "./short-sha1.ts";

test("hashes what RFC 3174 hashes", () => {
  const digest = (text: string): string => bytesToHex(shortSha1(new TextEncoder().encode(text)));
  expect(digest("abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  expect(digest("")).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
});

test("hashes every length that it takes as Node does, and refuses longer ones", () => {
  const random = seededRandom(1);
  for (let length = 0; length <= 55; length++) {
    const bytes = random.bytes(length);
    expect(bytesToHex(shortSha1(bytes))).toBe(createHash("sha1").update(bytes).digest("hex"));
  }
  expect(() => shortSha1(new Uint8Array(56))).toThrow(RangeError);
});
