import type { LinkId } from "../base/ids.ts";
import type { KnownPeers } from "./receiver.ts";

/** The part of the pieces that is most of them. */
const MOST = 3 / 4;

/** Whoever is so far behind the others, as a part of the pieces, has a slower line than they. */
const FAR = 1 / 4;

/** How far the peers of a super-seeder are. */
export class SwarmProgress {
  readonly #pieceCount: number;
  readonly #peers: KnownPeers;
  readonly #receivers: ReadonlyMap<LinkId, unknown>;

  constructor(pieceCount: number, peers: KnownPeers, receivers: ReadonlyMap<LinkId, unknown>) {
    this.#pieceCount = pieceCount;
    this.#peers = peers;
    this.#receivers = receivers;
  }

  /** How many pieces they have on average. */
  get meanCount(): number {
    let sum = 0;
    for (const link of this.#receivers.keys()) sum += this.#peers.count(link);
    return sum / Math.max(1, this.#receivers.size);
  }

  /** How many pieces the last of them is behind the mean. */
  get lag(): number {
    let most = 0;
    const mean = this.meanCount;
    for (const link of this.#receivers.keys()) most = Math.max(most, mean - this.#peers.count(link));
    return most;
  }

  /** How many of them lack pieces. */
  get lackingCount(): number {
    let count = 0;
    for (const link of this.#receivers.keys()) if (this.lacksSome(link)) count += 1;
    return count;
  }

  lacksSome(link: LinkId): boolean {
    return this.#peers.count(link) < this.#pieceCount;
  }

  /** On average they have most of it. */
  get isMostlyDone(): boolean {
    return this.meanCount >= this.#pieceCount * MOST;
  }

  /** And none is far behind: told of all the rest, they would only ask us for what they have asked others for. */
  get isNearlyDone(): boolean {
    return this.isMostlyDone && this.lag <= this.#pieceCount * FAR;
  }
}
