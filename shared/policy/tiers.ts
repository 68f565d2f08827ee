import type { Millis, TrackerUrl } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { relaysOffers, type TrackerTiers } from "../base/tracker-url.ts";

/** What a tier needs to know about a tracker. */
export interface TrackerState {
  readonly state: "waiting" | "connecting" | "working" | "refused" | "unreachable";
  /** When the next announce is due. Undefined: one is unanswered, or the tracker refused us for ever. */
  readonly nextAt: Millis | undefined;
}

/**
 * Alternative trackers (BEP 12): we announce to one, the others stand by. Never empty.
 *
 * Before changing this, think of: one fails while others are untried; all have failed, and each waits for its retry;
 * one answers after we gave it up; one that we left works again.
 */
export class Tier<Tracker extends { readonly announcer: TrackerState }> {
  readonly #trackers: Tracker[];
  /** Stays current as long as it works, even if an earlier one recovers. */
  #current: Tracker | undefined;

  constructor(trackers: readonly Tracker[], random: Random) {
    this.#trackers = shuffle([...trackers], random);
  }

  /** In the order we try them. */
  get trackers(): readonly Tracker[] {
    return this.#trackers;
  }

  /** The working one, else the first that has not failed, else the one whose wait ends first. */
  get current(): Tracker {
    if (this.#current !== undefined && works(this.#current)) return this.#current;
    this.#current =
      this.#trackers.find(works) ??
      this.#trackers.find((tracker) => !hasFailed(tracker)) ??
      this.#trackers.reduce((soonest, tracker) => (waitEnd(tracker) < waitEnd(soonest) ? tracker : soonest));
    return this.#current;
  }

  /** A tracker answered: it moves to the front, unless another works already and this answer is late. */
  answered(tracker: Tracker): void {
    if (this.#trackers.some((other) => other !== tracker && works(other))) return;
    this.#trackers.splice(this.#trackers.indexOf(tracker), 1);
    this.#trackers.unshift(tracker);
  }
}

/**
 * The tiers we announce to: each tracker once, `maxTrackers` at most. Trackers that relay offers and trackers that give
 * addresses lead to different peers, so they are not alternatives to each other.
 */
export function separateTiers(tiers: TrackerTiers, maxTrackers: number): TrackerUrl[][] {
  const left = new Set([...new Set(tiers.flat())].slice(0, maxTrackers));
  return tiers.flatMap((tier) => {
    const own = tier.filter((url) => left.delete(url));
    const relaying = own.filter(relaysOffers);
    const telling = own.filter((url) => !relaysOffers(url));
    return [relaying, telling].filter(({ length }) => length > 0);
  });
}

function works({ announcer }: { readonly announcer: TrackerState }): boolean {
  return announcer.state === "working";
}

function hasFailed({ announcer }: { readonly announcer: TrackerState }): boolean {
  return announcer.state === "refused" || announcer.state === "unreachable";
}

function waitEnd({ announcer }: { readonly announcer: TrackerState }): number {
  return announcer.nextAt ?? Number.POSITIVE_INFINITY;
}
