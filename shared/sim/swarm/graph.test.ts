import { expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { Graph, type Pair } from "./graph.ts";

/** Peers 10 to 19 in a row. */
const ROW = Array.from({ length: 9 }, (_, at): Pair => [10 + at, 11 + at]);
const TEN = Array.from({ length: 10 }, (_, at) => 10 + at);

test("a row is as long as it has links", () => {
  const graph = new Graph(TEN, ROW);
  expect([graph.diameter, graph.connectedShare]).toEqual([9, 1]);
  expect(graph.degrees).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
  expect(graph.links).toEqual(ROW);
});

test("one link more makes it a ring, and shorter", () => {
  expect(new Graph(TEN, [...ROW, [19, 10]]).diameter).toBe(5);
});

test("a second link between the same peers, a link to oneself and a link to somebody else do not count", () => {
  const graph = new Graph(TEN, [...ROW, [11, 10], [12, 12], [13, 99]]);
  expect(graph.links).toEqual(ROW);
});

test("without one in the middle it falls into parts", () => {
  const parts = new Graph(TEN, ROW).without(new Set([14]));
  expect([parts.connectedShare, parts.diameter]).toEqual([5 / 9, Number.POSITIVE_INFINITY]);
});

test("a peer without links is a part of its own", () => {
  const graph = new Graph([...TEN, 30], ROW);
  expect([graph.connectedShare, graph.diameter]).toEqual([10 / 11, Number.POSITIVE_INFINITY]);
});

test("nobody and one alone are connected", () => {
  for (const peers of [[], [7]]) {
    const graph = new Graph(peers, []);
    expect([graph.connectedShare, graph.diameter]).toEqual([1, 0]);
  }
});

test("a third goes by chance, and the links of the others stay", () => {
  const everybody = TEN.flatMap((one) =>
    TEN.filter((other) => one < other).map((other): Pair => [one, other]),
  );
  const graph = new Graph(TEN, everybody);
  const left = [1, 2].map((seed) => graph.thinned(1 / 3, seededRandom(seed)));
  for (const { peers, degrees } of left) {
    expect(peers).toHaveLength(7);
    expect(new Set(degrees)).toEqual(new Set([6]));
  }
  expect(left[0]?.peers).not.toEqual(left[1]?.peers);
});
