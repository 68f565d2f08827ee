import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import type { SwarmSummary } from "../../core/swarm-store.ts";
import { testInfoHash } from "../../core/tracker.test-support.ts";
import { MAX_CENSUS_AGE_MILLIS, MAX_LARGEST_SWARMS } from "../../limits/operation.ts";
import { CensusTaker } from "./census.ts";

const swarm = (seeders: number, leechers: number): SwarmSummary => ({
  infoHash: testInfoHash(1),
  ...{ seeders, leechers, sockets: seeders, addresses: leechers },
});

const takerOf = (swarms: readonly SwarmSummary[]): CensusTaker =>
  new CensusTaker({ summaries: () => swarms }, () => millis(performance.now()));

test("a census adds up all swarms and lists the largest first", async () => {
  const swarms = [swarm(0, 1), swarm(2, 2), swarm(1, 0), swarm(9, 0)];
  expect(await takerOf(swarms).take()).toEqual({
    ...{ swarms: 4, seeders: 12, leechers: 3, sockets: 12, addresses: 3 },
    largest: [swarm(9, 0), swarm(2, 2), swarm(0, 1), swarm(1, 0)],
  });
});

test("of very many swarms only the largest are listed, and other work goes on meanwhile", async () => {
  const swarms = Array.from({ length: 100_000 }, (_, at) => swarm(at % 5_003, 0));
  const sizes = swarms.map(({ seeders }) => seeders).sort((left, right) => right - left);
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    timer = setImmediate(turn);
  };
  let timer = setImmediate(turn);
  const { largest } = await takerOf(swarms).take();
  clearImmediate(timer);
  expect(largest.map(({ seeders }) => seeders)).toEqual(sizes.slice(0, MAX_LARGEST_SWARMS));
  expect(turns).toBeGreaterThan(10);
});

test("whoever asks soon after gets the same census", async () => {
  let now = 0;
  let looks = 0;
  const summaries = () => {
    looks += 1;
    return [];
  };
  const taker = new CensusTaker({ summaries }, () => millis(now));
  await Promise.all([taker.take(), taker.take()]);
  now = MAX_CENSUS_AGE_MILLIS - 1;
  await taker.take();
  expect(looks).toBe(1);
  now = MAX_CENSUS_AGE_MILLIS;
  await taker.take();
  expect(looks).toBe(2);
});
