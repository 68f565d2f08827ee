import fc from "fast-check";
import { expect, test } from "vitest";
import { type PictureType, pixelsIn } from "./picture-size.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(text.replace(/ /g, ""), "hex"));
const filler = "11".repeat(16);

/** 300 by 200 pixels each. */
const HEADS: readonly (readonly [PictureType, string, string])[] = [
  ["image/png", "PNG", `89504e470d0a1a0a 0000000d 49484452 0000012c 000000c8`],
  ["image/gif", "GIF", `474946383961 2c01 c800`],
  [
    "image/jpeg",
    "JPEG, behind other segments",
    `ffd8 ffe00012 ${filler} ffc40012 ${filler} ffff c20011 08 00c8 012c`,
  ],
  ["image/webp", "lossy WebP", `52494646 00000000 57454250 56503820 00000000 000000 9d012a 2c01 c800`],
  ["image/webp", "lossless WebP", `52494646 00000000 57454250 5650384c 00000000 2f 2bc13100`],
  ["image/webp", "extended WebP", `52494646 00000000 57454250 56503858 0a000000 00000000 2b0100 c70000 00`],
  [
    "image/avif",
    "AVIF, the largest of its parts",
    `0000001c 66747970 61766966 00000014 69737065 00000000 00000010 00000010 00000014 69737065 00000000 0000012c 000000c8 00`,
  ],
];

for (const [type, name, head] of HEADS)
  test(`${name}: how many pixels it has, and none if it ends too early`, () => {
    const bytes = hex(head);
    expect(pixelsIn(type, bytes)).toBe(60_000);
    for (let length = 0; length < bytes.length - 2; length++)
      expect(pixelsIn(type, bytes.slice(0, length)) ?? 0).toBeLessThan(60_000);
  });

test("bytes of any kind end in a number or in nothing, soon", () => {
  const types = fc.constantFrom(...HEADS.map(([type]) => type));
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 5_000 }), (type, bytes) => {
      const pixels = pixelsIn(type, new Uint8Array(bytes));
      expect(pixels === undefined || pixels >= 0).toBe(true);
    }),
  );
});
