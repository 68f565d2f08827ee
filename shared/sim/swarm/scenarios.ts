import { pieceLengthFor } from "../../meta/create.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "../../session/config.ts";
import { ATTACKS, type Attack, CLOSED_FOR } from "./attack.ts";
import { average, timeOf } from "./comparing.ts";
import { drawSetup } from "./draw-setup.ts";
import { FAIRNESS_SCENARIOS } from "./fairness-scenarios.ts";
import { INTRODUCING_SCENARIOS } from "./introducing-scenarios.ts";
import { MEETING_SCENARIOS } from "./meeting-scenarios.ts";
import { completedShare, downloaders, figuresOf, type Outcome, type PeerOutcome } from "./outcome.ts";
import { atLeast, atMost, type Measure, type Scenario, told } from "./scenario.ts";
import { leechers, type PeerGroup, type SwarmSetup, seeders, swarmOf } from "./setup.ts";
import { WATCHING_SCENARIO } from "./watching-scenario.ts";

/** As WebTorrent picks: any piece, and no seeder that knows it is the only one. */
const PICKS_ANYHOW: Partial<SessionConfig> = {
  picker: { ...DEFAULT_CONFIG.picker, randomPieces: Number.POSITIVE_INFINITY },
};

/** A fast line whose owner limits its upload. */
const LIMITED: Partial<PeerGroup> = {
  upBytesPerSecond: 50_000_000,
  rates: { up: 1_000_000, down: undefined },
};

/** What `docs/swarm.md` measures. */
export const SCENARIOS: readonly Scenario[] = [
  spreadTo("ten", 10, 500),
  spreadTo("hundred", 100, 500),
  spreadTo("thousand", 1_000, 500),
  {
    name: "random-picking",
    about:
      "100 leechers that pick any piece, from a seeder that does not know it is alone, as WebTorrent does",
    setups: (seed) => [
      swarmOf([seeders(1, { config: PICKS_ANYHOW }), leechers(100, { config: PICKS_ANYHOW })], {
        seed,
        pieces: 500,
        seedersMadeUp: 1,
      }),
    ],
    measures: (outcome) => distribution(outcome, false),
  },
  {
    name: "first-copy",
    about: "four leechers take the first copy from one seeder",
    setups: (seed) => [swarmOf([seeders(1), leechers(4)], { seed, pieces: 256 })],
    measures: (outcome) => [
      firstCopy(outcome, 1.05),
      told("copies in all", figuresOf(outcome).seederCopies, "times"),
    ],
  },
  {
    name: "fast-seeder",
    about: "a seeder ten times as fast as each of 20 leechers",
    setups: (seed) => [
      swarmOf([seeders(1, { upBytesPerSecond: 10_000_000 }), leechers(20)], { seed, pieces: 500 }),
    ],
    measures: (outcome) => {
      const { meanOfBound, lastOfBound, copiesForFirst } = figuresOf(outcome);
      return [
        atMost("last, of the fluid bound", lastOfBound, "times", 1.25),
        told("mean, of the fluid bound", meanOfBound, "times"),
        told("copies before every piece exists twice", copiesForFirst, "times"),
      ];
    },
  },
  {
    name: "fast-lines",
    about: "four leechers that upload faster than they download, and a seeder with such a line, over TCP",
    setups: (seed) => {
      const fast = { upBytesPerSecond: 100_000_000, downBytesPerSecond: 20_000_000 };
      const fields = { seed, meets: "tcp", pieces: 500, pieceBytes: 524_288 } as const;
      return [swarmOf([seeders(1, fast), leechers(4, fast)], fields)];
    },
    measures: (outcome) => {
      const { lastOfBound, seederCopies } = figuresOf(outcome);
      return [
        atMost("copies sent by the seeder", seederCopies, "times", 1.15),
        atMost("last, of the fluid bound", lastOfBound, "times", 1.25),
      ];
    },
  },
  {
    name: "twenty-limited",
    about: "16 MiB in pieces of the default length to 20 leechers, everybody's upload limited to 1 MB/s",
    setups: (seed) => [limitedTo(20, seed)],
    measures: limitedMeasures,
  },
  {
    name: "hundred-limited",
    about: "the same to 100 leechers",
    setups: (seed) => [limitedTo(100, seed)],
    measures: limitedMeasures,
  },
  {
    name: "seeder-leaves",
    about: "the seeder leaves once every piece is with one of 20 leechers",
    setups: (seed) => [swarmOf([seeders(1, { goes: "copied" }), leechers(20)], { seed, pieces: 100 })],
    measures: (outcome) => [atLeast("leechers that complete", completedShare(outcome), "share", 1)],
  },
  ...FAIRNESS_SCENARIOS,
  {
    name: "slow-peer",
    about: "nine fast leechers, and one at a hundredth of their speed",
    setups: (seed) => {
      const slow = leechers(1, {
        name: "slow leecher",
        upBytesPerSecond: 10_000,
        downBytesPerSecond: 10_000,
      });
      const without = swarmOf([seeders(1), leechers(9)], { seed, pieces: 500 });
      return [{ ...without, groups: [...without.groups, slow] }, without];
    },
    forMillis: 300_000, // The slow one takes an hour.
    measures: (outcome, [without]) => [
      atMost(
        "time of the others, of that without it",
        timeOf(outcome, "leecher") / (without ? timeOf(without, "leecher") : 0),
        "times",
        1.03,
      ),
    ],
  },
  {
    name: "poisoners",
    about: "27 leechers, and three peers that claim everything and spoil every block",
    setups: (seed) => [
      swarmOf([seeders(1), leechers(27), seeders(3, { name: "poisoner", poisonsEvery: 1 })], {
        seed,
        pieces: 200,
      }),
    ],
    measures: (outcome) => [
      atLeast("leechers that complete", completedShare(outcome), "share", 1),
      atMost("pieces fetched again, of all", failedShare(outcome), "share", 0.05),
      atMost("blocks in vain, of those that were not", figuresOf(outcome).waste, "share", 0.05),
      atMost("poisoners spared after two bad pieces", spared(outcome), "count", 0),
      told("bans by each leecher", average(downloaders(outcome.peers).map(({ bans }) => bans)), "count"),
    ],
  },
  WATCHING_SCENARIO,
  {
    name: "attacks",
    about:
      "20 leechers, and one peer each that lies about its pieces, floods, or sends what nobody asked for",
    setups: (seed) => {
      const attackers = ATTACKS.map((attack) =>
        leechers(1, { name: attack, attack, upBytesPerSecond: 5_000_000 }),
      );
      const without = swarmOf(
        [seeders(1), leechers(10), leechers(10, { name: "newcomer", knowsMetadata: false })],
        { seed, pieces: 200 },
      );
      return [{ ...without, groups: [...without.groups, ...attackers] }, without];
    },
    measures: (outcome, [without]) => [
      atLeast("leechers that complete", completedShare(outcome), "share", 1),
      ...outcome.peers.flatMap(({ attack, closedFor }) =>
        attack === undefined ? [] : [closedOf(attack, closedFor)],
      ),
      told("mean time, of that without them", ratioOfTimes(outcome, without), "times"),
      atMost("bytes that waited on one link, of 1 MiB", outcome.mostQueuedBytes / 2 ** 20, "times", 2.1),
    ],
  },
  {
    name: "squatters",
    about: "ten leechers, and 20 peers that are interested in everything and request nothing",
    setups: (seed) => {
      const without = swarmOf([seeders(1), leechers(10)], { seed, pieces: 400 });
      const squatters = leechers(20, { name: "squatter", attack: "slotSquatter" });
      return [{ ...without, groups: [...without.groups, squatters] }, without];
    },
    measures: (outcome, [without]) => [
      atLeast("leechers that complete", completedShare(outcome), "share", 1),
      atMost("mean time, of that without them", ratioOfTimes(outcome, without), "times", 1.1),
    ],
  },
  {
    name: "end-game",
    about: "100 pieces from one seeder to ten leechers",
    setups: (seed) => [swarmOf([seeders(1), leechers(10)], { seed, pieces: 100 })],
    measures: (outcome) => [
      atMost("blocks in vain, of those that were not", figuresOf(outcome).waste, "share", 0.02),
    ],
  },
  ...MEETING_SCENARIOS,
  ...INTRODUCING_SCENARIOS,
  {
    name: "far-peer",
    about:
      "512 MiB from one peer to another at 100 Mbit/s and a round trip of 200 ms, over WebRTC and over TCP",
    setups: (seed) => [farApart("rtc", seed), farApart("tcp", seed)],
    measures: (outcome, [overTcp]) => [
      atLeast("of the line, over WebRTC", lineShare(outcome), "share", 0.9),
      atLeast("of the line, over TCP", overTcp && lineShare(overTcp), "share", 0.9),
    ],
  },
  {
    name: "random",
    about: "a small swarm with everything drawn from the seed, faults included",
    setups: (seed) => [drawSetup(seed)],
    measures: (outcome) => [told("leechers that complete", completedShare(outcome), "share")],
  },
];

/** A file of the length that the bench sends to real processes. */
function limitedTo(count: number, seed: number): SwarmSetup {
  const bytes = 16 * 1024 * 1024;
  const pieceBytes = pieceLengthFor(bytes);
  const pieces = bytes / pieceBytes;
  return swarmOf([seeders(1, LIMITED), leechers(count, LIMITED)], { seed, pieces, pieceBytes });
}

function limitedMeasures(outcome: Outcome): readonly Measure[] {
  const { lastOfBound, meanOfBound, seederCopies } = figuresOf(outcome);
  return [
    atMost("last, of the fluid bound", lastOfBound, "times", 1.2),
    told("mean, of the fluid bound", meanOfBound, "times"),
    atMost("copies sent by the seeder", seederCopies, "times", 1.1),
  ];
}

/** Two peers with fast lines, on two continents. */
function farApart(meets: "rtc" | "tcp", seed: number): SwarmSetup {
  const line = { upBytesPerSecond: 12_500_000, downBytesPerSecond: 12_500_000 };
  const [minDelayMillis, maxDelayMillis] = [100, 100];
  const distance = { meets, minDelayMillis, maxDelayMillis, pieces: 1_024, pieceBytes: 524_288 };
  return swarmOf([seeders(1, line), leechers(1, line)], { seed, ...distance });
}

/** From when they meet: the start is included. */
function lineShare(outcome: Outcome): number {
  return 1 / figuresOf(outcome).lastOfBound;
}

/** One seeder to equal leechers. */
function spreadTo(name: string, count: number, pieces: number): Scenario {
  const setups = (seed: number): readonly [SwarmSetup] => [
    swarmOf([seeders(1), leechers(count)], { seed, pieces }),
  ];
  return {
    name,
    about: `one seeder to ${count.toLocaleString("en")} equal leechers, ${pieces} pieces of 64 KiB`,
    setups,
    measures: (outcome) => distribution(outcome, true),
  };
}

function distribution(outcome: Outcome, hasBars: boolean): readonly Measure[] {
  const figures = figuresOf(outcome);
  const { meanOfBound, lastOfBound, spread, lastSeconds, connectionsPerLink } = figures;
  const { pieces } = outcome.bounds;
  return [
    hasBars
      ? atMost("mean, of the fluid bound", meanOfBound, "times", 1.15)
      : told("mean, of the fluid bound", meanOfBound, "times"),
    hasBars
      ? atMost("last, of the fluid bound", lastOfBound, "times", 1.25)
      : told("last, of the fluid bound", lastOfBound, "times"),
    ...(pieces === undefined ? [] : [told("last, of the bound for pieces", lastSeconds / pieces, "times")]),
    told("spread of completion times", spread, "share"),
    hasBars
      ? firstCopy(outcome, 1.05)
      : told("copies before every piece exists twice", figures.copiesForFirst, "times"),
    told("upload used", figures.uploadUsed, "share"),
    atMost("connections made for each that opened", connectionsPerLink, "times", 1.5),
  ];
}

function firstCopy(outcome: Outcome, most: number): Measure {
  return atMost("copies before every piece exists twice", figuresOf(outcome).copiesForFirst, "times", most);
}

function failedShare(outcome: Outcome): number {
  const all = downloaders(outcome.peers);
  return average(all.map(({ failedPieces }) => failedPieces)) / outcome.setup.pieces;
}

function spared({ peers }: Outcome): number {
  return peers.reduce((sum, { sparedPoisoners }) => sum + sparedPoisoners, 0);
}

/** These may be over before anybody asks the liar, or loses patience. */
const NOT_ALWAYS_MET: ReadonlySet<Attack> = new Set(["badMetadata", "slowHandshake"]);

/** Links closed for what the attacker does. One that breaks no rule is not closed: it is not waited for. */
function closedOf(attack: Attack, closedFor: PeerOutcome["closedFor"]): Measure {
  const reason = CLOSED_FOR[attack];
  if (reason === undefined) {
    const count = Object.values(closedFor).reduce((sum, each) => sum + each, 0);
    return told(`links closed to ${attack}, which breaks no rule`, count, "count");
  }
  const what = `links closed to ${attack} (${reason})`;
  const count = closedFor[reason] ?? 0;
  return NOT_ALWAYS_MET.has(attack) ? told(what, count, "count") : atLeast(what, count, "count", 1);
}

function ratioOfTimes(outcome: Outcome, without: Outcome | undefined): number | undefined {
  return without && figuresOf(outcome).meanSeconds / figuresOf(without).meanSeconds;
}
