import { describe, expect, test } from "vitest";
import { A, B, bits, NOW, newPicker, piece, piecesOf } from "./picker.test-support.ts";

describe("when other pieces are wanted", () => {
  test("only those are requested from now on, and their peers are of interest", () => {
    const { picker, hasPieces } = newPicker({ pieces: 6, wanted: [0, 1] });
    hasPieces(A, [4, 5]);
    hasPieces(B, [0]);
    expect(picker.isInteresting(A)).toBe(false);
    picker.want(bits(6, [4]), undefined);
    expect([picker.isInteresting(A), picker.isInteresting(B)]).toEqual([true, false]);
    expect(piecesOf(picker.pick(A, 12, NOW))).toEqual([4]);
    expect(picker.pick(B, 12, NOW)).toEqual([]);
  });

  test("requests for others are taken back, and their blocks forgotten", () => {
    const { picker, hasAll, dropped, withdrawn } = newPicker({ pieces: 2 });
    hasAll(A);
    const [block] = picker.pick(A, 4, NOW);
    if (block === undefined) throw new Error("it should pick");
    picker.blockArrived(A, block, NOW);
    picker.want(bits(2, [1 - block.piece]), undefined);
    expect(dropped).toEqual([block.piece]);
    expect(withdrawn.map(([, { piece: of, begin }]) => [of, begin])).toEqual([[block.piece, 16_384]]);
    expect(picker.requestsTo(A).size).toBe(2);
    expect(picker.blockArrived(A, block, NOW)).toBe("notWanted");
  });

  test("a picker with everything goes on if it lacks some, and is complete again with them", () => {
    const { picker, hasAll } = newPicker({ pieces: 3, wanted: [0], held: [0] });
    hasAll(A);
    expect(picker.isComplete).toBe(true);
    picker.want(bits(3, [0, 2]), undefined);
    expect(picker.isComplete).toBe(false);
    for (const block of picker.pick(A, 6, NOW)) picker.blockArrived(A, block, NOW);
    expect(picker.pieceChecked(piece(2), true)).toBe(true);
    expect(picker.isComplete).toBe(true);
  });

  test.each([
    ["is held, if it is good", true],
    ["is forgotten, if it is bad", false],
  ])("a piece that is being hashed meanwhile %s", (_what, isGood) => {
    const { picker, hasAll, dropped } = newPicker({ pieces: 2 });
    hasAll(A);
    const blocks = picker.pick(A, 2, NOW);
    for (const block of blocks) picker.blockArrived(A, block, NOW);
    const full = blocks[0]?.piece ?? piece(0);
    picker.want(bits(2, [1 - full]), undefined);
    expect(picker.pieceChecked(full, isGood)).toBe(isGood);
    expect(picker.held.has(full)).toBe(isGood);
    expect(dropped).toEqual(isGood ? [] : [full]);
    expect(piecesOf(picker.pick(A, 4, NOW))).toEqual([1 - full]);
    expect(picker.isComplete).toBe(false);
  });
});

describe("a piece that turns up in the storage while it is fetched", () => {
  test("is held, its requests are taken back, and its blocks forgotten", () => {
    const { picker, hasAll, dropped, withdrawn } = newPicker({ pieces: 2 });
    hasAll(A);
    const [block] = picker.pick(A, 4, NOW);
    if (block === undefined) throw new Error("it should pick");
    picker.blockArrived(A, block, NOW);
    expect(picker.pieceFound(block.piece)).toBe(true);
    expect(dropped).toEqual([block.piece]);
    expect(withdrawn.map(([, { piece: of, begin }]) => [of, begin])).toEqual([[block.piece, 16_384]]);
    expect(piecesOf(picker.pick(A, 4, NOW))).not.toContain(block.piece);
    expect(picker.pieceFound(block.piece)).toBe(false);
  });

  /** Its copy that is being hashed, and what we lack besides. */
  function foundWhileHashed() {
    const { picker, hasAll } = newPicker({ pieces: 2 });
    hasAll(A);
    const blocks = picker.pick(A, 2, NOW);
    for (const block of blocks) picker.blockArrived(A, block, NOW);
    const found = blocks[0]?.piece ?? piece(0);
    expect(picker.pieceFound(found)).toBe(true);
    return { picker, found };
  }

  test.each([
    ["good", true],
    ["bad", false],
  ])("stays held if the copy that is being hashed is %s", (_what, isGood) => {
    const { picker, found } = foundWhileHashed();
    expect(picker.pieceChecked(found, isGood)).toBe(false);
    expect(piecesOf(picker.pick(A, 4, NOW))).toEqual([1 - found]);
  });

  test("is not fetched again if the copy that was hashed cannot be stored", () => {
    const { picker, found } = foundWhileHashed();
    picker.retry(found);
    expect(piecesOf(picker.pick(A, 4, NOW))).toEqual([1 - found]);
  });
});

describe("preferred pieces", () => {
  test("come first, then the rarest", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { picker, hasPieces } = newPicker({ pieces: 5, seed, limits: { randomPieces: 2 } });
      hasPieces(A, [0, 1, 2, 3, 4]);
      hasPieces(B, [0, 1, 2, 4]);
      picker.want(bits(5, [0, 1, 2, 3, 4]), bits(5, [1, 4]));
      const order = piecesOf(picker.pick(A, 10, NOW));
      expect(order.slice(0, 2).sort()).toEqual([1, 4]);
      expect(order[2]).toBe(3);
      expect(order).toHaveLength(5);
    }
  });
});
