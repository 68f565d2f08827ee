import { farthest, ratesOf, shareWithin, timeOf } from "./comparing.ts";
import { downloaders, figuresOf, type Outcome, type PeerOutcome } from "./outcome.ts";
import { atLeast, atMost, type Scenario, told } from "./scenario.ts";
import { leechers, type PeerGroup, seeders, swarmOf } from "./setup.ts";

/** What everybody gives and gets. */
export const FAIRNESS_SCENARIOS: readonly Scenario[] = [
  {
    name: "equal-leechers",
    about: "20 equal leechers",
    setups: (seed) => [swarmOf([seeders(1), leechers(20)], { seed, pieces: 500 })],
    measures: (outcome) => [
      atMost("farthest from the mean rate of downloads", farthest(ratesOf(outcome)), "share", 0.1),
      atMost("farthest from the mean of uploads", farthest(uploadsOf(outcome)), "share", 0.1),
      told("spread of completion times", figuresOf(outcome).spread, "share"),
    ],
  },
  {
    ...withFreeRider({ upBytesPerSecond: 500_000 }, 10),
    name: "free-rider",
    about: "a free-rider among ten contributors, and a seeder with half their rate",
  },
  {
    ...withFreeRider({}, 30),
    name: "large-view",
    about: "a free-rider that is linked to each of 30 contributors",
  },
  {
    ...withFreeRider({ upBytesPerSecond: 10_000_000 }, 10),
    name: "rich-free-rider",
    about: "a free-rider among ten contributors, and a seeder ten times as fast as they are",
    measures: (outcome) => [told("its time, of the contributors' mean", timeOfFreeRider(outcome), "times")],
  },
  {
    name: "optimistic",
    about: "one leecher with one slot and half of the pieces, and 20 that wait for it for half an hour",
    setups: (seed) => [
      swarmOf(
        [
          leechers(1, {
            name: "giver",
            firstPieces: 200,
            upBytesPerSecond: 200_000,
            config: { uploadSlots: 1 },
            comesWithinMillis: 0,
          }),
          leechers(20, { serves: false }),
        ],
        { seed, pieces: 400, pieceBytes: 262_144 },
      ),
    ],
    forMillis: 20 * 90_000, // As long as in libtorrent's simulation of this.
    measures: ({ peers }) => [
      atMost(
        "farthest from the mean time unchoked",
        farthest(membersOf(peers, "leecher").map(({ unchokedMillis }) => unchokedMillis)),
        "share",
        0.017,
      ),
    ],
  },
  {
    name: "reciprocity",
    about: "five fast leechers among 15 slow ones, and a seeder as fast as the fast ones",
    setups: (seed) => [
      swarmOf(
        [
          seeders(1, { upBytesPerSecond: 2_000_000 }),
          leechers(5, { name: "fast leecher", upBytesPerSecond: 2_000_000 }),
          leechers(15, { name: "slow leecher", upBytesPerSecond: 250_000 }),
        ],
        { seed, pieces: 500 },
      ),
    ],
    measures: (outcome) => [
      atLeast(
        "of the fast ones' upload while they download, to fast ones (chance: 21 %)",
        shareWithin(outcome, "fast leecher"),
        "share",
        0.4,
      ),
      told(
        "mean time of the fast ones, of the slow ones'",
        timeOf(outcome, "fast leecher") / timeOf(outcome, "slow leecher"),
        "times",
      ),
    ],
  },
  {
    name: "slow-seeder",
    about: "20 equal leechers, and a seeder at a tenth of their rate",
    setups: (seed) => [
      swarmOf([seeders(1, { upBytesPerSecond: 100_000 }), leechers(20)], { seed, pieces: 100 }),
    ],
    measures: (outcome) => [
      atMost("last, of the fluid bound", figuresOf(outcome).lastOfBound, "times", 1.25),
      atMost("farthest from the mean rate of downloads", farthest(ratesOf(outcome)), "share", 0.1),
      told("farthest from the mean of uploads", farthest(uploadsOf(outcome)), "share"),
      told("copies before every piece exists twice", figuresOf(outcome).copiesForFirst, "times"),
    ],
  },
];

/** Contributors, and one that links to everybody and unchokes nobody. */
function withFreeRider(
  seeder: Partial<PeerGroup>,
  contributors: number,
): Pick<Scenario, "setups" | "measures"> {
  const config = { maxLinks: 200, peersSought: 200 };
  const freeRider = leechers(1, { name: "free-rider", serves: false, config });
  return {
    setups: (seed) => [
      swarmOf([seeders(1, seeder), leechers(contributors), freeRider], { seed, pieces: 500 }),
    ],
    measures: (outcome) => [
      atLeast("its time, of the contributors' mean", timeOfFreeRider(outcome), "times", 1),
      told(
        "mean of the contributors, of the fluid bound",
        timeOf(outcome, "leecher") / outcome.bounds.fluid,
        "times",
      ),
    ],
  };
}

function timeOfFreeRider(outcome: Outcome): number {
  return timeOf(outcome, "free-rider") / timeOf(outcome, "leecher");
}

function membersOf(peers: readonly PeerOutcome[], group: string): readonly PeerOutcome[] {
  return peers.filter((peer) => peer.group === group);
}

function uploadsOf({ peers }: Outcome): readonly number[] {
  return downloaders(peers).map(({ sentBytes }) => sentBytes);
}
