import { describe, expect, test } from "vitest";
import { type LinkId, millis } from "../base/ids.ts";
import { MetadataCopies, type MetadataLimits } from "./metadata-copies.ts";

const LIMITS: MetadataLimits = {
  maxBytes: 100,
  maxHeldBytes: 100,
  maxRequests: 4,
  answerMillis: 5_000,
  againMillis: 1_000,
  restMillis: 10_000,
};
const PIECE = 10;
const [A, B, C] = [1, 2, 3] as [LinkId, LinkId, LinkId];

function newCopies(...givers: readonly (readonly [link: LinkId, bytes: number])[]) {
  const copies = new MetadataCopies(LIMITS, PIECE);
  for (const [link, bytes] of givers) copies.offered(link, bytes, false);
  const pick = (link: LinkId, now = 0): readonly number[] => copies.pick(link, millis(now));
  const give = (link: LinkId, piece: number, totalBytes = 95, now = 0): boolean => {
    const bytes = new Uint8Array(Math.min(PIECE, totalBytes - piece * PIECE)).fill(link);
    return copies.arrived(link, piece, totalBytes, bytes, millis(now));
  };
  /** Sends all that we ask for, until we ask for no more. */
  const giveAll = (link: LinkId, totalBytes: number): void => {
    for (let asked = pick(link); asked.length > 0; asked = pick(link))
      for (const piece of asked) give(link, piece, totalBytes);
  };
  return { copies, pick, give, giveAll };
}

test("each piece a peer sends lets us ask it for one more at a time, up to a limit", () => {
  const { pick, give } = newCopies([A, 95]);
  expect(pick(A)).toEqual([0]);
  expect(pick(A)).toEqual([]);
  give(A, 0);
  expect(pick(A)).toEqual([1, 2]);
  give(A, 1);
  give(A, 2);
  expect(pick(A)).toEqual([3, 4, 5, 6]);
  give(A, 3);
  expect(pick(A)).toEqual([7]);
});

test("we ask a peer that needs it for one piece at a time, however many it sent", () => {
  const { copies, pick, give } = newCopies();
  copies.offered(A, 95, true);
  for (let piece = 0; piece < 10; piece++) {
    expect(pick(A)).toEqual([piece]);
    give(A, piece);
  }
});

test("a peer that sent every piece is known as the only sender", () => {
  const { copies, pick, giveAll } = newCopies([A, 25]);
  giveAll(A, 25);
  expect(copies.takeWhole()).toEqual(new Uint8Array(25).fill(A));
  expect(copies.takeWhole()).toBeUndefined(); // Until it has been hashed.
  expect(copies.wrong()).toBe(A);
  expect(copies.wrong()).toBeUndefined();
  expect(pick(A)).toEqual([0, 1, 2]);
});

describe("pieces of one copy", () => {
  test("are requested from different peers, not counting those that sent nothing yet", () => {
    const { pick, give } = newCopies([A, 35], [B, 35], [C, 35]);
    expect(pick(A)).toEqual([0]);
    expect(pick(B)).toEqual([1]);
    give(A, 0, 35);
    expect(pick(A)).toEqual([2, 3]);
    expect(pick(C)).toEqual([1]);
    give(B, 1, 35);
    expect(pick(B)).toEqual([]);
  });

  test("are requested from another peer when one is slow, unless that one is slow, too", () => {
    const { pick, give } = newCopies([A, 25], [B, 25], [C, 25]);
    for (const link of [A, B]) pick(link);
    for (const [link, piece] of [
      [A, 0],
      [B, 1],
    ] as const)
      give(link, piece, 25);
    expect(pick(A)).toEqual([2]);
    expect(pick(B, 999)).toEqual([]);
    expect(pick(B, 1_000)).toEqual([2]);
    expect(pick(C, 1_500)).toEqual([]);
    expect(pick(C, 2_000)).toEqual([2]);
    expect(pick(A, 4_000)).toEqual([]);
  });

  test("are free again when a peer leaves", () => {
    const { copies, pick, give } = newCopies([A, 25], [B, 25]);
    pick(A);
    give(A, 0, 25);
    expect(pick(A)).toEqual([1, 2]);
    copies.left(A);
    expect(pick(B)).toEqual([1]);
  });

  test("give no liar away when they are wrong: then every peer sends a copy of its own", () => {
    const { copies, pick, give, giveAll } = newCopies([A, 15], [B, 15]);
    expect([pick(A), pick(B)]).toEqual([[0], [1]]);
    give(A, 0, 15);
    give(B, 1, 15);
    expect(copies.takeWhole()).toBeDefined();
    expect(copies.wrong()).toBeUndefined();
    expect(pick(A)).toEqual([0, 1]);
    giveAll(B, 15);
    give(A, 0, 15);
    expect(copies.takeWhole()).toEqual(new Uint8Array(15).fill(B));
    expect(copies.wrong()).toBe(B);
    give(A, 1, 15);
    expect(copies.takeWhole()).toEqual(new Uint8Array(15).fill(A));
  });
});

describe("a peer that", () => {
  test("is late rests, and we learn whether it ignored the second of several requests", () => {
    const { copies, pick, give } = newCopies([A, 95], [B, 95]);
    for (const link of [A, B]) pick(link);
    give(A, 0, 95, 1_000);
    pick(A, 1_000);
    expect(copies.late(millis(4_999))).toEqual([]);
    expect(copies.late(millis(5_000))).toEqual([{ link: B, letSecondWait: false }]);
    expect(copies.late(millis(6_000))).toEqual([{ link: A, letSecondWait: true }]);
    expect(pick(B, 14_999)).toEqual([]);
    expect(pick(B, 15_000)).toHaveLength(1);
  });

  test("answered the first of two requests and not the last one ignored the second, too", () => {
    const { copies, pick, give } = newCopies([A, 25]);
    for (const piece of [0, 1]) {
      pick(A);
      give(A, piece, 25);
    }
    expect(copies.late(millis(5_000))).toEqual([{ link: A, letSecondWait: true }]);
  });

  test("refuses rests until it offers the metadata again", () => {
    const { copies, pick } = newCopies([A, 95]);
    pick(A);
    copies.refused(A, millis(0));
    expect(pick(A)).toEqual([]);
    copies.offered(A, 95, false);
    expect(pick(A)).toEqual([0]);
  });

  test("claims another size sends another copy", () => {
    const { copies, pick, give } = newCopies([A, 95]);
    pick(A);
    give(A, 0);
    copies.offered(A, 5, false);
    expect(pick(A)).toEqual([0]);
    give(A, 0, 5);
    expect(copies.takeWhole()).toHaveLength(5);
  });

  test("sends something else than we asked for is noticed", () => {
    const { copies, pick, give } = newCopies([A, 95]);
    pick(A);
    expect(give(A, 0, 94)).toBe(false);
    expect(copies.arrived(A, 0, 95, new Uint8Array(9), millis(0))).toBe(false);
    expect(copies.arrived(A, 10, 95, new Uint8Array(9), millis(0))).toBe(true); // We did not ask, so we do not mind.
    expect(give(B, 0)).toBe(true);
    expect(give(A, 0)).toBe(true);
  });

  test("claims more than the limit is not asked", () => {
    const { pick } = newCopies([A, 101]);
    expect(pick(A)).toEqual([]);
  });
});

test("when copies grow too large together we drop the largest, and its senders rest", () => {
  const { pick, give, giveAll } = newCopies([A, 100], [B, 99], [C, 15]);
  for (let piece = 0; piece < 5; piece++) {
    give(A, piece, 100);
    give(B, piece, 99);
  }
  pick(A);
  give(C, 0, 15);
  expect(pick(A)).toEqual([]);
  expect(pick(A, 10_000)).toEqual([0, 1, 2, 3]);
  giveAll(B, 99);
  expect(pick(C)).toEqual([1]);
});

test("a peer that claims one size after the other, and sends a little of each, takes no room from the others", () => {
  const { copies, pick, give, giveAll } = newCopies();
  for (let bytes = 15; bytes < 35; bytes++) {
    copies.offered(A, bytes, false);
    for (const piece of pick(A)) give(A, piece, bytes);
  }
  copies.offered(B, 65, false);
  giveAll(B, 65);
  expect(copies.takeWhole()).toEqual(new Uint8Array(65).fill(B));
});

test("of copies that nobody here claims any more, we keep the one of which we have most", () => {
  const { copies, pick, give } = newCopies([A, 45], [B, 35]);
  for (const piece of [0, 1]) give(A, piece, 45);
  give(B, 0, 35);
  for (const link of [A, B]) copies.left(link);
  copies.offered(C, 35, false);
  expect(pick(C)).toEqual([0]);
  copies.offered(C, 45, false);
  expect(pick(C)).toEqual([2]);
});
