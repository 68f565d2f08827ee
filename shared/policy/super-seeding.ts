import { Bitfield } from "../base/bitfield.ts";
import type { LinkId, Millis, PieceIndex } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { BLOCK_BYTES, type Layout } from "../meta/layout.ts";
import { Pipeline, type PipelineLimits } from "./pipeline.ts";

/** What the machine asks about the peers that we have links to. */
export interface KnownPeers {
  /** How many of them have the piece. */
  availability(piece: PieceIndex): number;
  has(link: LinkId, piece: PieceIndex): boolean;
  /** How many pieces it has. */
  count(link: LinkId): number;
  isInterested(link: LinkId): boolean;
  /** It waits for blocks that it requested. */
  isWaiting(link: LinkId): boolean;
}

/** A piece that we told a peer of, and that it has not got yet. */
interface Outstanding {
  readonly at: Millis;
  blocksLeft: number;
  /** When the peer last requested a block of it, or heard of it. */
  askedAt: Millis;
}

/** Whom to tell of which piece. */
export interface Reveal {
  readonly link: LinkId;
  readonly piece: PieceIndex;
  /** We have not told the peer of any other. */
  readonly isFirst: boolean;
}

interface Receiver {
  /** All that we told it of. */
  readonly revealed: Bitfield;
  readonly outstanding: Map<PieceIndex, Outstanding>;
  /** Pieces that it got from us, and that we have seen with nobody else. */
  readonly unshared: Set<PieceIndex>;
  /** When it last told us of a piece or got a block from us. */
  movedAt: Millis;
  /** It does not say what it has. Clients may leave out what we seem to know. */
  isMute: boolean;
  /** When its last turn was, counted in reveals. */
  turn: number;
}

/** How much is revealed and not delivered: enough for the round trip and half a second: with a quarter, our upload was idle at times. */
const WINDOW: PipelineLimits = { first: 32, maxRequests: 65_536, queueMillis: 500, maxQueued: 65_536 };

/** One piece is on its way while the next is being asked for. */
const LEAST_PIECES = 2;

/** Who asks for no more of a piece for so long asks others for it, or for nothing: longer than a round trip. */
const ASK_MILLIS = 1_000;
/** A peer to which nothing moves for so long, and for three times as long as a piece takes, does not hold up the others. */
const LATE_MILLIS = 3_000;
const LATE_TIMES = 3;
/** The same while we do not know how long a piece takes. */
const FIRST_MILLIS = 10_000;
const SMOOTHING = 0.2;

/** After the last piece was revealed, we wait so long for the last ones to arrive before everybody may ask for anything. */
const TAIL_MILLIS = 10_000;

/** After so long in which nobody asked for more of what we told them of, everybody may ask for anything. */
const STUCK_MILLIS = 5_000;

/** The part of the pieces that is most of them. */
const NEARLY = 3 / 4;

/** Pieces that we tell a peer of at a time: 36 KiB. */
const MAX_REST = 4_096;

/**
 * Decides for the only seeder which piece to tell whom of (super-seeding, BEP 16): each piece to one peer, so that no byte is
 * sent twice before the swarm has everything.
 *
 * A peer that passes pieces on gets more than one that keeps them; nobody is refused, and our upload never waits: as many
 * pieces are out as it can send. Once each was revealed, those that few have go to others, too, one at a time.
 *
 * Before changing this, think of: peers that take nothing, that never say what they have, that pass nothing on, that leave
 * with the only copy, a single peer, links much faster or slower than ours, a few large pieces.
 */
export class SuperSeeding {
  readonly #layout: Layout;
  readonly #peers: KnownPeers;
  /** Pieces that were never revealed, the next one last. */
  readonly #fresh: PieceIndex[];
  readonly #receivers = new Map<LinkId, Receiver>();
  readonly #window = new Pipeline(WINDOW);
  #meanDelayMillis = 0;
  #turns = 0;
  /** When the last fresh piece was revealed. Undefined: there are more. */
  #tailAt: Millis | undefined;
  /** All pieces before it were elsewhere when we looked. */
  #elsewhere = 0;
  #isOver = false;
  /** When anybody last told us of a piece or got a block, or had nothing to get. */
  #movedAt: Millis | undefined;

  constructor(layout: Layout, random: Random, peers: KnownPeers) {
    this.#layout = layout;
    this.#peers = peers;
    this.#fresh = Array.from({ length: layout.pieceCount }, (_, at) => at as PieceIndex);
    shuffle(this.#fresh, random);
  }

  /** A peer that knows nothing of what we have. */
  joined(link: LinkId, now: Millis): void {
    this.#receivers.set(link, {
      revealed: new Bitfield(this.#layout.pieceCount),
      outstanding: new Map(),
      unshared: new Set(),
      movedAt: now,
      isMute: false,
      turn: this.#turns,
    });
  }

  /** What it had alone, or was about to have, goes to others. True: it was the last one. */
  left(link: LinkId): boolean {
    const receiver = this.#receivers.get(link);
    if (receiver === undefined || !this.#receivers.delete(link)) return false;
    this.#fresh.push(...receiver.unshared, ...receiver.outstanding.keys());
    if (this.#fresh.length > 0) this.#tailAt = undefined;
    return this.#receivers.size === 0;
  }

  /** Whether the peer may ask for the piece. */
  isRevealed(link: LinkId, piece: number): boolean {
    return this.#receivers.get(link)?.revealed.has(piece) ?? true;
  }

  /** Whether it has been told of a piece, and so may ask. */
  serves(link: LinkId): boolean {
    return (this.#receivers.get(link)?.revealed.count ?? 0) > 0;
  }

  /** The peer requests a block of this piece. */
  asked(now: Millis, link: LinkId, piece: number): void {
    const outstanding = this.#receivers.get(link)?.outstanding.get(piece as PieceIndex);
    if (outstanding !== undefined) outstanding.askedAt = now;
  }

  /** We gave its link a block of this piece. */
  blockSent(now: Millis, link: LinkId, piece: PieceIndex): void {
    const receiver = this.#receivers.get(link);
    const outstanding = receiver?.outstanding.get(piece);
    if (receiver === undefined || outstanding === undefined) return;
    receiver.movedAt = now;
    this.#movedAt = now;
    outstanding.blocksLeft = Math.max(0, outstanding.blocksLeft - 1);
    if (receiver.isMute && outstanding.blocksLeft === 0) this.#delivered(now, receiver, piece, outstanding);
  }

  /** The peer has a piece that it did not have before. */
  has(now: Millis, link: LinkId, piece: PieceIndex): void {
    for (const [other, { unshared }] of this.#receivers) if (other !== link) unshared.delete(piece);
    const receiver = this.#receivers.get(link);
    const outstanding = receiver?.outstanding.get(piece);
    if (receiver === undefined || !receiver.revealed.has(piece)) return;
    receiver.movedAt = now;
    this.#movedAt = now;
    receiver.isMute = false;
    if (outstanding !== undefined) this.#delivered(now, receiver, piece, outstanding);
  }

  /** Every piece is with somebody else and much is still missing somewhere, or we have waited long enough for the last ones. From then on it stays over. */
  isOver(now: Millis): boolean {
    const isTailOver = this.#tailAt !== undefined && now - this.#tailAt >= TAIL_MILLIS;
    this.#isOver ||= isTailOver || this.#isStuck(now) || (this.#isAllElsewhere() && !this.#isNearlyDone());
    return this.#isOver;
  }

  /** All our peers have most of it: told of all the rest, they would only ask us for what they have asked others for. */
  #isNearlyDone(): boolean {
    for (const link of this.#receivers.keys())
      if (this.#peers.count(link) < this.#layout.pieceCount * NEARLY) return false;
    return true;
  }

  /** Our peers may have asked others, which let them wait, for just those pieces that we told them of. */
  #isStuck(now: Millis): boolean {
    if (now - (this.#movedAt ?? now) < STUCK_MILLIS) return false;
    let isWanting = false;
    for (const [link, { outstanding }] of this.#receivers) {
      if (this.#peers.isWaiting(link) || hasArriving(outstanding)) return false;
      isWanting ||= outstanding.size > 0 && this.#peers.isInterested(link);
    }
    return isWanting;
  }

  /** There are other seeders. */
  end(): void {
    this.#isOver = true;
  }

  #isAllElsewhere(): boolean {
    const { pieceCount } = this.#layout;
    while (this.#elsewhere < pieceCount && this.#isElsewhere(this.#elsewhere)) this.#elsewhere += 1;
    if (this.#elsewhere < pieceCount) return false;
    for (let piece = 0; piece < pieceCount; piece++) {
      if (this.#isElsewhere(piece)) continue;
      this.#elsewhere = piece; // Whoever had it has left.
      return false;
    }
    return true;
  }

  /** The next piece to tell somebody of, which counts as told. Undefined: enough is on its way. */
  reveal(now: Millis): Reveal | undefined {
    const outstandingBlocks = this.#outstandingBlocks(now);
    const most = Math.max(
      this.#window.free(0),
      LEAST_PIECES * Math.ceil(this.#layout.pieceLength / BLOCK_BYTES),
    );
    if (outstandingBlocks >= most) return undefined;
    const piece = this.#nextFresh() ?? this.#nextRare(now, outstandingBlocks);
    const link = piece === undefined ? undefined : this.#nextReceiver(piece, now);
    const receiver = link && this.#receivers.get(link);
    if (piece === undefined || link === undefined || receiver === undefined) return undefined;
    if (this.#fresh.at(-1) === piece) this.#fresh.pop();
    if (this.#fresh.length === 0) this.#tailAt ??= now;
    if (receiver.outstanding.size === 0) receiver.movedAt = now;
    if (outstandingBlocks === 0) this.#movedAt = now;
    const isFirst = receiver.revealed.count === 0;
    const blocksLeft = this.#layout.blockCount(piece);
    receiver.outstanding.set(piece, { at: now, blocksLeft, askedAt: now });
    receiver.revealed.set(piece);
    this.#turns += 1;
    receiver.turn = this.#turns;
    return { link, piece, isFirst };
  }

  /**
   * Those who want nothing of what we told them of, and may want something else: they download some files of several. They may
   * ask for anything.
   */
  choosy(now: Millis): readonly LinkId[] {
    const isLeft = (each: Outstanding): boolean => each.blocksLeft > 0 && now - each.askedAt >= LATE_MILLIS;
    return [...this.#receivers].flatMap(([link, { outstanding, revealed }]) => {
      const wantsNothing = outstanding.size > 0 && !this.#peers.isInterested(link);
      return wantsNothing && !revealed.isFull && [...outstanding.values()].every(isLeft) ? [link] : [];
    });
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

  #delivered(now: Millis, receiver: Receiver, piece: PieceIndex, { at }: Outstanding): void {
    receiver.outstanding.delete(piece);
    if (!this.#isWithOthers(receiver, piece)) receiver.unshared.add(piece);
    const delayMillis = now - at;
    this.#meanDelayMillis +=
      (delayMillis - this.#meanDelayMillis) * (this.#meanDelayMillis === 0 ? 1 : SMOOTHING);
    for (let block = this.#layout.blockCount(piece); block > 0; block--)
      this.#window.arrived(now, at, BLOCK_BYTES);
  }

  /** Of receivers that take what they get. One that says nothing of what it got is mute from now on. */
  #outstandingBlocks(now: Millis): number {
    let blocks = 0;
    for (const [link, receiver] of this.#receivers) {
      if (this.#isLate(link, receiver, now)) {
        for (const [piece, outstanding] of receiver.outstanding) {
          if (outstanding.blocksLeft > 0) continue;
          receiver.isMute = true;
          receiver.outstanding.delete(piece);
          if (!this.#isWithOthers(receiver, piece)) receiver.unshared.add(piece);
        }
        continue;
      }
      for (const [piece, each] of receiver.outstanding)
        if (this.#isTaken(link, each, now)) blocks += this.#layout.blockCount(piece);
    }
    return blocks;
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

  #nextFresh(): PieceIndex | undefined {
    for (;;) {
      const piece = this.#fresh.at(-1);
      if (piece === undefined || this.#peers.availability(piece) === 0) return piece;
      this.#fresh.pop(); // Somebody brought it.
    }
  }

  /** The piece with fewest copies here or on their way, that somebody has not heard of, if our upload would be idle. */
  #nextRare(now: Millis, outstandingBlocks: number): PieceIndex | undefined {
    const { pieceCount } = this.#layout;
    const underWay = this.#underWay(now);
    let best: PieceIndex | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < pieceCount; at++) {
      const piece = ((at + this.#turns) % pieceCount) as PieceIndex;
      const copies = this.#peers.availability(piece) + (underWay.get(piece) ?? 0);
      if (copies >= fewest || this.#nextReceiver(piece, now) === undefined) continue;
      best = piece;
      fewest = copies;
      if (copies === 0) break;
    }
    if (best === undefined || outstandingBlocks >= this.#layout.blockCount(best)) return undefined;
    return best;
  }

  /** How many peers are about to have a piece. */
  #underWay(now: Millis): ReadonlyMap<PieceIndex, number> {
    const counts = new Map<PieceIndex, number>();
    for (const [link, receiver] of this.#receivers) {
      if (this.#isLate(link, receiver, now)) continue;
      for (const [piece, each] of receiver.outstanding)
        if (this.#isTaken(link, each, now)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
    return counts;
  }

  /** Whoever has least that it has not passed on; among equals, whose last turn is longest ago. */
  #nextReceiver(piece: PieceIndex, now: Millis): LinkId | undefined {
    let best: LinkId | undefined;
    let least = Number.POSITIVE_INFINITY;
    let turn = 0;
    for (const [link, receiver] of this.#receivers) {
      if (receiver.revealed.has(piece) || this.#peers.has(link, piece) || this.#isLate(link, receiver, now))
        continue;
      const load = receiver.outstanding.size + receiver.unshared.size;
      if (load > least || (load === least && receiver.turn >= turn)) continue;
      best = link;
      least = load;
      ({ turn } = receiver);
    }
    return best;
  }

  #isElsewhere(piece: number): boolean {
    return this.#peers.availability(piece as PieceIndex) > 0;
  }

  #isWithOthers(receiver: Receiver, piece: PieceIndex): boolean {
    for (const [link, other] of this.#receivers)
      if (other !== receiver && this.#peers.has(link, piece)) return true;
    return false;
  }
}

/** Whether a piece is on its way: the link has all of it. */
function hasArriving(outstanding: Receiver["outstanding"]): boolean {
  for (const { blocksLeft } of outstanding.values()) if (blocksLeft === 0) return true;
  return false;
}
