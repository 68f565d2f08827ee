import type { LinkId, Millis, PieceIndex } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { BLOCK_BYTES, type Layout } from "../meta/layout.ts";
import { Pipeline, type PipelineLimits } from "./pipeline.ts";
import type { KnownPeers } from "./receiver.ts";
import { Receivers, WITNESSES } from "./receivers.ts";
import { StandingBack } from "./standing-back.ts";

/** Whom to tell of which piece. */
export interface Reveal {
  readonly link: LinkId;
  readonly piece: PieceIndex;
  /** We have not told the peer of any other. */
  readonly isFirst: boolean;
}

/** How much is revealed and not delivered: enough for the round trip and half a second: with a quarter, our upload was idle at times. */
const WINDOW: PipelineLimits = { first: 32, maxRequests: 65_536, queueMillis: 500, maxQueued: 65_536 };

/** One piece is on its way while the next is being asked for. */
const LEAST_PIECES = 2;

/** After the last piece was revealed, we wait so long for the last ones to arrive before everybody may ask for anything. */
const TAIL_MILLIS = 10_000;

/** Without news we look so often whether peers are late or stuck: a look at each block sent would double what it costs. */
const LOOK_MILLIS = 100;

/** While we stand back, whoever falls behind the others by more than this part of the pieces may ask us: they do not serve it well. */
const MAX_LAG = 1 / 20;

/**
 * So many peers may ask for anything while the others hear of pieces one by one. No slots limit whom a super-seeder serves, so
 * with more of them the upload would go to whoever pretends to want something else: then the choker shares it out.
 */
const MAX_CHOOSY = 4;

/**
 * Decides for the only seeder which piece to tell whom of (super-seeding, BEP 16): each piece to one peer, so that no byte is
 * sent twice before the swarm has everything.
 *
 * A peer that passes pieces on gets more than one that keeps them; nobody is refused, and our upload never waits: as many
 * pieces are out as it can send. What one or two peers claim to have is sent last, if still nobody else has it, and what a peer
 * lets lie goes to another. Once each was revealed, those that few have go to others, too, one at a time. Once each is with
 * somebody else, we stand back for as long as the swarm is as fast without us.
 *
 * Before changing this, think of: peers that take nothing, that never say what they have, that pass nothing on, that leave
 * with the only copy, a single peer, links much faster or slower than ours, a few large pieces.
 */
export class SuperSeeding {
  readonly #layout: Layout;
  readonly #peers: KnownPeers;
  /** Pieces that were never revealed, the next one last. */
  readonly #fresh: PieceIndex[];
  /** Of those, the ones that somebody claims to have. */
  readonly #claimed: PieceIndex[] = [];
  /** Of those, the ones that everybody here claims to have. */
  readonly #everywhere: PieceIndex[] = [];
  readonly #receivers: Receivers;
  readonly #window = new Pipeline(WINDOW);
  readonly #back = new StandingBack();
  /** How far the last of our peers was behind when we stood back. */
  #lagBefore = 0;
  /** When the last fresh piece was revealed. Undefined: there are more. */
  #tailAt: Millis | undefined;
  /** All pieces before it were elsewhere when we looked. */
  #elsewhere = 0;
  #isOver = false;
  /** Something has changed since we last looked for more to tell. */
  #isChanged = true;
  #lookedAt = 0;

  constructor(layout: Layout, random: Random, peers: KnownPeers) {
    this.#layout = layout;
    this.#peers = peers;
    this.#fresh = Array.from({ length: layout.pieceCount }, (_, at) => at as PieceIndex);
    shuffle(this.#fresh, random);
    this.#receivers = new Receivers(layout, peers, (now, toldAt, piece) => {
      this.#isChanged = true;
      this.#back.sentByUs();
      for (let block = layout.blockCount(piece); block > 0; block--)
        this.#window.arrived(now, toldAt, BLOCK_BYTES);
    });
  }

  /** A peer that knows nothing of what we have. */
  joined(link: LinkId, now: Millis): void {
    this.#receivers.joined(link, now);
    for (const piece of this.#everywhere.splice(0)) this.#claimed.push(piece); // Not with this one.
    if (this.#claimed.length > 0) this.#tailAt = undefined;
    this.#isChanged = true;
  }

  /** Somebody waits there for certain pieces: it may hear of all of them. */
  waits(link: LinkId): void {
    this.#receivers.waits(link);
    this.#isChanged = true;
  }

  /** What it had alone, or was about to have, goes to others. True: it was the last one. */
  left(link: LinkId): boolean {
    const lost = this.#receivers.left(link);
    if (lost === undefined) return false;
    this.#isChanged = true;
    this.#sendAgain(lost);
    return this.#receivers.count === 0;
  }

  /** Whether the peer may ask for the piece. */
  isRevealed(link: LinkId, piece: number): boolean {
    return this.#receivers.isRevealed(link, piece);
  }

  /** Whether it has been told of a piece, and so may ask. */
  serves(link: LinkId): boolean {
    return this.#receivers.revealedCount(link) > 0;
  }

  /** The peer requests a block of this piece. */
  asked(now: Millis, link: LinkId, piece: number): void {
    this.#receivers.asked(now, link, piece);
  }

  /** We gave its link a block of this piece. */
  blockSent(now: Millis, link: LinkId, piece: PieceIndex): void {
    this.#receivers.blockSent(now, link, piece);
  }

  /** The peer has a piece that it did not have before. */
  has(now: Millis, link: LinkId, piece: PieceIndex): void {
    this.#receivers.has(now, link, piece);
    this.#back.pieceTaken(now);
    if (!this.#back.isOn) this.#isChanged = true;
  }

  /**
   * Every piece is with somebody else and the swarm is slower without us, we have waited long enough for the last ones, or too many
   * want to choose. From then on it stays over.
   */
  isOver(now: Millis): boolean {
    if (this.#isOver) return true;
    this.#back.look(now, this.#receivers.progress.lackingCount);
    this.#isOver =
      this.#receivers.isStuck(now) ||
      this.#receivers.choosyCount > MAX_CHOOSY ||
      (this.#isAllElsewhere() ? !this.#maySendLess(now) : this.#isTailOver(now));
    return this.#isOver;
  }

  /** Everybody has nearly everything, or gets it from the others. */
  #maySendLess(now: Millis): boolean {
    const { progress } = this.#receivers;
    if (!this.#back.isOn && progress.isNearlyDone) return !this.#isTailOver(now);
    if (!this.#back.isOn) {
      if (progress.isMostlyDone) return false; // A few slow ones are left.
      this.#back.begin(now, progress.lackingCount);
      this.#lagBefore = progress.lag;
    }
    return this.#back.isFine;
  }

  #isTailOver(now: Millis): boolean {
    return this.#tailAt !== undefined && now - this.#tailAt >= TAIL_MILLIS;
  }

  /** There are other seeders. */
  end(): void {
    this.#isOver = true;
    this.#isChanged = true;
  }

  /** Whether there may be something to tell. Counts as a look. */
  isWorthALook(now: Millis): boolean {
    if (!this.#isChanged && now - this.#lookedAt < LOOK_MILLIS) return false;
    this.#isChanged = false;
    this.#lookedAt = now;
    return true;
  }

  #isAllElsewhere(): boolean {
    const { pieceCount } = this.#layout;
    if (this.#nextFresh() !== undefined) return false;
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
    if (this.#nextFresh() === undefined) this.#tailAt ??= now;
    const outstandingBlocks = this.#receivers.outstandingBlocks(now);
    const most = Math.max(
      this.#window.free(0),
      LEAST_PIECES * Math.ceil(this.#layout.pieceLength / BLOCK_BYTES),
    );
    if (outstandingBlocks >= most) return undefined;
    const piece = this.#nextFresh() ?? (this.#back.isOn ? undefined : this.#nextRare(now, outstandingBlocks));
    const link = piece === undefined ? undefined : this.#receivers.next(piece, now);
    if (piece === undefined || link === undefined) return undefined;
    if (this.#fresh.at(-1) === piece) this.#fresh.pop();
    else if (this.#claimed.at(-1) === piece) this.#claimed.pop();
    const isFirst = !this.serves(link);
    this.#receivers.reveal(now, link, piece, outstandingBlocks === 0);
    return { link, piece, isFirst };
  }

  /** Peers that may hear of all the rest now: they want nothing of what they were told of, or others do not serve them well. */
  choosy(now: Millis): readonly LinkId[] {
    if (this.#back.isOn) this.#receivers.favour(now, this.#lagBefore + this.#layout.pieceCount * MAX_LAG);
    const choosy = this.#receivers.becameChoosy(now);
    this.#sendAgain(this.#receivers.takeBack(now));
    return choosy;
  }

  /** Some of the pieces that the peer has not heard of, which count as told. Empty: it knows of all. */
  rest(link: LinkId): readonly PieceIndex[] {
    return this.#receivers.rest(link);
  }

  #sendAgain(pieces: readonly PieceIndex[]): void {
    for (const piece of pieces) this.#fresh.push(piece);
    if (this.#fresh.length > 0) this.#tailAt = undefined;
  }

  /** Those that somebody claims to have come last: by then so many have them that it is true, or we send them after all. */
  #nextFresh(): PieceIndex | undefined {
    for (;;) {
      const piece = this.#fresh.at(-1);
      if (piece === undefined) return this.#nextClaimed();
      if (this.#peers.availability(piece) === 0) return piece;
      this.#fresh.pop();
      this.#claimed.push(piece);
    }
  }

  #nextClaimed(): PieceIndex | undefined {
    for (;;) {
      const piece = this.#claimed.at(-1);
      const copies = piece === undefined ? 0 : this.#peers.availability(piece);
      if (piece === undefined || copies <= Math.min(WITNESSES, this.#receivers.count - 1)) return piece;
      this.#claimed.pop();
      if (copies <= WITNESSES) this.#everywhere.push(piece);
    }
  }

  /** The piece with fewest copies here or on their way, that somebody has not heard of, if our upload would be idle. */
  #nextRare(now: Millis, outstandingBlocks: number): PieceIndex | undefined {
    const { pieceCount } = this.#layout;
    if (outstandingBlocks >= this.#layout.blockCount(0 as PieceIndex)) return undefined; // Before we look at all pieces.
    const underWay = this.#receivers.underWay(now);
    let best: PieceIndex | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < pieceCount; at++) {
      const piece = ((at + this.#receivers.turns) % pieceCount) as PieceIndex;
      const copies = this.#peers.availability(piece) + (underWay.get(piece) ?? 0);
      if (copies >= fewest || this.#receivers.next(piece, now) === undefined) continue;
      best = piece;
      fewest = copies;
      if (copies === 0) break;
    }
    return best;
  }

  #isElsewhere(piece: number): boolean {
    return this.#peers.availability(piece as PieceIndex) > 0;
  }
}
