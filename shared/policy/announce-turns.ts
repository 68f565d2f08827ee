import { type Millis, millis, type TrackerUrl } from "../base/ids.ts";

export interface AnnounceTurnLimits {
  /** Announces that one tracker may get at once. */
  readonly burst: number;
  /** And from then on. */
  readonly perSecond: number;
}

/** When the next announce would be on time if all came at their rate, for each lane. */
interface Lanes {
  seeds: number;
  downloads: number;
}

/**
 * Spreads the announces of many torrents to one tracker: whoever starts with a thousand must not send it a thousand announces in one
 * second. Complete torrents have a lane of their own, so that a download, for which somebody waits, does not stand behind them.
 */
export class AnnounceTurns {
  readonly #limits: AnnounceTurnLimits;
  readonly #trackers = new Map<TrackerUrl, Lanes>();

  constructor(limits: AnnounceTurnLimits) {
    this.#limits = limits;
  }

  /** When an announce that is due may go out, at the soonest now. It counts as sent. */
  take(now: Millis, tracker: TrackerUrl, isComplete: boolean): Millis {
    const { burst, perSecond } = this.#limits;
    const gapMillis = 1_000 / perSecond;
    const lane = isComplete ? "seeds" : "downloads";
    const lanes = this.#trackers.get(tracker) ?? { seeds: 0, downloads: 0 };
    this.#trackers.set(tracker, lanes);
    lanes[lane] = Math.max(lanes[lane], now) + gapMillis;
    return millis(Math.max(now, Math.ceil(lanes[lane] - burst * gapMillis)));
  }

  /** No torrent is announced there any more. */
  forget(tracker: TrackerUrl): void {
    this.#trackers.delete(tracker);
  }
}
