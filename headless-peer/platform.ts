import { randomBytes, randomInt } from "node:crypto";
import { millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { Clock } from "#shared/driver/ports.ts";

/** Node's clock: monotonic. */
export const nodeClock: Clock = {
  now: () => millis(performance.now()),
  wakeAt(when, wake) {
    const timer = setTimeout(wake, Math.max(0, when - performance.now()));
    return () => clearTimeout(timer);
  },
};

/** The same, but its timers do not keep the process alive. */
export const backgroundClock: Clock = {
  now: nodeClock.now,
  wakeAt(when, wake) {
    const timer = setTimeout(wake, Math.max(0, when - performance.now())).unref();
    return () => clearTimeout(timer);
  },
};

export const nodeRandom: Random = {
  below: (bound) => randomInt(bound),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
