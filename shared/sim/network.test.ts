import fc from "fast-check";
import { expect, test } from "vitest";
import type { End } from "./end.ts";
import { type RecordingParty, Wires } from "./party.test-support.ts";
import { Traffic } from "./traffic.ts";

const BLOCK = new Uint8Array(16_384);

interface Pair {
  readonly wires: Wires;
  readonly here: RecordingParty;
  readonly there: RecordingParty;
  readonly from: End;
  readonly to: End;
}

/** A link that is open, between two parties. */
async function pair(setup: ConstructorParameters<typeof Wires>[0] = {}): Promise<Pair> {
  const wires = new Wires(setup);
  const [here, there] = [wires.party(), wires.party()];
  const [from, to] = [wires.end(here), wires.end(there)];
  await wires.linked(from, to);
  return { wires, here, there, from, to };
}

test("an answered offer opens both ends after two round trips", async () => {
  const wires = new Wires();
  const [here, there] = [wires.party(), wires.party()];
  wires.network.connect(wires.end(here), wires.end(there));
  await wires.scheduler.pass(1_000);
  expect(here.heard.map(({ what, at }) => [what, at])).toEqual([
    ["answered", 0],
    ["opened", 40],
  ]);
  expect(there.heard.map(({ what, at }) => [what, at])).toEqual([["opened", 40]]);
});

test.each<[string, (wires: Wires, one: End, other: End) => void]>([
  [
    "both are behind strict routers",
    (_, one, other) => {
      one.line.isStrict = true;
      other.line.isStrict = true;
    },
  ],
  ["they are on different islands", (wires, one) => wires.network.moveTo(one.line, 1)],
  [
    "the path is to be lost",
    (wires) => {
      wires.network.pathsLost = 1;
    },
  ],
])("two ends find no path to each other when %s", async (_, prepare) => {
  const wires = new Wires();
  const [here, there] = [wires.party(), wires.party()];
  const [one, other] = [wires.end(here), wires.end(there)];
  prepare(wires, one, other);
  wires.network.connect(one, other);
  await wires.scheduler.pass(60_000);
  expect(here.heard.map(({ what }) => what)).toEqual(["answered"]);
  expect(there.heard).toEqual([]);
});

test("one strict router is no hindrance, and only as many paths are lost as were said", async () => {
  const wires = new Wires();
  wires.network.pathsLost = 1;
  const parties = [wires.party(), wires.party()] as const;
  for (const party of parties) {
    const [one, other] = [wires.end(party), wires.end()];
    one.line.isStrict = true;
    wires.network.connect(one, other);
  }
  await wires.scheduler.pass(1_000);
  expect(parties.map((party) => party.times("opened").length)).toEqual([0, 1]);
});

test("the delay of each link is drawn between the two, and stays", async () => {
  const wires = new Wires({ minDelayMillis: 20, maxDelayMillis: 30 });
  const there = wires.party();
  const delays: number[] = [];
  for (let at = 0; at < 50; at++) {
    const [from, to] = [wires.end(), wires.end(there)];
    await wires.linked(from, to);
    const start = wires.scheduler.now;
    wires.network.send(from, Uint8Array.of(1));
    await wires.scheduler.pass(100);
    const first = (there.times("bytes", to.link)[0] ?? 0) - start;
    expect(from.path?.delayMillis).toBe(first);
    delays.push(first);
  }
  expect(Math.min(...delays)).toBe(20);
  expect(Math.max(...delays)).toBe(30);
});

test.each([true, false])("bytes arrive whole and in order (streams are cut: %s)", async (splits) => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lengths, async (all) => {
      const { wires, there, from } = await pair({ splits });
      let next = 0;
      const said = all.map((length) => Uint8Array.from({ length }, () => next++ & 0xff));
      for (const bytes of said) wires.network.send(from, bytes);
      await wires.scheduler.pass(1_000);
      expect(Buffer.from(there.bytes).equals(Buffer.concat(said))).toBe(true);
      if (!splits) expect(there.times("bytes").length).toBeLessThanOrEqual(all.length);
    }),
    { numRuns: 10 },
  );
});

test("an end that closes hears nothing more, and the other hears of it after everything already sent", async () => {
  const { wires, here, there, from } = await pair();
  const start = wires.scheduler.now;
  wires.network.send(from, Uint8Array.of(1, 2));
  await wires.scheduler.pass(1);
  wires.network.close(from);
  wires.network.send(from, Uint8Array.of(3));
  await wires.scheduler.pass(1_000);
  expect(there.heard.slice(1).map(({ what, at }) => [what, at - start])).toEqual([
    ["bytes", 10],
    ["theyLeft", 11],
  ]);
  expect(here.heard.map(({ what }) => what)).toEqual(["opened"]);
  expect(wires.network.paths.size).toBe(0);
});

test("what a full download still holds arrives before the goodbye", async () => {
  const wires = new Wires();
  const there = wires.party();
  const from = wires.end();
  await wires.linked(from, wires.end(there, wires.line({ downBytesPerSecond: 16_384 })));
  wires.network.send(from, BLOCK);
  await wires.scheduler.pass(1);
  wires.network.close(from);
  await wires.scheduler.pass(2_000);
  expect(there.heard.slice(1).map(({ what }) => what)).toEqual(["bytes", "theyLeft"]);
});

test.each([
  ["early", 0, 10],
  ["so late that the news is still on its way", 35, 40],
])("an end that closes while the link opens, %s, leaves the other without a route", async (_, after, at) => {
  const wires = new Wires();
  const there = wires.party();
  const from = wires.end();
  const to = wires.end(there);
  wires.network.join(from, to);
  await wires.scheduler.pass(after);
  wires.network.close(from);
  await wires.scheduler.pass(1_000);
  expect(there.heard).toEqual([{ at, link: to.link, what: "noRoute" }]);
});

test("a path that breaks ends both ends", async () => {
  const { wires, here, there, from } = await pair();
  for (const path of [...wires.network.paths]) wires.network.breakPath(path);
  expect([here, there].map((party) => party.heard.at(-1)?.what)).toEqual(["theyLeft", "theyLeft"]);
  expect([from.state, wires.network.paths.size]).toEqual(["closed", 0]);
});

test("between islands links stand still, and what was sent arrives when they meet again", async () => {
  const { wires, here, there, from, to } = await pair();
  wires.network.moveTo(to.line, 1);
  wires.network.send(from, Uint8Array.of(1));
  await wires.scheduler.pass(100);
  wires.network.send(from, Uint8Array.of(2));
  await wires.scheduler.pass(20_000);
  expect(there.bytes).toEqual([]);
  wires.network.moveTo(to.line, 0);
  await wires.scheduler.pass(60_000);
  expect(there.bytes).toEqual([1, 2]);
  expect([...here.heard, ...there.heard].map(({ what }) => what)).not.toContain("theyLeft");
});

test("a goodbye waits for the path, too", async () => {
  const { wires, there, from, to } = await pair();
  wires.network.moveTo(to.line, 1);
  wires.network.close(from);
  await wires.scheduler.pass(20_000);
  expect(there.times("theyLeft")).toEqual([]);
  wires.network.moveTo(to.line, 0);
  await wires.scheduler.pass(100);
  expect(there.times("theyLeft")).toHaveLength(1);
});

test("a link that stands still for 30 s ends at both sides", async () => {
  const { wires, here, there, to } = await pair();
  const start = wires.scheduler.now;
  wires.network.moveTo(to.line, 1);
  await wires.scheduler.pass(29_999);
  expect(here.times("theyLeft")).toEqual([]);
  await wires.scheduler.pass(2);
  expect([here, there].map((party) => party.times("theyLeft"))).toEqual([[start + 30_000], [start + 30_000]]);
});

test("a second time apart begins the 30 s anew", async () => {
  const { wires, here, to } = await pair();
  for (const island of [1, 0, 1]) {
    wires.network.moveTo(to.line, island);
    await wires.scheduler.pass(20_000);
  }
  expect(here.times("theyLeft")).toEqual([]);
});

test("a party hears how much is queued once there is room", async () => {
  const wires = new Wires();
  const here = wires.party();
  const from = wires.end(here, wires.line({ upBytesPerSecond: 1_000_000 }));
  await wires.linked(from, wires.end());
  for (let at = 0; at < 20; at++) wires.network.send(from, BLOCK);
  await wires.scheduler.pass(10_000);
  const counts = here.heard.flatMap(({ what, count = 0 }) => (what === "drained" ? [count] : []));
  expect(counts[0]).toBeLessThanOrEqual(256 * 1024);
  expect(counts).toEqual([...counts].sort((one, other) => other - one));
  expect(wires.network.mostQueuedBytes).toBe(19 * BLOCK.length); // The first one leaves at once.
});

test("what moves is counted by the parties of both lines", async () => {
  const wires = new Wires();
  const traffic = new Traffic(3);
  wires.network.traffic = traffic;
  const [from, to] = [wires.end(), wires.end()];
  from.line.party = 1;
  to.line.party = 2;
  await wires.linked(from, to);
  wires.network.send(from, new Uint8Array(100_000));
  wires.network.send(to, new Uint8Array(7));
  await wires.scheduler.pass(1_000);
  expect([traffic.between(1, 2), traffic.between(2, 1), traffic.between(1, 1)]).toEqual([100_000, 7, 0]);
  traffic.completed(1);
  wires.network.send(from, new Uint8Array(1_000));
  await wires.scheduler.pass(1_000);
  traffic.completed(1);
  expect([traffic.between(1, 2), traffic.betweenAsLeecher(1, 2)]).toEqual([101_000, 100_000]);
  expect(traffic.betweenAsLeecher(2, 1)).toBe(7);
});

test("bytes that were only lent are overwritten where streams are cut", async () => {
  const { wires, there, from } = await pair({ splits: true });
  const lent: Uint8Array[] = [];
  there.bytesArrived = (_, bytes) => void lent.push(bytes);
  wires.network.send(from, Uint8Array.of(1, 2, 3));
  await wires.scheduler.pass(1_000);
  expect(lent.flatMap((bytes) => [...bytes])).toEqual(expect.not.arrayContaining([1, 2, 3]));
});
