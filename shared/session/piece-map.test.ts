import { expect, test } from "vitest";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import { A, B, NOW, newPicker } from "../policy/picker/picker.test-support.ts";
import { missingOf, pieceMap } from "./piece-map.ts";

const [MISSING, BEGUN, HELD, NOT_WANTED] = [0, 1 << 6, 2 << 6, 3 << 6] as const;

test("each piece has a byte: what we have of it, and how many peers have it", () => {
  const { picker, hasPieces } = newPicker({ pieces: 4, blocksEach: 2, held: [0], wanted: [0, 1, 2] });
  hasPieces(A, [0, 1]);
  hasPieces(B, [0]);
  expect(Array.from(pieceMap(picker))).toEqual([HELD | 2, MISSING | 1, MISSING, NOT_WANTED]);
  picker.pick(A, 1, NOW);
  expect(Array.from(pieceMap(picker))).toEqual([HELD | 2, BEGUN | 1, MISSING, NOT_WANTED]);
});

test("more peers than fit into six bits do not change the state", () => {
  const { picker, hasAll } = newPicker({ pieces: 1 });
  for (let link = 1; link <= 200; link++) hasAll(link as LinkId);
  expect(Array.from(pieceMap(picker))).toEqual([MISSING | 63]);
});

test("of some pieces, those are missing that the torrent has and we do not hold", () => {
  const map = Uint8Array.of(HELD | 2, MISSING | 1, BEGUN, NOT_WANTED);
  expect(missingOf(map, [0, 1, 2, 3, 4] as PieceIndex[])).toEqual([1, 2, 3]);
  expect(missingOf(undefined, [0] as PieceIndex[])).toEqual([]);
});
