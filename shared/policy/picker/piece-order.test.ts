import fc from "fast-check";
import { expect, test } from "vitest";
import { Bitfield } from "../../base/bitfield.ts";
import type { PieceIndex } from "../../base/ids.ts";
import { seededRandom } from "../../base/random.ts";
import { PieceCounts } from "./piece-counts.ts";
import { PieceOrder } from "./piece-order.ts";

const PIECES = 24;

const all = (): PieceIndex[] => Array.from({ length: PIECES }, (_, at) => at as PieceIndex);

function newOrder(seed = 1) {
  const counts = new PieceCounts(PIECES);
  const order = new PieceOrder(all(), PIECES, counts, seededRandom(seed));
  const setCount = (piece: number, count: number): void => {
    const at = piece as PieceIndex;
    while (counts.of(at) !== count) counts.change(at, counts.of(at) < count ? 1 : -1);
    order.countChanged(at);
  };
  return { counts, order, setCount };
}

function bits(pieces: Iterable<number>): Bitfield {
  const field = new Bitfield(PIECES);
  for (const piece of pieces) field.set(piece);
  return field;
}

const operation = fc.record({
  type: fc.constantFrom("count", "take", "takeAny", "add", "remove", "share"),
  piece: fc.nat(PIECES - 1),
  count: fc.nat(4),
  has: fc.uniqueArray(fc.nat(PIECES - 1)),
});

test("it takes the rarest of those that a peer has, whatever happens to counts and pieces", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200, size: "max" }), fc.nat(), (operations, seed) => {
      const { counts, order, setCount } = newOrder(seed);
      const left = new Set<PieceIndex>(all());
      for (const { type, piece: index, count, has } of operations) {
        const piece = index as PieceIndex;
        if (type === "count") setCount(piece, count);
        if (type === "share") order.shareWith(count % 2, count + 1);
        if (type === "add") {
          order.add(piece);
          left.add(piece);
        }
        if (type === "remove") {
          order.remove(piece);
          left.delete(piece);
        }
        if (type === "take" || type === "takeAny") {
          const offered = has.filter(
            (each) => left.has(each as PieceIndex) && counts.of(each as PieceIndex) > 0,
          );
          const taken = order.take(bits(offered), type === "takeAny");
          expect(taken === undefined).toBe(offered.length === 0);
          if (taken === undefined) continue;
          expect(offered).toContain(taken);
          const fewest = Math.min(...offered.map((each) => counts.of(each as PieceIndex)));
          if (type === "take") expect(counts.of(taken)).toBe(fewest);
          left.delete(taken);
        }
        expect(order.isEmpty).toBe(left.size === 0);
      }
    }),
  );
});

test("pieces that are equally rare come in an order that differs from peer to peer", () => {
  const firsts = Array.from({ length: 20 }, (_, seed) => {
    const { order, setCount } = newOrder(seed);
    for (const piece of all()) setCount(piece, 3);
    return order.take(Bitfield.full(PIECES), false);
  });
  expect(new Set(firsts).size).toBeGreaterThan(5);
});

test("of pieces that one peer has, our share comes first, also once the leechers are others", () => {
  const taken = (place: number, leechers: number): Set<number> => {
    const { order, setCount } = newOrder();
    order.shareWith(1, 2);
    for (const piece of all()) setCount(piece, 1);
    order.shareWith(place, leechers);
    return new Set(Array.from({ length: 6 }, () => order.take(Bitfield.full(PIECES), false) ?? -1));
  };
  expect([...taken(0, 2)].filter((piece) => taken(1, 2).has(piece))).toEqual([]);
});
