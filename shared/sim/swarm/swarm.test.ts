import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG } from "../../session/config.ts";
import { ATTACKS, CLOSED_FOR } from "./attack.ts";
import { drawSetup } from "./draw-setup.ts";
import { FAULT_NAMES, type FaultName } from "./fault-rates.ts";
import { INTRODUCER_ATTACKS } from "./hostile-introducer.ts";
import { figuresOf, type Outcome } from "./outcome.ts";
import { isMet } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { leechers, type SwarmSetup, seeders, swarmOf } from "./setup.ts";
import { Swarm } from "./swarm.ts";

/** How many fresh seeds each run draws. */
const FRESH_SEEDS = 200;

/** Seeds that failed once, and why. */
const REGRESSIONS: readonly (readonly [why: string, seed: number])[] = [
  ["more offers of our own than their share let others' exceed the links", 13],
  ["a peer that broke the rules right after a block was told more", 82],
];

async function run(setup: SwarmSetup): Promise<Swarm> {
  const swarm = new Swarm(setup);
  await swarm.run();
  return swarm;
}

/** Everybody who can complete has, and its storage holds exactly what it says. */
function expectComplete(swarm: Swarm): void {
  for (const { isHonest, isGone, record } of swarm.peers)
    if (isHonest && !isGone) expect(record.has.isFull, record.name).toBe(true);
  expect(swarm.peers.flatMap((peer) => peer.falselyHeld())).toEqual([]);
}

test("the same seed gives the same run, event for event, and another seed another one", async () => {
  const hash = async (seed: number): Promise<string> => (await run(drawSetup(seed))).outcome().hash;
  expect(await hash(4)).toBe(await hash(4));
  expect(await hash(5)).not.toBe(await hash(4));
});

test.each(REGRESSIONS)("%s (seed %i)", async (_, seed) => {
  expectComplete(await run(drawSetup(seed)));
});

test("everybody completes whatever goes wrong, with fresh seeds", async () => {
  const first = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const count = process.env["SEED"] === undefined ? FRESH_SEEDS : 1;
  console.log(`seeds ${first} to ${first + count - 1}`);
  for (let seed = first; seed < first + count; seed++) {
    const repeat = `Repeat it with: tabswarm simulate --scenario random --seed ${seed}`;
    try {
      expectComplete(await run(drawSetup(seed)));
    } catch (cause) {
      throw new Error(`seed ${seed} failed. ${repeat}`, { cause });
    }
  }
}, 600_000); // Ten seconds on a quiet machine.

describe("a dozen small swarms, each with one thing that goes wrong", () => {
  test.each([...FAULT_NAMES])("%s", async (name: FaultName) => {
    const faults = { ...swarmOf([]).faults, [name]: 30, untilMillis: 20_000 };
    const swarm = await run(
      swarmOf([seeders(1), leechers(6, { upBytesPerSecond: 200_000 })], { pieces: 40, faults }),
    );
    expectComplete(swarm);
    expect(swarm.faultsSeen.get(name)).toBeGreaterThan(0);
  });

  test("two peers behind strict routers meet through a third", async () => {
    const strict = leechers(4, { name: "strict leecher", isStrict: true });
    expectComplete(await run(swarmOf([seeders(1), leechers(1), strict], { pieces: 20 })));
  });
});

test("optimistic slots reach everyone equally", async () => {
  const scenario = SCENARIOS.find(({ name }) => name === "optimistic");
  const [setup] = scenario?.setups(1) ?? [];
  if (scenario?.forMillis === undefined || setup === undefined) throw new Error("there is no such scenario");
  const swarm = new Swarm(setup);
  await swarm.run(scenario.forMillis);
  expect(scenario.measures(swarm.outcome(), []).filter((measure) => !isMet(measure))).toEqual([]);
});

/** Those with a hundred peers or more take too long for each run of the tests, and `random` has tests of its own. */
const SMALL_SCENARIOS = SCENARIOS.filter(
  ({ name, setups }) => name !== "random" && peersOf(setups(1)[0]) < 50,
);

function peersOf({ groups }: SwarmSetup): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

test.each(SMALL_SCENARIOS.map(({ name }) => name))(
  "scenario %s runs, and its figures have values",
  async (name) => {
    const scenario = SCENARIOS.find((each) => each.name === name);
    const outcomes: Outcome[] = [];
    for (const setup of scenario?.setups(1) ?? []) {
      const swarm = new Swarm({ ...setup, pieces: Math.min(setup.pieces, 32) });
      await swarm.run(scenario?.forMillis);
      if (scenario?.forMillis === undefined) expectComplete(swarm);
      outcomes.push(swarm.outcome());
    }
    const [outcome, ...others] = outcomes;
    const measures = (outcome && scenario?.measures(outcome, others)) ?? [];
    expect(measures.length).toBeGreaterThan(0);
    expect(measures.filter(({ value }) => value === undefined || Number.isNaN(value))).toEqual([]);
  },
);

test.each([
  ["ten", 200],
  ["first-copy", 256],
  ["fast-seeder", 500],
  ["twenty-limited", 256],
  ["seeder-leaves", 60],
  ["poisoners", 200], // The bars of these are for as many.
  ["end-game", 100],
  ["dead-peer", 300],
  ["free-rider", 500],
  ["reciprocity", 500],
] as const)("scenario %s meets its bars with %i pieces", async (name, pieces) => {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error("there is no such scenario");
  const outcomes: Outcome[] = [];
  for (const setup of scenario.setups(1)) outcomes.push((await run({ ...setup, pieces })).outcome());
  const [outcome, ...others] = outcomes as [Outcome, ...Outcome[]];
  expect(scenario.measures(outcome, others).filter((measure) => !isMet(measure))).toEqual([]);
});

test("a crowd that arrives at once meets with few connections, and hangs together", async () => {
  const scenario = SCENARIOS.find(({ name }) => name === "flash-crowd");
  const [setup] = scenario?.setups(1) ?? [];
  if (scenario === undefined || setup === undefined) throw new Error("there is no such scenario");
  const swarm = new Swarm(setup);
  await swarm.run(10_000);
  expect(scenario.measures(swarm.outcome(), []).filter((measure) => !isMet(measure))).toEqual([]);
});

test("one link over WebRTC fills the line to a far peer", async () => {
  const scenario = SCENARIOS.find(({ name }) => name === "far-peer");
  const [overRtc] = scenario?.setups(1) ?? [];
  if (scenario === undefined || overRtc === undefined) throw new Error("there is no such scenario");
  const [share] = scenario.measures((await run(overRtc)).outcome(), []);
  expect(share).toMatchObject({ what: "of the line, over WebRTC" });
  expect(share && isMet(share), `${share?.value}`).toBe(true);
});

test("newcomers that know one member each complete and meet others, though the tracker has gone", async () => {
  const groups = [
    seeders(1),
    leechers(2),
    leechers(17, { name: "newcomer", comesAtMillis: 3_000, comesWithinMillis: 10_000 }),
  ];
  const setup = swarmOf(groups, { pieces: 100, trackerDiesAtMillis: 3_000 });
  const swarm = await run(setup);
  expectComplete(swarm);
  const figures = figuresOf(swarm.outcome());
  expect(figures.connectionsPerLink).toBeLessThan(1.5);
  const alone = await run({
    ...setup,
    groups: groups.map((group) => ({ ...group, introduces: false })),
  });
  const linksOf = ({ peers }: Swarm): number =>
    peers.reduce((sum, { record }) => sum + record.linksOpened, 0);
  expect(linksOf(swarm)).toBeGreaterThan(3 * linksOf(alone));
});

test("honest peers complete though a third of all are hostile introducers, and the tracker has gone", async () => {
  const hostile = INTRODUCER_ATTACKS.map((attack) => leechers(1, { name: attack, attack }));
  const swarm = await run(
    swarmOf([seeders(1), leechers(9), ...hostile], { pieces: 60, trackerDiesAtMillis: 5_000 }),
  );
  expectComplete(swarm);
});

test.each([...ATTACKS])("everybody completes beside a peer that attacks by %s", async (attack) => {
  const newcomers = leechers(3, { upBytesPerSecond: 150_000, knowsMetadata: attack !== "badMetadata" });
  const attacker = leechers(1, { attack, upBytesPerSecond: 5_000_000, comesWithinMillis: 0 });
  const swarm = await run(
    swarmOf([attacker, seeders(1, { upBytesPerSecond: 150_000 }), newcomers], { pieces: 30 }),
  );
  expectComplete(swarm);
  if (attack === "slowHandshake") await swarm.world.pass(DEFAULT_CONFIG.handshakeMillis);
  const [hostile] = swarm.outcome().peers;
  const reason = CLOSED_FOR[attack];
  if (reason !== undefined) expect(hostile?.closedFor[reason]).toBeGreaterThan(0);
  expect(swarm.outcome().mostQueuedBytes).toBeLessThan(5 * 2 ** 20);
});

test("nobody beats the bounds", async () => {
  for (const count of [1, 2, 5, 12]) {
    const swarm = await run(swarmOf([seeders(1), leechers(count)], { pieces: 40 }));
    const { lastSeconds } = figuresOf(swarm.outcome());
    const { bounds } = swarm.outcome();
    expect(lastSeconds).toBeGreaterThan(bounds.fluid);
    expect(lastSeconds).toBeGreaterThan(bounds.pieces ?? 0);
  }
});

test("a swarm that cannot complete is found out", async () => {
  const setup = swarmOf([leechers(2)], { pieces: 4 });
  await expect(run(setup)).rejects.toThrow("2 peers do not complete");
});
