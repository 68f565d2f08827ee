import { millis } from "#shared/base/ids.ts";
import type { Clock } from "#shared/driver/ports.ts";

/** The page's clock: monotonic, and running as long as the browser keeps the tab awake. */
export const browserClock: Clock = {
  now: () => millis(performance.now()),
  wakeAt(when, wake) {
    const timer = setTimeout(wake, Math.max(0, when - performance.now()));
    return () => clearTimeout(timer);
  },
};
