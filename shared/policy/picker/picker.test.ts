import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LinkId, millis } from "../../base/ids.ts";
import { seededRandom } from "../../base/random.ts";
import { BLOCK_BYTES, type Block, Layout } from "../../meta/layout.ts";
import { A, B, bits, C, LIMITS, NOW, newPicker, piece, piecesOf } from "./picker.test-support.ts";
import { type PickerLimits, PiecePicker } from "./picker.ts";

describe("the order of pieces", () => {
  test("the rarest piece that a peer has comes first", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { picker, hasPieces } = newPicker({ seed });
      hasPieces(A, [0, 1, 2, 3]);
      hasPieces(B, [0, 1, 3]);
      hasPieces(C, [0, 3]);
      expect(piecesOf(picker.pick(A, 8, NOW)).slice(0, 2)).toEqual([2, 1]);
    }
  });

  test("equally rare pieces come in an order that differs from peer to peer", () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const { picker, hasAll } = newPicker({ pieces: 8, seed });
      hasAll(A);
      orders.add(piecesOf(picker.pick(A, 16, NOW)).join());
    }
    expect(orders.size).toBeGreaterThan(15);
  });

  test("the very first pieces come at random, rare or not", () => {
    const firsts = new Set<number | undefined>();
    for (let seed = 0; seed < 40; seed++) {
      const { picker, hasPieces } = newPicker({ seed, limits: { randomPieces: 1 } });
      hasPieces(A, [0, 1, 2, 3]);
      hasPieces(B, [0, 1, 2]);
      const [first, second] = piecesOf(picker.pick(A, 4, NOW));
      firsts.add(first);
      if (first !== 3) expect(second).toBe(3);
    }
    expect(firsts).toEqual(new Set([0, 1, 2, 3]));
  });

  test("a begun piece is finished before another is begun", () => {
    const { picker, hasAll, hasPieces, prove } = newPicker({ pieces: 5, blocksEach: 4 });
    hasPieces(B, [0]);
    prove(B);
    hasAll(A);
    hasAll(B);
    const [begun] = picker.pick(A, 1, NOW);
    const next = picker.pick(B, 3, NOW);
    expect(piecesOf([begun as Block, ...next])).toHaveLength(1);
    expect(piecesOf(picker.pick(A, 1, NOW))).not.toEqual(piecesOf(next));
  });

  test("leechers begin with different shares of what only one peer has, and go on with the rest", () => {
    const shares = [0, 1, 2].map((place) => {
      const { picker, hasAll } = newPicker({ pieces: 300, blocksEach: 1, seed: place });
      hasAll(A);
      picker.shareWith(place, 3);
      const first = piecesOf(picker.pick(A, 80, NOW));
      expect(piecesOf(picker.pick(A, 220, NOW))).toHaveLength(220);
      return first;
    });
    expect(new Set(shares.flat()).size).toBe(240);
  });

  test("the shares of others do not matter for pieces that several peers have", () => {
    const { picker, hasAll } = newPicker({ pieces: 30, blocksEach: 1 });
    hasAll(A);
    hasAll(B);
    picker.shareWith(0, 2);
    expect(piecesOf(picker.pick(A, 30, NOW))).toHaveLength(30);
  });
});

describe("a peer that has sent no good piece yet", () => {
  test("gets one piece to itself, and no more requests than that has blocks", () => {
    const { picker, hasAll } = newPicker({ pieces: 64, blocksEach: 6, limits: { newcomerBlocks: 4 } });
    for (const link of [A, B]) hasAll(link);
    const [first] = picker.pick(A, 1, NOW);
    const alone = picker.pick(B, 99, NOW);
    expect(alone).toHaveLength(6);
    expect(piecesOf(alone)).toHaveLength(1);
    expect(piecesOf(alone)).not.toEqual([first?.piece]);
    expect(picker.pick(B, 99, NOW)).toEqual([]);
    expect(piecesOf(picker.pick(A, 99, NOW))).toEqual([first?.piece]);
  });

  test("gets a few requests even if pieces are smaller", () => {
    const { picker, hasAll } = newPicker({ pieces: 9, blocksEach: 1, limits: { newcomerBlocks: 4 } });
    hasAll(A);
    expect(picker.pick(A, 99, NOW)).toHaveLength(4);
  });

  test("is trusted with more once its piece has proved good", () => {
    const { picker, hasAll, hasPieces, prove } = newPicker({ pieces: 9, limits: { newcomerBlocks: 2 } });
    hasPieces(A, [0]);
    prove(A);
    hasAll(A);
    expect(picker.pick(A, 99, NOW)).toHaveLength(16);
  });

  test("helps with begun pieces if no others are left", () => {
    const { picker, hasAll } = newPicker({ pieces: 1, blocksEach: 4 });
    for (const link of [A, B]) hasAll(link);
    picker.pick(A, 1, NOW);
    expect(picker.pick(B, 99, NOW)).toHaveLength(3);
  });
});

describe("requests", () => {
  test("leave out what we hold and what is not selected", () => {
    const { picker, hasAll } = newPicker({ pieces: 6, held: [0, 3], wanted: [0, 1, 2] });
    hasAll(A);
    expect(piecesOf(picker.pick(A, 100, NOW)).sort()).toEqual([1, 2]);
  });

  test("need an interesting peer: one that has something we lack", () => {
    const { picker, hasPieces, layout } = newPicker({ held: [0], wanted: [0, 1] });
    expect(picker.isInteresting(A)).toBe(false);
    hasPieces(A, [0, 2, 3]);
    expect(picker.isInteresting(A)).toBe(false);
    hasPieces(A, [1]);
    expect(picker.isInteresting(A)).toBe(true);
    for (const block of picker.pick(A, 2, NOW)) picker.blockArrived(A, block, NOW);
    expect(picker.isInteresting(A)).toBe(true); // Until the piece has proved good.
    picker.pieceChecked(piece(1), true);
    expect(picker.isInteresting(A)).toBe(false);
    expect(picker.isComplete).toBe(true);
    expect(layout.pieceCount).toBe(4);
  });

  test("begin only so many bytes of pieces at once, but at least one piece", () => {
    const { picker, hasAll } = newPicker({ pieces: 8, limits: { openPiecesBytes: 5 * BLOCK_BYTES } });
    hasAll(A);
    expect(piecesOf(picker.pick(A, 100, NOW))).toHaveLength(2);
    const tight = newPicker({ limits: { openPiecesBytes: 1 } });
    tight.hasAll(A);
    const blocks = tight.picker.pick(A, 100, NOW);
    expect(piecesOf(blocks)).toHaveLength(1);
    for (const block of blocks) tight.picker.blockArrived(A, block, NOW);
    expect(tight.picker.pick(A, 100, NOW)).toEqual([]); // It is being checked.
    tight.picker.pieceChecked(blocks[0]?.piece ?? piece(0), true);
    expect(tight.picker.pick(A, 100, NOW)).toHaveLength(2);
  });

  test("drop begun pieces that nobody has any more to make room, with what we received of them", () => {
    const { picker, dropped, hasPieces } = newPicker({ limits: { openPiecesBytes: 2 * BLOCK_BYTES } });
    hasPieces(A, [0]);
    const [first] = picker.pick(A, 2, NOW);
    picker.blockArrived(A, first as Block, NOW);
    picker.peerLeft(A);
    hasPieces(B, [1]);
    expect(piecesOf(picker.pick(B, 2, NOW))).toEqual([1]);
    expect(dropped).toEqual([0]);
    hasPieces(C, [0]);
    for (const block of picker.pick(B, 9, NOW)) picker.blockArrived(B, block, NOW);
    expect(picker.availability(piece(0))).toBe(1);
  });

  test("include a lost piece again", () => {
    const { picker, hasAll } = newPicker({ held: [0, 1, 2, 3] });
    hasAll(A);
    expect(picker.isComplete).toBe(true);
    picker.pieceLost(piece(2));
    expect(picker.isComplete).toBe(false);
    expect(picker.isInteresting(A)).toBe(true);
    expect(piecesOf(picker.pick(A, 9, NOW))).toEqual([2]);
  });

  test("leave out a piece found in the storage", () => {
    const { picker, hasAll } = newPicker();
    hasAll(A);
    picker.pieceFound(piece(1));
    expect(piecesOf(picker.pick(A, 99, NOW)).sort()).toEqual([0, 2, 3]);
  });
});

test("we request what a liar sent from others, unless its piece is being checked", () => {
  const { picker, hasAll } = newPicker({ pieces: 2, blocksEach: 3 });
  for (const link of [A, B]) hasAll(link);
  const blocks = picker.pick(A, 5, NOW); // A whole piece, and two blocks of the next one.
  for (const block of blocks.slice(0, 4)) picker.blockArrived(A, block, NOW);
  const [last] = picker.pick(B, 1, NOW);
  picker.blockArrived(B, last as Block, NOW);
  picker.disbelieve(A);
  picker.peerLeft(A);
  expect(picker.senders(blocks[0]?.piece ?? piece(0))).toEqual([A, A, A]);
  expect(picker.pick(B, 9, NOW)).toEqual(blocks.slice(3));
});

describe("a piece that failed its check", () => {
  /** Piece 0 came from A and B, and is bad. */
  function spoilt(others: readonly LinkId[] = [C]) {
    const made = newPicker({ pieces: 1, blocksEach: 3 });
    for (const link of [A, B]) made.hasAll(link);
    const fromA = made.picker.pick(A, 2, NOW);
    const fromB = made.picker.pick(B, 1, NOW);
    for (const block of fromA) made.picker.blockArrived(A, block, NOW);
    for (const block of fromB) made.picker.blockArrived(B, block, NOW);
    expect(made.picker.senders(piece(0))).toEqual([A, A, B]);
    made.picker.pieceChecked(piece(0), false);
    for (const link of others) made.hasAll(link);
    return made;
  }

  test("is requested from one peer alone, even in the end-game", () => {
    const { picker } = spoilt();
    expect(picker.pick(B, 1, NOW)).toHaveLength(1);
    expect(picker.pick(C, 9, NOW)).toEqual([]);
    expect(picker.pick(B, 9, NOW)).toHaveLength(2);
    expect(picker.pick(C, 9, NOW)).toEqual([]);
  });

  test("is requested from a peer that sent good blocks before, while it serves us", () => {
    const { picker, hasPieces, prove, idle } = newPicker({ pieces: 2, blocksEach: 1 });
    for (const link of [A, B]) hasPieces(link, [0]);
    prove(B);
    hasPieces(A, [1]);
    const [block] = picker.pick(A, 1, NOW) as [Block];
    picker.blockArrived(A, block, NOW);
    picker.pieceChecked(block.piece, false);
    for (const link of [B, C]) hasPieces(link, [1]);
    expect(picker.pick(C, 1, NOW)).toEqual([]);
    idle.add(B);
    expect(picker.pick(C, 1, NOW)).toEqual([block]);
  });

  test("takes no block from anybody else", () => {
    const { picker } = spoilt();
    const [block] = picker.pick(C, 1, NOW);
    expect(picker.blockArrived(A, block as Block, NOW)).toBe("notWanted");
    expect(picker.blockArrived(C, block as Block, NOW)).toBe("pieceOpen");
  });

  test.each([
    ["leaves", (picker: PiecePicker) => picker.peerLeft(C)],
    ["chokes", (picker: PiecePicker) => picker.releaseAll(C)],
    ["lacks it after all", (picker: PiecePicker) => picker.peerLacks(C, piece(0))],
  ])("starts over with another peer when the one we asked %s", (_, happens) => {
    const { picker } = spoilt();
    const [block] = picker.pick(C, 3, NOW);
    picker.blockArrived(C, block as Block, NOW);
    happens(picker);
    expect(picker.pick(C, 1, NOW)).toEqual([]); // It has let the piece wait.
    expect(picker.pick(A, 9, NOW)).toHaveLength(3);
  });

  test("is requested again from a peer that let it wait when everybody did", () => {
    const { picker, idle } = spoilt([]);
    picker.pick(A, 1, NOW);
    picker.releaseAll(A);
    expect(picker.pick(A, 1, NOW)).toEqual([]);
    idle.add(B); // It would be better, but chokes us.
    expect(picker.pick(A, 9, NOW)).toHaveLength(3);
  });

  test("is taken from a peer that lets it wait, once another could send it", () => {
    const { picker, hasAll } = spoilt([]);
    picker.peerLeft(B);
    const [block] = picker.pick(A, 3, NOW) as [Block];
    expect(picker.takeFromLate(millis(0))).toEqual([]);
    picker.blockArrived(A, block, NOW);
    expect(picker.takeFromLate(millis(10_249))).toEqual([]);
    expect(picker.takeFromLate(millis(10_250))).toEqual([]);
    hasAll(C);
    expect(picker.takeFromLate(millis(10_251))).toEqual([{ piece: 0, link: A }]);
    expect(picker.blockArrived(A, block, NOW)).toBe("notWanted");
    expect(picker.pick(A, 9, NOW)).toEqual([]);
    expect(picker.pick(C, 9, NOW)).toHaveLength(3);
  });

  test("is left to a peer that sends it slowly", () => {
    const { picker } = spoilt();
    const blocks = picker.pick(A, 3, NOW);
    expect(picker.takeFromLate(millis(0))).toEqual([]);
    for (const block of blocks.slice(0, 2)) picker.blockArrived(A, block, NOW);
    expect(picker.takeFromLate(millis(10_499))).toEqual([]);
    expect(picker.takeFromLate(millis(10_500))).toEqual([{ piece: 0, link: A }]);
  });

  test("is for anybody if the better peers do not take it", () => {
    const { picker, hasPieces, prove } = newPicker({ pieces: 2, blocksEach: 1 });
    hasPieces(B, [0]);
    prove(B);
    hasPieces(A, [1]);
    const [block] = picker.pick(A, 1, NOW) as [Block];
    picker.blockArrived(A, block, NOW);
    picker.pieceChecked(block.piece, false);
    hasPieces(B, [1]);
    expect(picker.takeFromLate(millis(0))).toEqual([]);
    expect(picker.pick(A, 1, NOW)).toEqual([]);
    expect(picker.takeFromLate(millis(10_000))).toEqual([]);
    expect(picker.pick(A, 1, NOW)).toEqual([block]);
  });

  test("may come from anybody after storing it failed", () => {
    const { picker, hasAll } = spoilt();
    for (const block of picker.pick(C, 3, NOW)) picker.blockArrived(C, block, NOW);
    picker.peerLeft(C);
    picker.retry(piece(0));
    const next = 4 as LinkId;
    hasAll(next);
    expect(picker.pick(next, 9, NOW)).toHaveLength(3);
  });

  test("does not keep us from requesting the others", () => {
    const { picker, hasAll } = newPicker({ pieces: 2, blocksEach: 1 });
    hasAll(A);
    const [block] = picker.pick(A, 1, NOW);
    picker.blockArrived(A, block as Block, NOW);
    picker.pieceChecked(block?.piece ?? piece(0), false);
    expect(piecesOf(picker.pick(A, 9, NOW))).toHaveLength(2);
  });
});

/** What the picker must know, kept in the plainest way. */
class Model {
  readonly has = new Map<LinkId, Set<number>>();
  readonly asked = new Map<string, Set<LinkId>>();
  /** With their senders. */
  readonly blocksHeld = new Map<string, LinkId>();
  readonly begun = new Set<number>();
  readonly piecesHeld: Set<number>;
  readonly suspects = new Set<number>();
  /** They keep us waiting. */
  readonly idle = new Set<LinkId>();
  /** They sent blocks of good pieces. */
  readonly proven = new Set<LinkId>();
  now = 0;
  readonly layout: Layout;
  readonly wanted: ReadonlySet<number>;

  constructor(layout: Layout, wanted: ReadonlySet<number>, held: Iterable<number>) {
    this.layout = layout;
    this.wanted = wanted;
    this.piecesHeld = new Set(held);
  }

  blocks(index: number): Block[] {
    const count = this.layout.blockCount(piece(index));
    return Array.from({ length: count }, (_, at) => this.layout.block(piece(index), at));
  }

  askedOf(block: Block): Set<LinkId> {
    const key = keyOf(block);
    const links = this.asked.get(key) ?? new Set<LinkId>();
    this.asked.set(key, links);
    return links;
  }

  isFull(index: number): boolean {
    return this.begun.has(index) && this.blocks(index).every((block) => this.blocksHeld.has(keyOf(block)));
  }

  /** How many peers were asked for a block, as far as they matter to this peer. */
  copies(link: LinkId, askedOf: ReadonlySet<LinkId>): number {
    const gives = (each: LinkId): boolean => this.proven.has(each) && !this.idle.has(each);
    return gives(link) ? [...askedOf].filter(gives).length : askedOf.size;
  }

  askedBy(link: LinkId): Block[] {
    return [...this.begun].flatMap((index) =>
      this.blocks(index).filter((block) => this.askedOf(block).has(link)),
    );
  }

  /** We have requested every missing block. */
  get isEndGame(): boolean {
    return [...this.wanted].every(
      (index) =>
        this.piecesHeld.has(index) ||
        this.blocks(index).every(
          (block) => this.blocksHeld.has(keyOf(block)) || this.askedOf(block).size > 0,
        ),
    );
  }

  forget(index: number): void {
    for (const block of this.blocks(index)) {
      this.blocksHeld.delete(keyOf(block));
      this.asked.delete(keyOf(block));
    }
  }
}

const keyOf = ({ piece: index, begin }: Block): string => `${index}:${begin}`;

const WEIGHTS = {
  join: 2,
  has: 2,
  pick: 6,
  arrive: 3,
  deliver: 4,
  unasked: 1,
  reject: 1,
  choke: 1,
  leave: 1,
  ban: 1,
  good: 2,
  bad: 3,
  retry: 1,
  lose: 1,
  find: 1,
  idle: 1,
  late: 1,
} as const;
const operation = fc.record({
  type: fc.oneof(
    ...Object.entries(WEIGHTS).map(([type, weight]) => ({
      weight,
      arbitrary: fc.constant(type as keyof typeof WEIGHTS),
    })),
  ),
  link: fc.integer({ min: 1, max: 4 }),
  index: fc.nat(6),
  count: fc.nat(9),
});

type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

const setups = fc.record({
  lastBytes: fc.integer({ min: 1, max: 40_000 }),
  wanted: fc.uniqueArray(fc.nat(6), { minLength: 1 }),
  held: fc.uniqueArray(fc.nat(6)),
  openPieces: fc.integer({ min: 1, max: 7 }),
  endGameCopies: fc.integer({ min: 1, max: 3 }),
  randomPieces: fc.nat(2),
  seed: fc.nat(),
});

test("whatever peers do, every block is wanted, requested or held, and in the end we can get everything", () => {
  fc.assert(
    fc.property(
      setups,
      fc.array(operation, { minLength: 20, maxLength: 120, size: "max" }),
      (setup, operations) => {
        const layout = new Layout(6 * 40_000 + setup.lastBytes, 40_000); // Three blocks each, the last shorter.
        const model = new Model(layout, new Set(setup.wanted), setup.held);
        const limits = {
          ...LIMITS,
          openPiecesBytes: setup.openPieces * 40_000,
          endGameCopies: setup.endGameCopies,
          randomPieces: setup.randomPieces,
        };
        const picker = new PiecePicker(
          layout,
          bits(7, setup.held),
          bits(7, setup.wanted),
          limits,
          seededRandom(setup.seed),
          {
            dropped: (index) => {
              const isLeft = picker.availability(index) === 0 || model.piecesHeld.has(index);
              must(isLeft, "only orphans, and pieces that turn up in the storage, are dropped");
              model.forget(index);
              model.begun.delete(index);
              model.suspects.delete(index);
            },
            isServing: (link) => !model.idle.has(link),
            withdrawn: () => {},
          },
        );
        for (const each of operations) {
          carryOut(picker, model, limits, each);
          checkAgainst(picker, model);
        }
        finish(picker, model);
      },
    ),
    { numRuns: 400 },
  );
});

function carryOut(
  picker: PiecePicker,
  model: Model,
  limits: PickerLimits,
  { type, link: id, index, count }: Operation,
): void {
  const link = id as LinkId;
  const asked = model.askedBy(link);
  const block = asked[count % Math.max(1, asked.length)];
  const full = [...model.begun].filter((each) => model.isFull(each));
  const [checked] = full;
  switch (type) {
    case "join":
    case "has":
      for (const each of type === "join" ? [0, 1, 2, 3, 4, 5, 6] : [index]) {
        picker.peerHas(link, piece(each));
        model.has.set(link, (model.has.get(link) ?? new Set()).add(each));
      }
      return;
    case "pick":
      return pick(picker, model, limits, link, count);
    case "arrive":
      if (block !== undefined) arrive(picker, model, link, block);
      return;
    case "deliver":
      for (const each of asked) arrive(picker, model, link, each);
      return;
    case "unasked":
      return arrive(picker, model, link, model.blocks(index)[count % 3] ?? model.layout.block(piece(0), 0));
    case "reject":
      if (block === undefined) return;
      picker.release(link, block);
      picker.peerLacks(link, block.piece);
      model.askedOf(block).delete(link);
      model.has.get(link)?.delete(block.piece);
      return startOver(picker, model, block.piece);
    case "choke":
    case "leave":
    case "ban":
      if (type === "ban") ban(picker, model, link);
      if (type === "choke") picker.releaseAll(link);
      else picker.peerLeft(link);
      if (type !== "choke") model.has.delete(link);
      if (type !== "choke") model.proven.delete(link);
      for (const each of asked) model.askedOf(each).delete(link);
      for (const each of model.suspects) startOver(picker, model, each);
      return;
    case "good":
      if (checked === undefined) return;
      for (const sender of picker.senders(piece(checked)))
        if (sender !== undefined && model.has.has(sender)) model.proven.add(sender);
      picker.pieceChecked(piece(checked), true);
      model.forget(checked);
      model.begun.delete(checked);
      model.suspects.delete(checked);
      model.piecesHeld.add(checked);
      return;
    case "bad":
    case "retry":
      if (checked === undefined) return;
      must(!picker.senders(piece(checked)).includes(undefined), "every block of a full piece has a sender");
      if (type === "bad") picker.pieceChecked(piece(checked), false);
      else picker.retry(piece(checked));
      if (type === "bad") model.suspects.add(checked);
      return model.forget(checked);
    case "lose":
      if (!model.piecesHeld.delete(index)) return;
      return void picker.pieceLost(piece(index));
    case "find":
      if (model.begun.has(index) && model.isFull(index)) return;
      model.piecesHeld.add(index);
      return void picker.pieceFound(piece(index));
    case "idle":
      if (!model.idle.delete(link)) model.idle.add(link);
      return;
    case "late":
      model.now += 6_000;
      for (const late of picker.takeFromLate(millis(model.now))) startOver(picker, model, late.piece);
      return;
    default:
  }
}

/** We keep nothing it sent, except what is being checked. */
function ban(picker: PiecePicker, model: Model, link: LinkId): void {
  for (const index of model.begun) {
    if (model.isFull(index)) continue;
    for (const block of model.blocks(index))
      if (model.blocksHeld.get(keyOf(block)) === link) model.blocksHeld.delete(keyOf(block));
  }
  picker.disbelieve(link);
}

/** A suspect piece starts over once the one peer asked for it cannot send it: the picker says whether. */
function startOver(picker: PiecePicker, model: Model, index: number): void {
  if (!model.suspects.has(index) || model.isFull(index)) return;
  if (picker.senders(piece(index)).every((sender) => sender === undefined)) {
    for (const block of model.blocks(index)) model.blocksHeld.delete(keyOf(block));
    for (const block of model.blocks(index))
      if (picker.othersAsked(0 as LinkId, block).length === 0) model.asked.delete(keyOf(block));
  }
}

function pick(picker: PiecePicker, model: Model, limits: PickerLimits, link: LinkId, count: number): void {
  const has = model.has.get(link);
  const picked = picker.pick(link, count, millis(model.now));
  must(picked.length <= count, "no more than was wished");
  for (const block of picked) {
    const askedOf = model.askedOf(block);
    must(has?.has(block.piece) === true, "the peer has it");
    must(model.wanted.has(block.piece), "it is selected");
    must(!model.piecesHeld.has(block.piece), "the piece is missing");
    must(!model.blocksHeld.has(keyOf(block)), "the block is missing");
    must(!askedOf.has(link), "it was not asked for it");
    if (askedOf.size > 0) {
      must(model.isEndGame, "several are asked in the end-game only");
      must(model.copies(link, askedOf) < limits.endGameCopies, "not too many are asked");
      must(!model.suspects.has(block.piece), "suspects have no end-game");
    }
    askedOf.add(link);
    model.begun.add(block.piece);
    if (model.suspects.has(block.piece)) {
      const askers = model.blocks(block.piece).flatMap((each) => [...model.askedOf(each)]);
      must(new Set(askers).size === 1, "a suspect comes from one peer alone");
    }
  }
  if (picked.length < count) expectNothingLeft(model, link);
  must(model.begun.size === 1 || model.begun.size * 40_000 <= limits.openPiecesBytes, "few pieces are begun");
}

/** The peer got fewer requests than it might have: because there is nothing more to ask it for. */
function expectNothingLeft(model: Model, link: LinkId): void {
  const has = model.has.get(link) ?? new Set();
  for (const index of model.begun) {
    if (!has.has(index) || model.suspects.has(index)) continue;
    for (const block of model.blocks(index)) {
      const askedOf = model.askedOf(block);
      if (model.blocksHeld.has(keyOf(block)) || askedOf.has(link)) continue;
      must(askedOf.size > 0, "nothing that is wanted is left over");
    }
  }
}

function arrive(picker: PiecePicker, model: Model, link: LinkId, block: Block): void {
  const isOpen = model.begun.has(block.piece) && !model.blocksHeld.has(keyOf(block));
  const others = picker.othersAsked(link, block);
  must(
    same(
      others,
      [...model.askedOf(block)].filter((each) => each !== link),
    ),
    "who else was asked is known",
  );
  const arrival = picker.blockArrived(link, block, millis(model.now));
  if (arrival === "notWanted") {
    must(!isOpen || model.suspects.has(block.piece), "what is missing is taken");
    model.askedOf(block).delete(link);
    if (isOpen) picker.release(link, block);
    return;
  }
  must(isOpen, "only what is missing is taken");
  model.blocksHeld.set(keyOf(block), link);
  model.asked.delete(keyOf(block));
  must((arrival === "pieceFull") === model.isFull(block.piece), "a full piece is noticed");
}

function checkAgainst(picker: PiecePicker, model: Model): void {
  must(
    picker.isComplete === [...model.wanted].every((index) => model.piecesHeld.has(index)),
    "the end is noticed",
  );
  for (let index = 0; index < 7; index++) {
    const holders = [...model.has.values()].filter((has) => has.has(index));
    must(picker.availability(piece(index)) === holders.length, "holders are counted");
    for (const block of model.begun.has(index) ? model.blocks(index) : [])
      must(same(picker.othersAsked(0 as LinkId, block), [...model.askedOf(block)]), "who was asked is known");
  }
  for (const link of [1, 2, 3, 4] as LinkId[]) {
    const asked = model.askedBy(link).map(keyOf).sort();
    const requests = [...picker.requestsTo(link).values()].map(({ block }) => keyOf(block)).sort();
    must(asked.join() === requests.join(), "what a link was asked for is known from both ends");
  }
  for (const [link, has] of model.has) {
    const isInteresting = [...has].some((index) => model.wanted.has(index) && !model.piecesHeld.has(index));
    must(picker.isInteresting(link) === isInteresting, "who is interesting is known");
  }
}

/** Everybody leaves and a peer with everything comes: it can send all that is missing. */
function finish(picker: PiecePicker, model: Model): void {
  for (const link of [...model.has.keys(), 1, 2, 3, 4] as LinkId[]) picker.peerLeft(link);
  for (const index of [...model.begun]) if (model.isFull(index)) picker.pieceChecked(piece(index), true);
  const saviour = 9 as LinkId;
  for (let index = 0; index < 7; index++) picker.peerHas(saviour, piece(index));
  for (let round = 0; round < 50 && !picker.isComplete; round++) {
    for (const block of picker.pick(saviour, 5, NOW))
      if (picker.blockArrived(saviour, block, NOW) === "pieceFull") picker.pieceChecked(block.piece, true);
  }
  must(picker.isComplete, "everything can be had in the end");
}

function same(left: readonly LinkId[], right: readonly LinkId[]): boolean {
  return left.length === right.length && left.every((link) => right.includes(link));
}

/** Plain, because it is asked a million times. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}

test("requests to a peer are known with their time, the oldest first, until they end", () => {
  const { picker, hasAll } = newPicker();
  hasAll(A);
  const [first, second] = [...picker.pick(A, 1, millis(10)), ...picker.pick(A, 1, millis(20))];
  expect([...picker.requestsTo(A).values()]).toEqual([
    { block: first, at: 10 },
    { block: second, at: 20 },
  ]);
  expect(picker.requestTo(A, second?.piece ?? -1, second?.begin ?? -1)?.at).toBe(20);
  expect(picker.requestTo(A, 99, 7)).toBeUndefined();
  expect(
    picker.requestTo(A, (second?.piece ?? 0) - 1, 2 * BLOCK_BYTES + (second?.begin ?? 0)),
  ).toBeUndefined();
  picker.blockArrived(A, first as Block, NOW);
  picker.release(A, second as Block);
  expect(picker.requestsTo(A).size).toBe(0);
  expect(picker.requestTo(B, 0, 0)).toBeUndefined();
});

test("the session hears of the requests that a failed piece takes back: the peer may still answer them", () => {
  const { picker, withdrawn, hasAll } = newPicker({ pieces: 1, blocksEach: 3 });
  hasAll(A);
  for (const block of picker.pick(A, 3, NOW)) picker.blockArrived(A, block, NOW);
  picker.pieceChecked(piece(0), false);
  hasAll(B);
  picker.peerLeft(A);
  const [rejected, ...others] = picker.pick(B, 3, NOW);
  hasAll(C);
  picker.release(B, rejected as Block);
  expect(withdrawn).toEqual([]);
  picker.peerLacks(B, piece(0));
  expect(withdrawn).toEqual(others.map((block) => [B, block]));
  expect(picker.requestsTo(B).size).toBe(0);
});

test("a piece that a peer rejected counts as its own again once it says so", () => {
  const { picker, hasPieces } = newPicker();
  hasPieces(A, [1]);
  expect(picker.peerLacks(A, piece(1))).toBe(true);
  expect([picker.availability(piece(1)), picker.isInteresting(A)]).toEqual([0, false]);
  expect(picker.piecesOf(A)?.has(1)).toBe(true);
  expect(picker.pick(A, 2, NOW)).toEqual([]);
  picker.peerHasThese(A, bits(4, [1]));
  expect([picker.availability(piece(1)), picker.isInteresting(A)]).toEqual([1, true]);
  expect(picker.peerHas(A, piece(1))).toBe(false);
});
