import type { Millis, TrackerUrl } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { relaysOffers, type TrackerTiers } from "../base/tracker-url.ts";

/** What a tier has to know of how it goes with a tracker. */
export interface TrackerState {
  readonly state: "waiting" | "connecting" | "working" | "refused" | "unreachable";
  /** When it wants to be asked next. Undefined: it is being asked. */
  readonly nextAt: Millis | undefined;
}

/**
 * Trackers that are alternatives to each other (BEP 12): one is asked, the others stand by. At least one.
 *
 * To think of before a change: one fails while others were never asked; all have failed, and each waits before it may be
 * tried again; one answers after it was given up; one that was left works again.
 */
export class Tier<Tracker extends { readonly announcer: TrackerState }> {
  readonly #trackers: Tracker[];
  /** Stays the one that is asked for as long as it works, though an earlier one may work again. */
  #current: Tracker | undefined;

  constructor(trackers: readonly Tracker[], random: Random) {
    this.#trackers = shuffle([...trackers], random);
  }

  /** In the order in which they are tried. */
  get trackers(): readonly Tracker[] {
    return this.#trackers;
  }

  /** The one that works, else the first that has not failed, else the one whose wait ends first. */
  get current(): Tracker {
    if (this.#current !== undefined && works(this.#current)) return this.#current;
    this.#current =
      this.#trackers.find(works) ??
      this.#trackers.find((tracker) => !hasFailed(tracker)) ??
      this.#trackers.reduce((soonest, tracker) => (waitEnd(tracker) < waitEnd(soonest) ? tracker : soonest));
    return this.#current;
  }

  /** A tracker has answered: it is the first one from now on, unless another one works already and this one is late. */
  answered(tracker: Tracker): void {
    if (this.#trackers.some((other) => other !== tracker && works(other))) return;
    this.#trackers.splice(this.#trackers.indexOf(tracker), 1);
    this.#trackers.unshift(tracker);
  }
}

/**
 * Tiers as they are announced to: each tracker once, at most so many. A tracker that relays offers and one that tells
 * addresses lead to different peers, so they are no alternatives to each other.
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
