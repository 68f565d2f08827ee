import { expect, test } from "vitest";
import type { End } from "./end.ts";
import { Wires } from "./party.test-support.ts";

const BLOCK = new Uint8Array(16_384);

test("bytes take as long as the line's upload needs, and then the path", async () => {
  const wires = new Wires();
  const there = wires.party();
  const from = wires.end(wires.party(), wires.line({ upBytesPerSecond: 16_384 }));
  await wires.linked(from, wires.end(there));
  const start = wires.scheduler.now;
  wires.network.send(from, BLOCK);
  wires.network.send(from, BLOCK);
  await wires.scheduler.pass(3_000);
  expect(there.times("bytes").map((at) => at - start)).toEqual([1_010, 2_010]);
});

test("its links share the upload in turns, one block each", async () => {
  const wires = new Wires();
  const there = wires.party();
  const line = wires.line({ upBytesPerSecond: 16_384 });
  const ends = Array.from({ length: 3 }, () => wires.end(wires.party(), line));
  const others = ends.map(() => wires.end(there));
  for (const [at, end] of ends.entries()) await wires.linked(end, others[at] as End);
  for (const [at, end] of ends.entries())
    for (let block = 0; block < 3 - at; block++) wires.network.send(end, BLOCK);
  await wires.scheduler.pass(10_000);
  const links = there.heard.filter(({ what }) => what === "bytes").map(({ link }) => link);
  const [one, two, three] = others.map(({ link }) => link);
  expect(links).toEqual([one, one, two, three, one, two]); // The first block leaves before anybody else has one.
});

test("small messages of several links leave together", async () => {
  const wires = new Wires();
  const there = wires.party();
  const line = wires.line({ upBytesPerSecond: 1_000 });
  const ends = Array.from({ length: 4 }, () => wires.end(wires.party(), line));
  for (const end of ends) await wires.linked(end, wires.end(there));
  const start = wires.scheduler.now;
  for (const end of ends) wires.network.send(end, new Uint8Array(100));
  await wires.scheduler.pass(5_000);
  expect(there.times("bytes").map((at) => at - start)).toEqual([110, 410, 410, 410]);
});

test("all that arrives shares the download, in order of arrival", async () => {
  const wires = new Wires();
  const there = wires.party();
  const line = wires.line({ downBytesPerSecond: 16_384 });
  const froms = [wires.end(), wires.end()] as const;
  for (const from of froms) await wires.linked(from, wires.end(there, line));
  const start = wires.scheduler.now;
  for (const from of froms) wires.network.send(from, BLOCK);
  await wires.scheduler.pass(5_000);
  expect(there.times("bytes").map((at) => at - start)).toEqual([1_010, 2_010]);
});

test.each([
  ["rtc", 5 * 1024 * 1024],
  ["tcp", 4 * 1024 * 1024],
] as const)("a link over %s has at most %i bytes and a block under way", async (kind, window) => {
  const wires = new Wires();
  const there = wires.party();
  const from = wires.end(wires.party(), wires.line(), kind);
  await wires.linked(from, wires.end(there, wires.line({ downBytesPerSecond: 1 }), kind));
  for (let sent = 0; sent < 2 * window; sent += BLOCK.length) wires.network.send(from, BLOCK);
  await wires.scheduler.pass(1_000);
  expect(there.bytes).toEqual([]); // The first block takes hours.
  const left = 2 * window - from.queuedBytes;
  expect(left).toBeGreaterThanOrEqual(window);
  expect(left).toBeLessThanOrEqual(window + BLOCK.length);
});

test("a link whose other side takes nothing does not hold up the others", async () => {
  const wires = new Wires();
  const there = wires.party();
  const line = wires.line();
  const stuck = wires.end(wires.party(), line);
  const free = wires.end(wires.party(), line);
  await wires.linked(stuck, wires.end(wires.party(), wires.line({ downBytesPerSecond: 1 })));
  await wires.linked(free, wires.end(there));
  for (let at = 0; at < 128; at++) wires.network.send(stuck, BLOCK);
  wires.network.send(free, BLOCK);
  await wires.scheduler.pass(100);
  expect(there.times("bytes")).toHaveLength(1);
});
