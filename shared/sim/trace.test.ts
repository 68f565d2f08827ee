import { expect, test } from "vitest";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import { sampleTorrent } from "./sample-torrent.ts";
import { Trace } from "./trace.ts";

const { infoHash } = sampleTorrent({ files: [["film.bin", 1]] });

const send = (link: number, ...bytes: number[]): Effect => ({
  type: "send",
  link: link as LinkId,
  bytes: Uint8Array.from(bytes),
});
const read = (link: number): Effect => ({
  type: "readBlock",
  link: link as LinkId,
  infoHash,
  piece: 0 as PieceIndex,
  begin: 0,
  length: 1,
});
const close = (link: number): Effect => ({ type: "close", link: link as LinkId, reason: "silent" });

type Noted = readonly [now: number, node: number, effect: Effect];

function hashOf(...all: readonly Noted[]): string {
  const trace = new Trace();
  for (const each of all) trace.note(...each);
  return trace.hash;
}

/** More than is looked at of a message. */
const LONG = Array.from({ length: 40 }, (_, at) => at);

const RUN: readonly Noted[] = [
  [1, 1, send(1, ...LONG)],
  [2, 2, close(1)],
];

test("the same run has the same hash, of sixteen hex digits", () => {
  expect(hashOf(...RUN)).toBe(hashOf(...RUN));
  expect(hashOf(...RUN)).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf()).toMatch(/^[0-9a-f]{16}$/);
});

test.each<[string, Noted]>([
  ["sooner by a hundredth of a millisecond", [0.99, 1, send(1, ...LONG)]],
  ["at another node", [1, 3, send(1, ...LONG)]],
  ["on another link", [1, 1, send(2, ...LONG)]],
  ["with another first byte", [1, 1, send(1, 9, ...LONG.slice(1))]],
  ["with a byte more", [1, 1, send(1, ...LONG, 0)]],
])("a run with an order %s has another hash", (_, order) => {
  expect(hashOf(order, ...RUN.slice(1))).not.toBe(hashOf(...RUN));
});

test("so does a run with an order of another kind, one in another order, and one that ends sooner", () => {
  const others: readonly (readonly Noted[])[] = [
    [...RUN.slice(0, 1), [2, 2, read(1)]],
    [...RUN].reverse(),
    RUN.slice(0, 1),
  ];
  for (const other of others) expect(hashOf(...other)).not.toBe(hashOf(...RUN));
});
