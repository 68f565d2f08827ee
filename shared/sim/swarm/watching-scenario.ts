import { timeOf } from "./comparing.ts";
import { downloaders, type Outcome } from "./outcome.ts";
import type { Watching } from "./player.ts";
import { atMost, type Scenario, told } from "./scenario.ts";
import { leechers, seeders, swarmOf } from "./setup.ts";

/** Two seconds from a click until the film plays; one seek, to four fifths of it. */
const WATCHING: Watching = {
  bytesPerSecond: 500_000,
  startMillis: 2_000,
  seekAfterMillis: 15_000,
  seekTo: 0.8,
};

/** Somebody plays the film while it comes, over a line half as fast again. The seeders have a slot for everybody. */
export const WATCHING_SCENARIO: Scenario = {
  name: "deadlines",
  about: "one of seven leechers plays the film at two thirds of its line while it comes, and seeks",
  setups: (seed) => {
    const others = [seeders(4, { upBytesPerSecond: 3_000_000 }), leechers(6)];
    const watcher = leechers(1, { name: "watcher", downBytesPerSecond: 1.5 * WATCHING.bytesPerSecond });
    return [
      swarmOf([...others, { ...watcher, watches: WATCHING }], { seed, pieces: 500 }),
      swarmOf([...others, watcher], { seed, pieces: 500 }),
    ];
  },
  measures: (outcome, [without]) => [
    atMost("longest that the film stalls", stalledSeconds(outcome), "seconds", 0),
    atMost(
      "time of the others, of that if nobody watched",
      ratio(outcome, without, "leecher"),
      "times",
      1.03,
    ),
    told("time of the watcher, of that if it did not watch", ratio(outcome, without, "watcher"), "times"),
  ],
};

function stalledSeconds({ peers }: Outcome): number {
  return Math.max(...downloaders(peers).map(({ stalledMillis }) => stalledMillis ?? 0)) / 1_000;
}

function ratio(outcome: Outcome, without: Outcome | undefined, group: string): number | undefined {
  return without && timeOf(outcome, group) / timeOf(without, group);
}
