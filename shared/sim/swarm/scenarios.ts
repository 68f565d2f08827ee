import { pieceLengthFor } from "../../meta/create.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "../../session/config.ts";
import { drawSetup } from "./draw-setup.ts";
import { FAIRNESS_SCENARIOS } from "./fairness-scenarios.ts";
import { HOSTILE_SCENARIOS, POISONERS } from "./hostile-scenarios.ts";
import { INTRODUCING_SCENARIOS } from "./introducing-scenarios.ts";
import { MEETING_SCENARIOS } from "./meeting-scenarios.ts";
import { completedShare, figuresOf, type Outcome } from "./outcome.ts";
import { atLeast, atMost, type Measure, type Scenario, told } from "./scenario.ts";
import { leechers, type PeerGroup, type SwarmSetup, seeders, swarmOf } from "./setup.ts";
import { FAR_PEER, SLOW_PEER_SCENARIOS } from "./slow-scenarios.ts";
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
  ...SLOW_PEER_SCENARIOS,
  POISONERS,
  WATCHING_SCENARIO,
  ...HOSTILE_SCENARIOS,
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
  FAR_PEER,
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
