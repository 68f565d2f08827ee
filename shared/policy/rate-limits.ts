import type { InfoHash, LinkId, Millis } from "../base/ids.ts";
import { FairLine } from "./fair-line.ts";
import { RateLimit } from "./rate-limit.ts";

/** Granted bytes that are not spent yet: of all torrents together, and of one. */
export interface BytesAhead {
  all(): number;
  of(torrent: InfoHash): number;
}

interface OwnLimit {
  readonly limit: RateLimit;
  /** The link to which the torrent has given its turn, and which now waits for the turn of the torrent. */
  forward: LinkId | undefined;
}

/**
 * Limits one direction: all torrents together, and under that, single torrents. A torrent with a limit of its own sends one link
 * forward at a time, so its links take turns, and it takes turns with other torrents.
 */
export class RateLimits {
  readonly #aheadMillis: number;
  #all: RateLimit | undefined;
  #rateOfAll: number | undefined;
  readonly #own = new Map<InfoHash, OwnLimit>();
  /** Those of them with links that wait, or traffic since the last turn: the others cost nothing. */
  readonly #awake = new Map<InfoHash, OwnLimit>();
  /** The links that torrents have sent forward while nothing limits all together. */
  readonly #forward = new FairLine();

  /** See `RateLimit`. */
  constructor(aheadMillis: number) {
    this.#aheadMillis = aheadMillis;
  }

  /** Nothing is limited. */
  get isNone(): boolean {
    return this.#all === undefined && this.#own.size === 0;
  }

  /** The rate of all torrents together, in bytes a second. Whoever waited must queue again. False: it is that of before. */
  limitAll(bytesPerSecond: number | undefined): boolean {
    if (bytesPerSecond === this.#rateOfAll) return false;
    this.#rateOfAll = bytesPerSecond;
    this.#all = bytesPerSecond === undefined ? undefined : new RateLimit(bytesPerSecond, this.#aheadMillis);
    for (const own of this.#own.values()) this.#callBack(own);
    return true;
  }

  /** The rate of one torrent, none of whose links may wait now. */
  limitOne(torrent: InfoHash, bytesPerSecond: number | undefined): void {
    this.#own.delete(torrent);
    this.#awake.delete(torrent);
    if (bytesPerSecond !== undefined)
      this.#own.set(torrent, {
        limit: new RateLimit(bytesPerSecond, this.#aheadMillis),
        forward: undefined,
      });
  }

  /** Whether the torrent's links have to wait for turns. */
  governs(torrent: InfoHash): boolean {
    return this.#all !== undefined || this.#ownOf(torrent) !== undefined;
  }

  /** How many peers, at most `most`, all torrents together can serve at a useful rate. */
  slots(most: number): number {
    return this.#all?.slots(most) ?? most;
  }

  /** How many the torrent can by its own limit. */
  slotsOf(torrent: InfoHash, most: number): number {
    return this.#ownOf(torrent)?.limit.slots(most) ?? most;
  }

  /** Whether a link of the torrent has so many granted bytes under way that more would only wait. */
  isEnoughAhead(torrent: InfoHash, bytes: number): boolean {
    return (
      (this.#all?.isEnoughAhead(bytes) ?? false) ||
      (this.#ownOf(torrent)?.limit.isEnoughAhead(bytes) ?? false)
    );
  }

  /** Bytes went over a link. Undefined: it has not named its torrent yet. */
  spent(torrent: InfoHash | undefined, bytes: number): void {
    this.#all?.spent(bytes);
    const own = torrent && this.#ownOf(torrent);
    if (own === undefined || torrent === undefined) return;
    own.limit.spent(bytes);
    this.#awake.set(torrent, own);
  }

  /** The link wants a turn, of a torrent that is governed. If it already waits for one, it keeps its place. */
  queue(link: LinkId, torrent: InfoHash): void {
    const own = this.#ownOf(torrent);
    if (own === undefined) return this.#all?.queue(link, torrent);
    if (own.forward === link) return;
    own.limit.queue(link, torrent);
    this.#awake.set(torrent, own);
  }

  leave(link: LinkId, torrent: InfoHash): void {
    this.#all?.leave(link);
    const own = this.#ownOf(torrent);
    if (own === undefined) return;
    own.limit.leave(link);
    if (own.forward === link) this.#callBack(own);
  }

  /** The link whose turn it is: it may have one block, and `hadTurn` must follow. Undefined: nobody waits, or it is too early. */
  next(now: Millis, ahead: BytesAhead): LinkId | undefined {
    for (const [torrent, own] of this.#awake) this.#sendForward(now, torrent, own, ahead);
    return this.#all === undefined ? this.#forward.next() : this.#all.next(now, ahead.all());
  }

  /** The link has had its turn, and wants another one or not. */
  hadTurn(link: LinkId, torrent: InfoHash, wantsMore: boolean): void {
    const own = this.#ownOf(torrent);
    if (own?.forward === link) own.forward = undefined;
    if (wantsMore) this.queue(link, torrent);
  }

  /** When the next turn is due. Infinite: nobody waits, or something under way must end first. */
  nextAt(ahead: BytesAhead): number {
    let next: number = this.#all?.nextAt(ahead.all()) ?? Number.POSITIVE_INFINITY;
    for (const [torrent, { limit, forward }] of this.#awake)
      if (forward === undefined)
        next = Math.min(next, limit.nextAt(ahead.of(torrent)) ?? Number.POSITIVE_INFINITY);
    return next;
  }

  #ownOf(torrent: InfoHash): OwnLimit | undefined {
    return this.#own.size === 0 ? undefined : this.#own.get(torrent);
  }

  #sendForward(now: Millis, torrent: InfoHash, own: OwnLimit, ahead: BytesAhead): void {
    if (own.forward !== undefined) return;
    own.forward = own.limit.next(now, ahead.of(torrent));
    if (!own.limit.hasWaiting) this.#awake.delete(torrent);
    if (own.forward === undefined) return;
    if (this.#all === undefined) this.#forward.join(own.forward, torrent);
    else this.#all.queue(own.forward, torrent);
  }

  #callBack(own: OwnLimit): void {
    if (own.forward !== undefined) this.#forward.leave(own.forward);
    own.forward = undefined;
  }
}
