import { INTRODUCER_ATTACKS } from "./hostile-introducer.ts";
import { completedShare, figuresOf, type Outcome } from "./outcome.ts";
import { atLeast, atMost, type Scenario, told } from "./scenario.ts";
import { leechers, type PeerGroup, type SwarmSetup, seeders, swarmOf } from "./setup.ts";

/** When the tracker has gone for good. */
const GONE_AT_MILLIS = 3_000;

/** What becomes of swarms whose peers introduce each other. */
export const INTRODUCING_SCENARIOS: readonly Scenario[] = [
  {
    name: "tracker-gone",
    about:
      "the tracker dies for good after three peers; 97 more come in a minute, each knowing one of those that are there",
    setups: (seed) => [trackerGone(seed, {}), { ...trackerGone(seed, {}), trackerDiesAtMillis: undefined }],
    measures: (outcome, [living]) => [
      atLeast("leechers that complete", completedShare(outcome), "share", 1),
      atMost(
        "mean time, of that with a tracker",
        meanTime(outcome) / (living ? meanTime(living) : 0),
        "times",
        2,
      ),
      atMost("connections made for each that opened", figuresOf(outcome).connectionsPerLink, "times", 1.5),
    ],
  },
  {
    name: "hostile-introducers",
    about:
      "40 honest peers and 20 that swallow offers, forge answers, flood, name dead peers or sit in the middle; the tracker dies for good after 5 s",
    setups: (seed) => {
      const attackers = INTRODUCER_ATTACKS.map((attack) =>
        leechers(HOSTILE / INTRODUCER_ATTACKS.length, { name: attack, attack }),
      );
      const without = swarmOf([seeders(1), leechers(39)], { seed, pieces: 300, trackerDiesAtMillis: 5_000 });
      return [{ ...without, groups: [...without.groups, ...attackers] }, without];
    },
    measures: (outcome, [without]) => {
      const { connectionsPerLink } = figuresOf(outcome);
      return [
        atLeast("leechers that complete", completedShare(outcome), "share", 1),
        atMost(
          "mean time, of that without them",
          meanTime(outcome) / (without ? meanTime(without) : 0),
          "times",
          1.5,
        ),
        told("connections made for each that opened", connectionsPerLink, "times"),
        told("without them", without && figuresOf(without).connectionsPerLink, "times"),
      ];
    },
  },
];

/** A third of all peers. */
const HOSTILE = 20;

function trackerGone(seed: number, fields: Partial<PeerGroup>): SwarmSetup {
  const newcomers = { name: "newcomer", comesAtMillis: GONE_AT_MILLIS, comesWithinMillis: 60_000 };
  return swarmOf([seeders(1, fields), leechers(2, fields), leechers(97, { ...newcomers, ...fields })], {
    seed,
    pieces: 200,
    trackerDiesAtMillis: GONE_AT_MILLIS,
  });
}

/** Seconds from coming to having everything. */
function meanTime(outcome: Outcome): number {
  return figuresOf(outcome).meanSeconds;
}
