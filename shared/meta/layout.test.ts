import fc from "fast-check";
import { expect, test } from "vitest";
import { BLOCK_BYTES, type FileEntry, fileSpans, Layout } from "./layout.ts";

const layouts = fc
  .tuple(fc.nat(5_000_000), fc.integer({ min: 1, max: 1_000_000 }))
  .filter(([total, pieceLength]) => total / pieceLength < 1_000)
  .map(([total, pieceLength]) => new Layout(total, pieceLength));

const fileLists = fc.array(fc.oneof(fc.constant(0), fc.nat(50)), { maxLength: 20 }).map((sizes) => {
  let offset = 0;
  return sizes.map((bytes, at): FileEntry => {
    const entry = { path: `${at}`, bytes, offset };
    offset += bytes;
    return entry;
  });
});

test("all pieces but the last have the same length", () => {
  const layout = new Layout(100, 30);
  expect(layout.pieceCount).toBe(4);
  const lengths = [0, 1, 2, 3]
    .map((index) => layout.piece(index))
    .map((piece) => piece !== undefined && layout.pieceBytes(piece));
  expect(lengths).toEqual([30, 30, 30, 10]);
});

test("an empty torrent has no pieces", () => {
  expect(new Layout(0, 16_384).pieceCount).toBe(0);
  expect(new Layout(0, 16_384).piece(0)).toBeUndefined();
});

test("sizes beyond 32 bits are exact", () => {
  const layout = new Layout(64 * 2 ** 30 + 1, 2 ** 24 + 1);
  const last = layout.piece(layout.pieceCount - 1);
  expect(layout.pieceCount).toBe(4096);
  expect(last && layout.pieceBytes(last)).toBe(64 * 2 ** 30 + 1 - 4095 * (2 ** 24 + 1));
});

test.each([-1, 4, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "with four pieces, %d is not a piece index",
  (index) => {
    expect(new Layout(100, 30).piece(index)).toBeUndefined();
  },
);

test("the blocks of a piece cover it without gaps", () => {
  fc.assert(
    fc.property(layouts, fc.nat(), (layout, seed) => {
      const piece = layout.piece(seed % Math.max(1, layout.pieceCount));
      if (piece === undefined) return;
      let end = 0;
      for (let at = 0; at < layout.blockCount(piece); at++) {
        const block = layout.block(piece, at);
        expect(block.begin).toBe(end);
        expect(block.length).toBeGreaterThan(0);
        expect(block.length).toBeLessThanOrEqual(BLOCK_BYTES);
        end += block.length;
      }
      expect(end).toBe(layout.pieceBytes(piece));
    }),
  );
});

test("the pieces cover the torrent without gaps", () => {
  fc.assert(
    fc.property(layouts, (layout) => {
      let sum = 0;
      for (let index = 0; index < layout.pieceCount; index++) {
        const piece = layout.piece(index);
        const bytes = piece === undefined ? 0 : layout.pieceBytes(piece);
        expect(bytes).toBeGreaterThan(0);
        sum += bytes;
      }
      expect(sum).toBe(layout.totalBytes);
    }),
  );
});

test("a range is valid only inside one piece", () => {
  const layout = new Layout(100, 30);
  expect(layout.range(3, 2, 8)).toEqual({ piece: 3, begin: 2, length: 8 });
  for (const [index, begin, length] of [
    [3, 2, 9],
    [4, 0, 1],
    [0, -1, 5],
    [0, 0, 0],
    [0, 30, 1],
    [0, 0.5, 2],
    [0, 0, 1.5],
    [0, 0, Number.NaN],
    [0, 4_294_967_295, 4_294_967_295],
  ] as const) {
    expect(layout.range(index, begin, length), `${index} ${begin} ${length}`).toBeUndefined();
  }
});

test("fileSpans finds the files of a range and skips empty ones", () => {
  const files: FileEntry[] = [
    { path: "a", bytes: 10, offset: 0 },
    { path: "b", bytes: 0, offset: 10 },
    { path: "c", bytes: 5, offset: 10 },
    { path: "d", bytes: 20, offset: 15 },
  ];
  expect(fileSpans(files, 8, 10)).toEqual([
    { file: 0, offset: 8, length: 2 },
    { file: 2, offset: 0, length: 5 },
    { file: 3, offset: 0, length: 3 },
  ]);
  expect(fileSpans(files, 10, 0)).toEqual([]);
  expect(fileSpans(files, 35, 10)).toEqual([]);
  expect(fileSpans([], 0, 10)).toEqual([]);
});

test("fileSpans assigns every byte to its file", () => {
  fc.assert(
    fc.property(fileLists, fc.nat(500), fc.nat(500), (files, start, length) => {
      const owners = files.flatMap(({ bytes }, file) =>
        Array.from({ length: bytes }, (_, offset) => ({ file, offset })),
      );
      const covered = fileSpans(files, start, length).flatMap((span) =>
        Array.from({ length: span.length }, (_, at) => ({ file: span.file, offset: span.offset + at })),
      );
      expect(covered).toEqual(owners.slice(start, start + length));
    }),
  );
});
