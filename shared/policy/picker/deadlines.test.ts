import { describe, expect, test, vi } from "vitest";
import { type LinkId, millis, type PieceIndex } from "../../base/ids.ts";
import type { Block } from "../../meta/layout.ts";
import { Deadlines } from "./deadlines.ts";
import { A, B, C, newPicker, piece, piecesOf } from "./picker.test-support.ts";

const START = millis(10_000);

function deadlines(missing: ReadonlySet<number>): Deadlines {
  return new Deadlines(100, (index: PieceIndex) => missing.has(index));
}

const all = new Set(Array(100).keys());
const urgent = (of: Deadlines, now: number): number[] => of.urgent(millis(now)).map((due) => due.piece);

test("pieces are urgent in order of time, if they are wanted within ten seconds", () => {
  const playing = deadlines(all);
  playing.set([{ first: 3, last: 99, at: START, stepMillis: 2_000 }]);
  expect(urgent(playing, 0)).toEqual([3]);
  expect(urgent(playing, 4_000)).toEqual([3, 4, 5]);
});

test("new deadlines replace the old ones, and of several for a piece the first counts", () => {
  const playing = deadlines(all);
  playing.set([{ first: 0, last: 9, at: START, stepMillis: 0 }]);
  playing.set([
    { first: 50, last: 52, at: START, stepMillis: 100 },
    { first: 52, last: 52, at: millis(0), stepMillis: 100 },
  ]);
  expect(urgent(playing, 9_000)).toEqual([52, 50, 51]);
  playing.set([]);
  expect(urgent(playing, 9_000)).toEqual([]);
  expect(playing.isAny).toBe(false);
});

test("what we hold, do not want or what does not exist is not urgent, and what is lost is urgent again", () => {
  const missing = new Set([2, 4, 500]);
  const playing = deadlines(missing);
  playing.set([{ first: -3, last: 1_000_000, at: START, stepMillis: 1 }]);
  expect(urgent(playing, 9_000)).toEqual([2, 4]);
  missing.delete(2);
  expect(urgent(playing, 9_000)).toEqual([4]);
  missing.add(1);
  playing.missingChanged();
  expect(urgent(playing, 9_000)).toEqual([1, 4]);
});

test("a look considers so many pieces at most", () => {
  const playing = deadlines(all);
  playing.set([{ first: 0, last: 99, at: START, stepMillis: 1 }]);
  expect(urgent(playing, 9_000)).toHaveLength(64);
});

test("a look takes no time for the thousands of pieces that came behind one that nobody has", () => {
  const missing = new Set(Array(10_000).keys());
  let looks = 0;
  const playing = new Deadlines(10_000, (index: PieceIndex) => {
    looks += 1;
    return missing.has(index);
  });
  playing.set([{ first: 0, last: 9_999, at: millis(0), stepMillis: 0 }]);
  for (let each = 1; each < 9_998; each++) missing.delete(each);
  expect(urgent(playing, 0)).toEqual([0, 9_998, 9_999]);
  looks = 0;
  expect(urgent(playing, 0)).toEqual([0, 9_998, 9_999]);
  expect(looks).toBe(3);
  missing.add(5_000);
  playing.missingChanged();
  expect(urgent(playing, 0)).toEqual([0, 5_000, 9_998, 9_999]);
});

test("pieces with deadlines are requested first, however common, and begun ones later", () => {
  const { picker, hasAll, hasPieces } = newPicker({ pieces: 8 });
  hasAll(A);
  hasPieces(B, [5, 6]);
  const [begun] = picker.pick(A, 1, START);
  picker.setDeadlines([{ first: 5, last: 6, at: START, stepMillis: 100 }]);
  expect(piecesOf(picker.pick(A, 4, START))).toEqual([5, 6]);
  expect(piecesOf(picker.pick(A, 1, START))).toEqual([begun?.piece]);
});

test("nothing else is requested while a piece that somebody serves is wanted within five seconds", () => {
  const { picker, hasAll, hasPieces, idle } = newPicker({ pieces: 8 });
  hasAll(A);
  hasPieces(B, [5, 6]);
  picker.setDeadlines([{ first: 0, last: 0, at: START, stepMillis: 100 }]);
  idle.add(A);
  expect(piecesOf(picker.pick(B, 1, millis(9_000)))).toHaveLength(1);
  idle.clear();
  expect(picker.pick(B, 1, millis(5_000))).toEqual([]);
  expect(piecesOf(picker.pick(B, 1, millis(4_999)))).toHaveLength(1);
  expect(piecesOf(picker.pick(A, 1, millis(5_000)))).toEqual([0]);
  expect(picker.pick(B, 1, millis(5_000))).toEqual([]); // A block of it is left.
  expect(piecesOf(picker.pick(A, 1, millis(5_000)))).toEqual([0]);
  expect(piecesOf(picker.pick(B, 1, millis(5_000)))).toHaveLength(1);
});

test("pieces that are not selected get no deadline", () => {
  const { picker, hasAll } = newPicker({ pieces: 4, wanted: [0, 1] });
  hasAll(A);
  picker.setDeadlines([{ first: 2, last: 3, at: START, stepMillis: 0 }]);
  expect(piecesOf(picker.pick(A, 9, START)).sort()).toEqual([0, 1]);
  expect(picker.hasDeadlines).toBe(false);
});

/** A has delivered a block in so many milliseconds, and B another. */
function measured(a: number, b: number) {
  const made = newPicker({ pieces: 5, blocksEach: 1 }); // Nobody has requested the last one, so this is no end-game.
  for (const [index, [link, took]] of (
    [
      [A, a],
      [B, b],
    ] as const
  ).entries()) {
    made.hasPieces(link, [index]);
    const [block] = made.picker.pick(link, 1, millis(0)) as [Block];
    made.picker.blockArrived(link, block, millis(took));
    made.picker.pieceChecked(block.piece, true);
  }
  made.hasPieces(A, [2, 3]);
  made.hasPieces(B, [2]);
  made.picker.setDeadlines([{ first: 2, last: 3, at: START, stepMillis: 0 }]);
  return made;
}

test("a peer that would be late leaves a piece to one that would not, and takes what nobody else has", () => {
  const { picker } = measured(2_000, 50);
  expect(piecesOf(picker.pick(A, 1, millis(9_000)))).toEqual([3]);
  expect(piecesOf(picker.pick(B, 1, millis(9_000)))).toEqual([2]);
});

test("a block that will be late is requested from a second peer that is sooner", () => {
  const { picker, hasAll } = measured(500, 50);
  hasAll(B);
  const asked = picker.pick(A, 1, millis(9_000));
  expect(piecesOf(asked)).toEqual([2]);
  expect(piecesOf(picker.pick(B, 1, millis(9_100)))).toEqual([3]); // The other is on its way.
  hasAll(C);
  expect(picker.isPressed(millis(9_900))).toBe(true);
  picker.blockArrived(B, { piece: piece(3), begin: 0, length: 16_384 }, millis(9_150));
  picker.pieceChecked(piece(3), true);
  expect(picker.pick(B, 1, millis(10_010))).toEqual(asked);
});

describe("while a piece is wanted within five seconds", () => {
  /** C lacks what is wanted, A has it and is fast. */
  function inHurry() {
    const made = measured(50, 50);
    made.hasPieces(C, [4]);
    const at = (now: number, link = C) => piecesOf(made.picker.pick(link, 1, millis(now)));
    return { ...made, at };
  }

  test("a peer that lacks it sends nothing else, until it has been requested", () => {
    const { at } = inHurry();
    expect(at(7_001)).toEqual([]);
    expect(at(7_001, A)).toEqual([2]);
    expect(at(7_002)).toEqual([]);
    expect(at(7_003, A)).toEqual([3]);
    expect(at(7_004)).toEqual([4]);
  });

  test("but not before", () => {
    expect(inHurry().at(4_999)).toEqual([4]);
  });

  test("nothing waits for a peer that has it and falls silent", () => {
    const { at } = inHurry();
    expect(at(8_000, A)).toEqual([2]);
    expect(at(8_040)).toEqual([]);
    expect(at(9_500)).toEqual([4]);
  });

  test("nothing waits for a peer that has it and does not serve us", () => {
    const { at, idle } = inHurry();
    idle.add(A);
    idle.add(B);
    expect(at(8_000)).toEqual([4]);
  });

  test("begun pieces go on if there is no room to begin it", () => {
    const { picker, hasPieces } = newPicker({ pieces: 4, limits: { openPiecesBytes: 32_768 } });
    hasPieces(C, [0]);
    const [begun] = picker.pick(C, 1, START);
    hasPieces(A, [1]);
    picker.setDeadlines([{ first: 1, last: 1, at: millis(START + 1_000), stepMillis: 0 }]);
    expect(begun?.piece).toBe(0);
    expect(piecesOf(picker.pick(C, 1, START))).toEqual([0]);
  });
});

describe("a choice takes little time, whatever peers say", () => {
  const LINKS = Array.from({ length: 200 }, (_, at) => (at + 1) as LinkId);
  const [ASKER] = LINKS as [LinkId];

  /** 200 links have the first 64 pieces, which are wanted at once; the first link lacks them, and has others. */
  function watched(limits = {}) {
    const made = newPicker({ pieces: 100, blocksEach: 1, limits });
    made.hasPieces(ASKER, [90, 91, 92]);
    for (const link of LINKS.slice(1)) made.hasPieces(link, Array(64).keys());
    made.picker.setDeadlines([{ first: 0, last: 63, at: START, stepMillis: 0 }]);
    return made;
  }

  test("it looks at a thousand links at most, and then goes on as if nobody served what is wanted", () => {
    const { picker, idle } = watched();
    for (const link of LINKS) idle.add(link);
    const looked = vi.spyOn(idle, "has");
    expect(piecesOf(picker.pick(ASKER, 1, START))).toHaveLength(1);
    expect(looked.mock.calls.length).toBeGreaterThan(200);
    expect(looked.mock.calls.length).toBeLessThan(1_024);
  });

  test("it looks at no link for a peer that may have no more requests", () => {
    const { picker, idle } = watched({ newcomerBlocks: 1 });
    for (const link of LINKS.slice(1)) idle.add(link);
    expect(picker.pick(ASKER, 1, START)).toHaveLength(1);
    const looked = vi.spyOn(idle, "has");
    expect(picker.pick(ASKER, 1, START)).toEqual([]);
    expect(looked).not.toHaveBeenCalled();
  });

  test("it looks at 256 requests at most that may be late", () => {
    const { picker, idle, hasAll } = newPicker({ pieces: 2, blocksEach: 1_000 });
    hasAll(A);
    picker.setDeadlines([{ first: 0, last: 0, at: millis(START + 8_000), stepMillis: 0 }]);
    expect(picker.pick(A, 1_000, START)).toHaveLength(1_000);
    hasAll(B);
    idle.clear();
    const looked = vi.spyOn(idle, "has");
    picker.pick(B, 1, millis(START + 100));
    expect(looked.mock.calls.length).toBeLessThan(300);
  });
});
