import { expect, test } from "vitest";
import { A, B, NOW, newPicker, piecesOf } from "./picker.test-support.ts";

/** The web seed. */
const WEB = B;

test("a run begins with what peers began and do not deliver any more", () => {
  const { picker, hasAll } = newPicker({ pieces: 40, blocksEach: 4 });
  for (const link of [A, WEB]) hasAll(link);
  const [first] = picker.pick(A, 1, NOW);
  picker.peerLeft(A);
  const run = picker.pickRun(WEB, 4, NOW);
  expect(run[0]).toEqual(first);
  expect(run).toHaveLength(4);
});

test("a run leaves what a peer delivers to it while there is anything else", () => {
  const { picker, hasAll } = newPicker({ pieces: 2, blocksEach: 4 });
  for (const link of [A, WEB]) hasAll(link);
  const [first] = picker.pick(A, 1, NOW);
  const [other, ...rest] = piecesOf(picker.pickRun(WEB, 4, NOW));
  expect(other).not.toBe(first?.piece);
  expect(rest).toEqual([]);
  const last = picker.pickRun(WEB, 4, NOW);
  expect(piecesOf(last)).toEqual([first?.piece]);
  expect(last).toHaveLength(3); // The block that the peer was asked for is its own.
});

test("a run goes on into the pieces that follow, up to one that somebody has begun", () => {
  const { picker, hasAll, hasPieces } = newPicker({ pieces: 6, blocksEach: 2 });
  hasPieces(A, [4]);
  picker.pick(A, 1, NOW);
  hasPieces(WEB, [0]);
  expect(piecesOf(picker.pickRun(WEB, 2, NOW))).toEqual([0]);
  picker.peerLeft(WEB);
  hasAll(WEB);
  const run = picker.pickRun(WEB, 12, NOW);
  expect(piecesOf(run)).toEqual([0, 1, 2, 3]);
  expect(run.map(({ piece, begin }) => piece * 32_768 + begin)).toEqual(
    [...Array(8).keys()].map((at) => at * 16_384),
  );
});
