import { expect, test } from "vitest";
import { millis } from "../../base/ids.ts";
import { A, B, NOW, newPicker, piece, piecesOf } from "./picker.test-support.ts";

/** Wanted at a time, each of a few pieces. */
const due = (at: number, first: number, last = first) => ({ first, last, at: millis(at), stepMillis: 0 });

const surplus = ({ picker }: Pick<ReturnType<typeof newPicker>, "picker">, room: number): number[] =>
  piecesOf(picker.surplus(room, NOW).map(({ block }) => block));

/** Of ten pieces of a block, 5 to 9 have been requested in order, for later. */
function withLaterRequests() {
  const swarm = newPicker({ pieces: 10, blocksEach: 1 });
  swarm.hasPieces(A, [5, 6, 7, 8, 9]);
  swarm.picker.setDeadlines([5, 6, 7, 8, 9].map((each) => due(each * 1_000, each)));
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
  swarm.picker.setDeadlines([due(0, 0, 1), ...[5, 6, 7, 8, 9].map((each) => due(each * 1_000, each))]);
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
