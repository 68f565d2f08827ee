import type { ReadonlySignal } from "@preact/signals-core";
import { seededRandom } from "#shared/base/random.ts";
import type { Client, Entry } from "./client.ts";
import { SpeedLog } from "./worker/speed-log.ts";

/** Where the made-up time begins, and for how long everything has moved by then. */
const STARTED_AT = Date.UTC(2026, 0, 5, 9, 30);
const BEFORE_SECONDS = 300;

/** Makes up how fast the entries of a list were before they were shown, and keeps how fast they are as time goes on. */
export function fakeSpeeds(
  entries: ReadonlySignal<readonly Entry[]>,
): Pick<Client, "speeds"> & { readonly passed: (seconds: number) => void } {
  let now = STARTED_AT - BEFORE_SECONDS * 1000;
  const log = new SpeedLog(() => now);
  const look = (share: () => number): void =>
    log.look(
      torrentsOf(entries.value).map(({ infoHash, downBytesPerSecond, upBytesPerSecond }) => ({
        infoHash,
        downBytesPerSecond: downBytesPerSecond * share(),
        upBytesPerSecond: upBytesPerSecond * share(),
      })),
    );
  const random = seededRandom(3);
  for (let second = 0; second < BEFORE_SECONDS; second++) {
    look(() => livelyShare(second, random.below(1000) / 1000));
    now += 1000;
  }
  look(() => 1);
  return {
    speeds: async (key) => {
      const entry = entries.value.find((one) => one.key === key);
      return entry === undefined || entry.state === "hashing" ? undefined : log.of(entry.infoHash);
    },
    passed(seconds) {
      now += seconds * 1000;
      look(() => 1);
    },
  };
}

/** Of the speed that it has now: it rises, swings, and once stands still for a while. */
function livelyShare(second: number, chance: number): number {
  if (second > 140 && second < 160) return 0;
  const rise = Math.min(1, second / 60);
  return rise * (0.75 + 0.2 * Math.sin(second / 23) + 0.12 * Math.sin(second / 5) + 0.15 * (chance - 0.5));
}

const torrentsOf = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.state === "hashing" ? [] : [entry.torrent]));
