import { type Millis, millis } from "../base/ids.ts";

/** How long a torrent keeps its slots while others have none: as long as a chance of the choker. */
const TURN_MILLIS = 30_000;

/**
 * Shares upload slots among torrents: each gets as many as it has peers that want something, and of what is short all get the
 * same. If there are fewer slots than such torrents, they take turns. A torrent that is alone has them all.
 */
export class SlotShares<Torrent> {
  /** Of all torrents together. */
  #total: number;
  /** Those with takers, and how many; whoever has waited longest for a turn first. */
  readonly #takers = new Map<Torrent, number>();
  #shares = new Map<Torrent, number>();
  #turnEndsAt: Millis = millis(0);

  constructor(total: number) {
    this.#total = total;
  }

  /** There are so many slots from now on. Returns the torrents whose shares changed. */
  resize(total: number): readonly Torrent[] {
    if (total === this.#total) return [];
    this.#total = total;
    return this.#share();
  }

  /** How many slots the torrent has. */
  of(torrent: Torrent): number {
    return this.#shares.get(torrent) ?? 0;
  }

  /** How many more peers of the torrent would get a slot now. */
  free(torrent: Torrent): number {
    let busy = 0;
    for (const [each, takers] of this.#takers) busy += Math.min(takers, this.of(each));
    const own = this.#takers.get(torrent) ?? 0;
    const fair = Math.floor(this.#total / Math.max(1, this.#takers.size + (own === 0 ? 1 : 0)));
    return Math.max(0, this.#total - busy, fair - own);
  }

  /** The torrent has so many peers that want something. Returns the torrents whose shares changed. */
  wants(torrent: Torrent, takers: number): readonly Torrent[] {
    if ((this.#takers.get(torrent) ?? 0) === takers) return [];
    if (takers === 0) this.#takers.delete(torrent);
    else this.#takers.set(torrent, takers);
    const [only = torrent] = this.#takers.keys();
    const isStillAlone = this.#takers.size === 1 && this.#shares.size === 1 && this.of(only) === this.#total;
    return isStillAlone ? [] : this.#share();
  }

  /** Time has passed: torrents that had slots for a turn make way for those that have none. Returns those whose shares changed. */
  takeTurns(now: Millis): readonly Torrent[] {
    if (this.#takers.size <= this.#total || now < this.#turnEndsAt) return [];
    this.#turnEndsAt = millis(now + TURN_MILLIS);
    for (const [torrent, takers] of [...this.#takers].slice(0, this.#total)) {
      this.#takers.delete(torrent);
      this.#takers.set(torrent, takers);
    }
    return this.#share();
  }

  /** The torrent takes part no more. Returns those whose shares changed. */
  left(torrent: Torrent): readonly Torrent[] {
    this.#takers.delete(torrent);
    this.#shares.delete(torrent);
    return this.#share();
  }

  #share(): readonly Torrent[] {
    if (this.#takers.size === 0) return []; // Nobody needs them: peers that want nothing now keep theirs.
    const before = this.#shares;
    this.#shares = fairShares(this.#total, this.#takers);
    const all = new Set([...before.keys(), ...this.#shares.keys()]);
    return [...all].filter((torrent) => (before.get(torrent) ?? 0) !== this.of(torrent));
  }
}

function fairShares<Torrent>(total: number, takers: ReadonlyMap<Torrent, number>): Map<Torrent, number> {
  const shares = new Map<Torrent, number>();
  let left = total;
  const first = [...takers].slice(0, total).sort(([, one], [, other]) => one - other);
  for (const [at, [torrent, count]] of first.entries()) {
    const equal = Math.floor(left / (first.length - at));
    const share = takers.size === 1 ? equal : Math.min(count, equal);
    shares.set(torrent, share);
    left -= share;
  }
  return shares;
}
