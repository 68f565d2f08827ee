import { expect, test } from "vitest";
import { linkIdCounter } from "../base/ids.ts";
import { Lending, MAX_LENT_BYTES } from "./lending.ts";

const BLOCK = 16_384;
const PIECE = MAX_LENT_BYTES / 4;

function setUp() {
  const lending = new Lending();
  const newLink = linkIdCounter();
  const block = (piece: Uint8Array, at = 0): Uint8Array => piece.subarray(at * BLOCK, (at + 1) * BLOCK);
  return { lending, links: [newLink(), newLink()] as const, block };
}

test("lends blocks of a limited number of pieces over all links, and copies the others", () => {
  const { lending, links, block } = setUp();
  const lent = Array.from({ length: 6 }, (_, at) => {
    const bytes = block(new Uint8Array(PIECE).fill(at), at);
    return { bytes, got: lending.lend(links[at % 2 === 0 ? 0 : 1], bytes) };
  });
  expect(lent.map(({ bytes, got }) => got === bytes)).toEqual([true, true, true, true, false, false]);
  expect(lent.map(({ bytes, got }) => Buffer.compare(bytes, got))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(lent.at(-1)?.got.buffer.byteLength).toBe(BLOCK);
});

test("consecutive blocks of a piece count once, and bytes with a buffer of their own do not count", () => {
  const { lending, links, block } = setUp();
  const piece = new Uint8Array(PIECE);
  for (let at = 0; at < 1_000; at++) {
    for (const bytes of [new Uint8Array(13), block(piece, at)])
      expect(lending.lend(links[0], bytes)).toBe(bytes);
  }
});

test("sent bytes, and those of closed links, no longer count", () => {
  const { lending, links, block } = setUp();
  const lend = (link: (typeof links)[number]): boolean => {
    const bytes = block(new Uint8Array(PIECE));
    return lending.lend(link, bytes) === bytes;
  };
  for (let at = 0; at < 4; at++) expect(lend(links[0])).toBe(true);
  lending.drained(links[0], 3 * BLOCK + 1); // All but one byte of the first block.
  expect(lend(links[1])).toBe(false);
  lending.drained(links[0], 3 * BLOCK);
  expect([lend(links[1]), lend(links[1])]).toEqual([true, false]);
  lending.ended(links[0]);
  expect([lend(links[1]), lend(links[1]), lend(links[1]), lend(links[1])]).toEqual([true, true, true, false]);
});
