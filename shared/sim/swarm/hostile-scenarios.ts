import { ATTACKS, type Attack, CLOSED_FOR } from "./attack.ts";
import { average } from "./comparing.ts";
import { RECEIVER_ATTACKS, type ReceiverAttack } from "./hostile-receiver.ts";
import { completedShare, downloaders, figuresOf, type Outcome, type PeerOutcome } from "./outcome.ts";
import { atLeast, atMost, type Measure, type Scenario, told } from "./scenario.ts";
import { leechers, type SwarmSetup, seeders, swarmOf } from "./setup.ts";

/** Peers that spoil what they send. */
export const POISONERS: Scenario = {
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
};

/** Peers that lie, flood, and take what they do not use. */
export const HOSTILE_SCENARIOS: readonly Scenario[] = [
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
    name: "hoarders",
    about:
      "ten leechers, two peers that take what they can and give nothing, and one that claims what they got",
    setups: (seed) => hostileReceivers(seed, { hoarder: 2, accomplice: 1 }),
    measures: slowedBy,
  },
  {
    name: "almost-seeders",
    about: "ten leechers, and two peers that claim all pieces but one",
    setups: (seed) => hostileReceivers(seed, { almostSeeder: 2 }),
    measures: slowedBy,
  },
];

function hostileReceivers(
  seed: number,
  hostile: Partial<Record<ReceiverAttack, number>>,
): [SwarmSetup, SwarmSetup] {
  const without = swarmOf([seeders(1), leechers(10)], { seed, pieces: 400 });
  const attackers = RECEIVER_ATTACKS.filter((attack) => hostile[attack] !== undefined).map((attack) =>
    leechers(hostile[attack] ?? 0, { name: attack, attack, comesWithinMillis: 0 }),
  );
  return [{ ...without, groups: [...without.groups, ...attackers] }, without];
}

function slowedBy(outcome: Outcome, [without]: readonly Outcome[]): Measure[] {
  return [
    atLeast("leechers that complete", completedShare(outcome), "share", 1),
    atMost("mean time, of that without them", ratioOfTimes(outcome, without), "times", 1.25),
    told("copies sent by the seeder", figuresOf(outcome).seederCopies, "times"),
  ];
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
