import { expect, test } from "vitest";
import { idBytes, linkIdCounter, parseInfoHash, parseOfferId, parsePeerId } from "./ids.ts";

const HEX = "00112233445566778899aabbccddeeff00abcdef";

test.each([parseInfoHash, parsePeerId, parseOfferId])("%o parses 40 hex digits and nothing else", (parse) => {
  expect(parse(HEX)).toBe(HEX);
  expect(parse(HEX.toUpperCase())).toBe(HEX);
  for (const wrong of ["", HEX.slice(1), `${HEX}0`, `g${HEX.slice(1)}`, ` ${HEX.slice(1)}`, `${HEX}\n`]) {
    expect(parse(wrong)).toBeUndefined();
  }
});

test("an id has 20 bytes", () => {
  const id = parseInfoHash(HEX);
  expect(id && [...idBytes(id)].slice(0, 3)).toEqual([0x00, 0x11, 0x22]);
  expect(id && idBytes(id).length).toBe(20);
});

test("a counter never returns the same link id twice", () => {
  const next = linkIdCounter();
  expect([next(), next(), next()]).toEqual([1, 2, 3]);
});
