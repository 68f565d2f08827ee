import { describe, expect, test } from "vitest";
import { type LinkId, millis } from "../../base/ids.ts";
import { BLOCK_BYTES, type Block } from "../../meta/layout.ts";
import { A, B, C, NOW, newPicker, piece } from "./picker.test-support.ts";

const D = 4 as LinkId;

/** A owes both blocks of the only missing piece; each of the others has delivered a block of another in so many ms. */
function owing(...others: readonly (readonly [link: LinkId, tookMillis: number])[]) {
  const made = newPicker({ pieces: others.length + 1 });
  const { picker, hasPieces, hasAll } = made;
  for (const [at, [link, tookMillis]] of others.entries()) {
    hasPieces(link, [at]);
    for (const block of picker.pick(link, 2, NOW)) picker.blockArrived(link, block, millis(tookMillis));
    picker.pieceChecked(piece(at), true);
  }
  hasAll(A);
  const now = millis(10_000);
  const owed = picker.pick(A, 9, now);
  expect(owed).toHaveLength(2);
  for (const [link] of others) hasAll(link);
  return { ...made, owed, now };
}

/** A sends a block in 400 ms, B in 100, and A owes eight that B has, too. */
function owingEight() {
  const { picker, hasPieces } = newPicker({ pieces: 3, blocksEach: 8 });
  for (const [link, at, blockMillis] of [
    [A, 0, 400],
    [B, 1, 100],
  ] as const) {
    hasPieces(link, [at]);
    for (const [index, block] of picker.pick(link, 8, NOW).entries())
      picker.blockArrived(link, block, millis(NOW + (index + 1) * blockMillis));
    picker.pieceChecked(piece(at), true);
    hasPieces(link, [2]);
  }
  const now = millis(10_000);
  expect(picker.pick(A, 9, now)).toHaveLength(8);
  return { picker, now };
}

/** So much later. */
const later = (now: number, more: number) => millis(now + more);

describe("once everything is requested", () => {
  test("a peer that would send a block sooner is asked, too: first for the block that comes last", () => {
    const { picker, owed, now } = owing([B, 400]);
    expect(picker.isPressed(NOW)).toBe(true);
    expect(picker.pick(B, 9, now)).toEqual([]); // Nobody knows yet that A is slower.
    expect(picker.pick(B, 1, later(now, 1_000))).toEqual([owed[1]]);
    expect(picker.pick(B, 9, later(now, 1_000))).toEqual([owed[0]]);
    expect(picker.pick(B, 9, later(now, 1_000))).toEqual([]);
  });

  test("a peer that would send it hardly sooner is not asked", () => {
    const { picker, now } = owing([B, 400]);
    expect(picker.pick(B, 9, later(now, 600))).toEqual([]);
    expect(picker.pick(B, 9, later(now, 900))).toHaveLength(2);
  });

  test("once some blocks are requested twice, further ones must come much sooner, unless their peer has fallen silent", () => {
    const { picker, now } = owingEight();
    expect(picker.pick(B, 9, now)).toHaveLength(4); // Six would come in two thirds of the time.
    const silent = owingEight();
    expect(silent.picker.pick(B, 9, later(now, 1_400))).toHaveLength(7);
  });

  test("a peer that would send it later is not asked", () => {
    const { picker, now } = owing([B, 2_000]);
    expect(picker.pick(B, 9, later(now, 1_000))).toEqual([]);
    expect(picker.pick(B, 9, later(now, 9_000))).toHaveLength(2);
  });

  test("a peer that has sent nothing is asked for one block", () => {
    const { picker, hasAll, owed, now } = owing();
    hasAll(B);
    expect(picker.pick(B, 9, later(now, 250))).toEqual([]);
    expect(picker.pick(B, 9, later(now, 1_000))).toEqual([owed[1]]);
    expect(picker.pick(B, 9, later(now, 1_000))).toEqual([]);
  });

  test("whatever a peer owes that no longer serves us is worth asking others for", () => {
    const { picker, idle, now } = owing([B, 2_000]);
    idle.add(A);
    expect(picker.pick(B, 9, now)).toHaveLength(2);
  });

  test("only so many peers are asked for a block", () => {
    const { picker, now } = owing([B, 100], [C, 50], [D, 1]);
    const late = later(now, 5_000);
    expect(picker.pick(B, 9, late)).toHaveLength(2);
    expect(picker.pick(C, 9, later(late, 2_000))).toHaveLength(2); // A has given no block, so it does not count.
    expect(picker.pick(D, 9, later(late, 9_000))).toEqual([]);
  });

  test("who else was asked is known when a block arrives", () => {
    const { picker, owed, now } = owing([B, 100]);
    const [first] = owed as [Block, Block];
    picker.pick(B, 9, later(now, 1_000));
    expect(picker.othersAsked(A, first)).toEqual([B]);
    expect(picker.blockArrived(A, first, now)).toBe("pieceOpen");
    expect(picker.othersAsked(B, first)).toEqual([]);
    expect(picker.blockArrived(B, first, now)).toBe("notWanted");
  });
});

test("there is no end-game while any block is not requested", () => {
  const { picker, hasAll, hasPieces } = newPicker({ pieces: 2 });
  hasAll(A);
  hasPieces(B, [0]);
  hasPieces(C, [1]);
  const late = millis(5_000);
  const first = picker.pick(B, 9, NOW);
  expect(first.map(({ piece: index }) => index)).toEqual([0, 0]);
  expect(picker.pick(A, 1, late)).toEqual([expect.objectContaining({ piece: 1, begin: 0 })]);
  expect(picker.isPressed(NOW)).toBe(false);
  expect(picker.pick(A, 1, late)).toEqual([expect.objectContaining({ piece: 1, begin: BLOCK_BYTES })]);
  expect(picker.isPressed(NOW)).toBe(true);
});

describe("the end-game still comes", () => {
  test("after we dropped begun pieces", () => {
    const { picker, dropped, hasAll, hasPieces } = newPicker({
      pieces: 2,
      limits: { openPiecesBytes: 2 * BLOCK_BYTES },
    });
    hasPieces(A, [0]);
    picker.pick(A, 1, NOW);
    picker.peerLeft(A);
    hasPieces(B, [1]);
    for (const block of picker.pick(B, 2, NOW)) picker.blockArrived(B, block, NOW);
    expect(dropped).toEqual([0]);
    picker.pieceChecked(piece(1), true);
    hasAll(B);
    hasAll(C);
    expect(picker.pick(B, 9, NOW)).toHaveLength(2);
    expect(picker.isPressed(NOW)).toBe(true);
    expect(picker.pick(C, 9, millis(5_000))).toHaveLength(1);
  });

  test("after a suspect piece started over", () => {
    const { picker, hasAll } = newPicker({ pieces: 2, blocksEach: 2 });
    hasAll(A);
    const spoilt = picker.pick(A, 2, NOW);
    for (const block of spoilt) picker.blockArrived(A, block, NOW);
    picker.pieceChecked(piece(spoilt[0]?.piece ?? 0), false);
    hasAll(B);
    hasAll(C);
    expect(picker.pick(B, 3, NOW)).toHaveLength(3); // The last of them of the suspect, with one block left to request.
    picker.releaseAll(B);
    expect(picker.pick(B, 4, NOW)).toHaveLength(2); // All but the suspect, which it let wait.
    expect(picker.pick(C, 2, NOW)).toEqual(spoilt);
  });
});
