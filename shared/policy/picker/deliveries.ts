import type { LinkId, Millis } from "../../base/ids.ts";
import type { Request } from "./begun-pieces.ts";

/** How one peer has delivered so far. */
interface Delivery {
  /** Blocks that it has sent. */
  count: number;
  /** Between two blocks, while it had requests to answer. */
  blockMillis: number;
  /** The least time from a request to its block. */
  delayMillis: number;
  lastAt: Millis;
}

type Requests = ReadonlyMap<number, Request>;

/** We suppose that a peer which has sent nothing needs so long. */
const UNKNOWN_MILLIS = 300;

/** Longer than any line that is merely busy takes between two blocks. */
const SILENT_MILLIS = 1_000;

/** As many of the last blocks count. */
const REMEMBERED = 8;

/**
 * How soon each peer delivers what we request, from what it has sent. A peer that falls silent is expected to stay silent for
 * as long again.
 */
export class Deliveries {
  readonly #deliveries = new Map<LinkId, Delivery>();

  /** A block came that was requested at `requestedAt`. */
  arrived(link: LinkId, now: Millis, requestedAt: Millis): void {
    const tookMillis = now - requestedAt;
    const known = this.#deliveries.get(link);
    if (known === undefined) {
      const first = { count: 1, blockMillis: tookMillis, delayMillis: tookMillis, lastAt: now };
      return void this.#deliveries.set(link, first);
    }
    const millis = now - Math.max(known.lastAt, requestedAt + known.delayMillis);
    known.blockMillis += (Math.max(0, millis) - known.blockMillis) / Math.min(known.count, REMEMBERED);
    known.count += 1;
    known.delayMillis = Math.min(known.delayMillis, tookMillis);
    known.lastAt = now;
  }

  left(link: LinkId): void {
    this.#deliveries.delete(link);
  }

  /** Milliseconds until the block arrives that has so many of the link's `requests` ahead of it. */
  remaining(link: LinkId, requests: Requests, ahead: number, now: Millis): number {
    const known = this.#deliveries.get(link);
    const [oldest] = requests.values();
    const askedAt = oldest?.at ?? now;
    if (known === undefined) return Math.max(UNKNOWN_MILLIS - (now - askedAt), now - askedAt);
    const silentMillis = now - Math.max(known.lastAt, askedAt + known.delayMillis);
    if (silentMillis > known.blockMillis) return silentMillis * (ahead + 1);
    return known.blockMillis * (ahead + 1) - silentMillis;
  }

  /** Whether the link owes us blocks and has sent none for so long that it may never. */
  isSilent(link: LinkId, requests: Requests, now: Millis): boolean {
    const known = this.#deliveries.get(link);
    const [oldest] = requests.values();
    if (oldest === undefined) return false;
    return now - Math.max(known?.lastAt ?? 0, oldest.at) >= SILENT_MILLIS;
  }

  /** Milliseconds until a block would arrive that we request now, beside the link's `requests`. */
  soonest(link: LinkId, requests: Requests, now: Millis): number {
    const known = this.#deliveries.get(link);
    if (known === undefined) return requests.size === 0 ? UNKNOWN_MILLIS : Number.POSITIVE_INFINITY;
    const idle = known.delayMillis + known.blockMillis;
    return requests.size === 0 ? idle : Math.max(idle, this.remaining(link, requests, requests.size, now));
  }
}
