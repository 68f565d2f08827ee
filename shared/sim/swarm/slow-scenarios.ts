import { timeOf } from "./comparing.ts";
import { figuresOf, type Outcome } from "./outcome.ts";
import { atLeast, atMost, type Measure, type Scenario } from "./scenario.ts";
import { leechers, type SwarmSetup, seeders, swarmOf } from "./setup.ts";

/** One of ten leechers holds nobody up, whether it is slow or dies. */
export const SLOW_PEER_SCENARIOS: readonly Scenario[] = [
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
    measures: (outcome, [without]) => [othersTime(outcome, without)],
  },
  {
    name: "dead-peer",
    about: "ten leechers, one of which falls silent in the middle of its pieces, with all links open",
    setups: (seed) => {
      const dying = leechers(1, { name: "dying leecher", fallsSilentAtMillis: 15_000 });
      const without = swarmOf([seeders(1), leechers(9)], { seed, pieces: 500 });
      return [{ ...without, groups: [...without.groups, dying] }, without];
    },
    measures: (outcome, [without]) => [othersTime(outcome, without)],
  },
];

/** Long round trips hold nobody up. */
export const FAR_PEER: Scenario = {
  name: "far-peer",
  about:
    "512 MiB from one peer to another at 100 Mbit/s and a round trip of 200 ms, over WebRTC and over TCP",
  setups: (seed) => [farApart("rtc", seed), farApart("tcp", seed)],
  measures: (outcome, [overTcp]) => [
    atLeast("of the line, over WebRTC", lineShare(outcome), "share", 0.9),
    atLeast("of the line, over TCP", overTcp && lineShare(overTcp), "share", 0.9),
  ],
};

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

function othersTime(outcome: Outcome, without: Outcome | undefined): Measure {
  const time = timeOf(outcome, "leecher") / (without ? timeOf(without, "leecher") : 0);
  return atMost("time of the others, of that without it", time, "times", 1.03);
}
