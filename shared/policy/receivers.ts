import type { LinkId, Millis, PieceIndex } from "../base/ids.ts";
import type { Layout } from "../meta/layout.ts";
import { hasArriving, type KnownPeers, newReceiver, type Outstanding, type Receiver } from "./receiver.ts";
import { SwarmProgress } from "./swarm-progress.ts";

/** Who asks for no more of a piece for so long asks others for it, or for nothing: longer than a round trip. */
const ASK_MILLIS = 1_000;
/** A peer to which nothing moves for so long, and for three times as long as a piece takes, does not hold up the others. */
const LATE_MILLIS = 3_000;
const LATE_TIMES = 3;
/** The same while we do not know how long a piece takes. */
const FIRST_MILLIS = 10_000;
const SMOOTHING = 0.2;

/** After so long in which nobody asked for more of what we told them of, they are stuck. */
const STUCK_MILLIS = 5_000;

/** A peer that has got no piece for so long needs us. */
const STARVING_MILLIS = 5_000;

/** So many others must have a piece before we believe that its receiver passed it on: one could be its accomplice. */
export const WITNESSES = 2;

/** Pieces that we tell a peer of at a time: 36 KiB. */
const MAX_REST = 4_096;

/** The peers of a super-seeder: what each was told of, what it got, and what it has passed on. */
export class Receivers {
  /** How far they are. */
  readonly progress: SwarmProgress;
  readonly #layout: Layout;
  readonly #peers: KnownPeers;
  readonly #delivered: (now: Millis, toldAt: Millis, piece: PieceIndex) => void;
  readonly #receivers = new Map<LinkId, Receiver>();
  #meanDelayMillis = 0;
  #turns = 0;
  /** When anybody last told us of a piece or got a block, or had nothing to get. */
  #movedAt: Millis | undefined;

  /** `delivered` hears of each piece that a peer was told of, and has now. */
  constructor(
    layout: Layout,
    peers: KnownPeers,
    delivered: (now: Millis, toldAt: Millis, piece: PieceIndex) => void,
  ) {
    this.#layout = layout;
    this.#peers = peers;
    this.#delivered = delivered;
    this.progress = new SwarmProgress(layout.pieceCount, peers, this.#receivers);
  }

  get count(): number {
    return this.#receivers.size;
  }

  /** How many reveals there were. */
  get turns(): number {
    return this.#turns;
  }

  /** How many may hear of everything, though others may not, and want some of it. Who wants nothing at all takes nothing from others. */
  get choosyCount(): number {
    let count = 0;
    for (const [link, { isChoosy }] of this.#receivers)
      if (isChoosy && this.#peers.isInterested(link)) count += 1;
    return count;
  }

  joined(link: LinkId, now: Millis): void {
    this.#receivers.set(link, newReceiver(this.#layout.pieceCount, now, this.#turns));
  }

  waits(link: LinkId): void {
    const receiver = this.#receivers.get(link);
    if (receiver !== undefined) receiver.isChoosy = true;
  }

  /** Returns what it had alone, or was about to have. Undefined: it is no receiver. */
  left(link: LinkId): readonly PieceIndex[] | undefined {
    const receiver = this.#receivers.get(link);
    this.#receivers.delete(link);
    return receiver && [...receiver.unshared, ...receiver.outstanding.keys()];
  }

  /** Whether the peer has been told of the piece. Those that are no receivers may ask for anything. */
  isRevealed(link: LinkId, piece: number): boolean {
    return this.#receivers.get(link)?.revealed.has(piece) ?? true;
  }

  /** How many pieces the peer has been told of. */
  revealedCount(link: LinkId): number {
    return this.#receivers.get(link)?.revealed.count ?? 0;
  }

  /** We tell the peer of a piece. `isFirst`: nobody was to get any. */
  reveal(now: Millis, link: LinkId, piece: PieceIndex, isFirst: boolean): void {
    const receiver = this.#receivers.get(link);
    if (receiver === undefined) return;
    if (receiver.outstanding.size === 0) receiver.movedAt = now;
    if (isFirst) this.#movedAt = now;
    const blocksLeft = this.#layout.blockCount(piece);
    receiver.outstanding.set(piece, { at: now, blocksLeft, askedAt: now });
    receiver.revealed.set(piece);
    this.#turns += 1;
    receiver.turn = this.#turns;
  }

  /** The peer requests a block of this piece. */
  asked(now: Millis, link: LinkId, piece: number): void {
    const receiver = this.#receivers.get(link);
    const outstanding = receiver?.outstanding.get(piece as PieceIndex);
    if (outstanding !== undefined) outstanding.askedAt = now;
    if (receiver?.revealed.has(piece)) receiver.isIdle = false;
  }

  /** We gave its link a block of this piece. */
  blockSent(now: Millis, link: LinkId, piece: PieceIndex): void {
    const receiver = this.#receivers.get(link);
    const outstanding = receiver?.outstanding.get(piece);
    if (receiver === undefined || outstanding === undefined) return;
    receiver.movedAt = now;
    this.#movedAt = now;
    outstanding.blocksLeft = Math.max(0, outstanding.blocksLeft - 1);
    if (receiver.isMute && outstanding.blocksLeft === 0) this.#got(now, receiver, piece, outstanding);
  }

  /** The peer has a piece that it did not have before. */
  has(now: Millis, link: LinkId, piece: PieceIndex): void {
    if (this.#isWithOthers(piece))
      for (const [other, { unshared }] of this.#receivers) if (other !== link) unshared.delete(piece);
    const receiver = this.#receivers.get(link);
    const outstanding = receiver?.outstanding.get(piece);
    if (receiver !== undefined) receiver.gotAt = now;
    if (receiver === undefined || !receiver.revealed.has(piece)) return;
    receiver.movedAt = now;
    this.#movedAt = now;
    receiver.isMute = false;
    if (outstanding !== undefined) this.#got(now, receiver, piece, outstanding);
  }

  /** Those that are further behind the mean, or have got no piece for long, from anybody, may ask us for anything. */
  favour(now: Millis, maxLag: number): void {
    const mean = this.progress.meanCount;
    for (const [link, receiver] of this.#receivers) {
      const isStarving = now - receiver.gotAt >= STARVING_MILLIS && this.progress.lacksSome(link);
      if (isStarving || mean - this.#peers.count(link) > maxLag) receiver.isChoosy = true;
    }
  }

  /** Peers may have asked others, which let them wait, for just those pieces that we told them of. */
  isStuck(now: Millis): boolean {
    if (now - (this.#movedAt ?? now) < STUCK_MILLIS) return false;
    let isWanting = false;
    for (const [link, { outstanding, isIdle }] of this.#receivers) {
      if (this.#peers.isWaiting(link) || hasArriving(outstanding)) return false;
      isWanting ||= (isIdle || outstanding.size > 0) && this.#peers.isInterested(link);
    }
    return isWanting;
  }

  /**
   * Those who want nothing of what we told them of, and may want something else: they download some files of several, or have just
   * learned what they want and dropped what we sent. They may ask for anything from now on.
   */
  becameChoosy(now: Millis): readonly LinkId[] {
    const isLeft = (each: Outstanding): boolean => now - each.askedAt >= LATE_MILLIS;
    const choosy: LinkId[] = [];
    for (const [link, receiver] of this.#receivers) {
      const { outstanding, revealed, isChoosy, isIdle } = receiver;
      const wasTold = outstanding.size > 0 || isIdle;
      if (!isChoosy && (!wasTold || this.#peers.isInterested(link))) continue;
      if (revealed.isFull || (!isChoosy && ![...outstanding.values()].every(isLeft))) continue;
      receiver.isChoosy = true;
      choosy.push(link);
    }
    return choosy;
  }

  /** Pieces that nobody has, and that peers to which nothing moves have not asked for since long: for others, now. */
  takeBack(now: Millis): readonly PieceIndex[] {
    const pieces: PieceIndex[] = [];
    for (const [link, receiver] of this.#receivers) {
      if (this.#peers.isWaiting(link) || now - receiver.movedAt < LATE_MILLIS) continue;
      for (const [piece, { askedAt, blocksLeft }] of receiver.outstanding) {
        if (blocksLeft === 0 || now - askedAt < LATE_MILLIS || this.#peers.availability(piece) > 0) continue;
        receiver.outstanding.delete(piece);
        receiver.isIdle = true;
        pieces.push(piece);
      }
    }
    return pieces;
  }

  /** Some of the pieces that the peer has not heard of, which count as told. Empty: it knows of all. */
  rest(link: LinkId): readonly PieceIndex[] {
    const receiver = this.#receivers.get(link);
    const rest: PieceIndex[] = [];
    if (receiver === undefined || receiver.revealed.isFull) return rest;
    for (let at = 0; at < this.#layout.pieceCount && rest.length < MAX_REST; at++) {
      const piece = at as PieceIndex;
      if (receiver.revealed.set(piece) && !this.#peers.has(link, piece)) rest.push(piece);
    }
    return rest;
  }

  /** Blocks that are on their way, or will be asked for soon. A peer that says nothing of what it got is mute from now on. */
  outstandingBlocks(now: Millis): number {
    let blocks = 0;
    for (const [link, receiver] of this.#receivers) {
      if (this.#isLate(link, receiver, now)) {
        this.#believe(receiver);
        continue;
      }
      for (const [piece, each] of receiver.outstanding)
        if (this.#isTaken(link, each, now)) blocks += this.#layout.blockCount(piece);
    }
    return blocks;
  }

  /** How many peers are about to have a piece. */
  underWay(now: Millis): ReadonlyMap<PieceIndex, number> {
    const counts = new Map<PieceIndex, number>();
    for (const [link, receiver] of this.#receivers) {
      if (this.#isLate(link, receiver, now)) continue;
      for (const [piece, each] of receiver.outstanding)
        if (this.#isTaken(link, each, now)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
    return counts;
  }

  /** Whom to tell of the piece: whoever has least that it has not passed on; among equals, whose last turn is longest ago. */
  next(piece: PieceIndex, now: Millis): LinkId | undefined {
    let best: LinkId | undefined;
    let least = Number.POSITIVE_INFINITY;
    let turn = 0;
    for (const [link, receiver] of this.#receivers) {
      if (receiver.isIdle || receiver.revealed.has(piece) || this.#peers.has(link, piece)) continue;
      if (this.#isLate(link, receiver, now)) continue;
      const load = receiver.outstanding.size + receiver.unshared.size;
      if (load > least || (load === least && receiver.turn >= turn)) continue;
      best = link;
      least = load;
      ({ turn } = receiver);
    }
    return best;
  }

  #got(now: Millis, receiver: Receiver, piece: PieceIndex, { at }: Outstanding): void {
    this.#settle(receiver, piece);
    const weight = this.#meanDelayMillis === 0 ? 1 : SMOOTHING;
    this.#meanDelayMillis += (now - at - this.#meanDelayMillis) * weight;
    this.#delivered(now, at, piece);
  }

  /** Counts as its own what a mute peer was sent. */
  #believe(receiver: Receiver): void {
    for (const [piece, outstanding] of receiver.outstanding) {
      if (outstanding.blocksLeft > 0) continue;
      receiver.isMute = true;
      this.#settle(receiver, piece);
    }
  }

  #settle(receiver: Receiver, piece: PieceIndex): void {
    receiver.outstanding.delete(piece);
    if (!this.#isWithOthers(piece)) receiver.unshared.add(piece);
  }

  /** It asks for nothing that we told it of, or for so much that it takes too long. */
  #isLate(link: LinkId, { outstanding, movedAt }: Receiver, now: Millis): boolean {
    if (outstanding.size === 0) return false;
    let isTaking = false;
    for (const each of outstanding.values()) isTaking ||= this.#isTaken(link, each, now);
    const mean = this.#meanDelayMillis;
    return (
      !isTaking || now - movedAt >= (mean === 0 ? FIRST_MILLIS : Math.max(LATE_MILLIS, LATE_TIMES * mean))
    );
  }

  /** The peer asks us for the piece, has all of it, or has had no time to ask. */
  #isTaken(link: LinkId, { askedAt, blocksLeft }: Outstanding, now: Millis): boolean {
    return blocksLeft === 0 || now - askedAt < ASK_MILLIS || this.#peers.isWaiting(link);
  }

  /** Whoever got the piece has passed it on, as so many others say. */
  #isWithOthers(piece: PieceIndex): boolean {
    const others = Math.max(1, Math.min(WITNESSES, this.#receivers.size - 1));
    return this.#peers.availability(piece) > others;
  }
}
