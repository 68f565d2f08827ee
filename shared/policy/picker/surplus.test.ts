import { expect, test } from "vitest";
import { millis } from "../../base/ids.ts";
import { BLOCK_BYTES, type Block } from "../../meta/layout.ts";
import { A, B, NOW, newPicker, piece, piecesOf } from "./picker.test-support.ts";
import type { PickerLimits } from "./picker.ts";

/** Wanted at a time, each of a few pieces. */
const due = (at: number, first: number, last = first) => ({ first, last, at: millis(at), stepMillis: 0 });

const surplus = ({ picker }: Pick<ReturnType<typeof newPicker>, "picker">, room: number): number[] =>
  piecesOf(picker.surplus(room, NOW).map(({ block }) => block));

const LATER = [5, 6, 7, 8, 9].map((each) => due(each * 1_000, each));

/** Of ten pieces of a block, 5 to 9 have been requested in order, for later. */
function withLaterRequests(limits: Partial<PickerLimits> = {}) {
  const swarm = newPicker({ pieces: 10, blocksEach: 1, limits });
  swarm.hasPieces(A, [5, 6, 7, 8, 9]);
  swarm.picker.setDeadlines(LATER);
  expect(piecesOf(swarm.picker.pick(A, 5, NOW))).toEqual([5, 6, 7, 8, 9]);
  return swarm;
}

test("what nobody waits for is taken back to have room for what somebody waits for, the latest first and never the oldest", () => {
  const swarm = newPicker({ pieces: 10, blocksEach: 1 });
  swarm.hasAll(A);
  const asked = piecesOf(swarm.picker.pick(A, 6, NOW));
  const wanted = [...Array(10).keys()].find((each) => !asked.includes(each)) ?? 0;
  expect(surplus(swarm, -2)).toEqual(asked.slice(4).reverse());
  swarm.picker.setDeadlines([due(0, wanted)]);
  expect(surplus(swarm, 1)).toEqual([]);
  expect(surplus(swarm, 0)).toEqual(asked.slice(5));
  expect(surplus(swarm, -100)).toEqual(asked.slice(1).reverse());
});

test("what is wanted later makes room for what is wanted sooner, if the same peer has that", () => {
  const swarm = withLaterRequests();
  swarm.picker.setDeadlines([due(0, 0, 1), ...LATER]);
  swarm.hasPieces(B, [0, 1]);
  expect(surplus(swarm, 0)).toEqual([]);
  swarm.hasPieces(A, [0, 1]);
  expect(surplus(swarm, 0)).toEqual([9, 8]);
  swarm.picker.peerLacks(A, piece(0));
  expect(surplus(swarm, 0)).toEqual([9]);
});

test("what is wanted soonest is never taken back", () => {
  expect(surplus(withLaterRequests(), -100)).toEqual([]);
});

test("nothing makes room for a piece that cannot be begun", () => {
  const openPiecesBytes = 2 * BLOCK_BYTES;
  const swarm = newPicker({ pieces: 10, blocksEach: 1, limits: { openPiecesBytes } });
  swarm.hasPieces(A, [8, 9]);
  expect(swarm.picker.pick(A, 2, NOW)).toHaveLength(2);
  swarm.hasAll(A);
  swarm.picker.setDeadlines([due(0, 0)]);
  expect(surplus(swarm, 0)).toEqual([]);
});

test("room is made for as many pieces as can be begun", () => {
  const openPiecesBytes = 7 * BLOCK_BYTES;
  const swarm = withLaterRequests({ openPiecesBytes });
  swarm.hasAll(A);
  swarm.picker.setDeadlines([due(0, 0, 4)]);
  expect(surplus(swarm, 0)).toEqual([9, 8]);
});

test("nothing makes room for a failed piece that another peer is asked for", () => {
  const swarm = withLaterRequests();
  swarm.hasPieces(B, [0]);
  const blocks = swarm.picker.pick(B, 1, NOW);
  for (const block of blocks) swarm.picker.blockArrived(B, block, NOW);
  swarm.picker.pieceChecked(piece(0), false);
  swarm.hasPieces(A, [0]);
  swarm.picker.setDeadlines([due(0, 0), ...LATER]);
  expect(surplus(swarm, 0)).toEqual([9]);
  swarm.picker.pick(B, 1, NOW);
  swarm.picker.release(B, blocks[0] as Block);
  expect(surplus(swarm, 0)).toEqual([]);
});

test("what a peer owes that chokes us makes room, too: others may have what is wanted sooner", () => {
  const swarm = withLaterRequests();
  swarm.hasAll(A);
  swarm.hasAll(B);
  swarm.idle.add(A);
  swarm.picker.setDeadlines([due(0, 0), ...LATER]);
  const taken = swarm.picker.surplus(0, NOW);
  expect(piecesOf(taken.map(({ block }) => block))).toEqual([9]);
  for (const { link, block } of taken) swarm.picker.release(link, block);
  expect(piecesOf(swarm.picker.pick(B, taken.length, NOW))).toEqual([0]);
});
