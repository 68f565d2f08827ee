import { concatBytes } from "../base/bytes.ts";
import { type LinkId, type Millis, millis } from "../base/ids.ts";

export interface MetadataLimits {
  /** A larger info dictionary is refused. */
  readonly maxBytes: number;
  /** Of all copies that are not whole yet. */
  readonly maxHeldBytes: number;
  /** Pieces that one peer is asked for at a time; it begins with one. */
  readonly maxRequests: number;
  /** A peer that gives nothing for so long is late. */
  readonly answerMillis: number;
  /** A piece that a peer lets wait for so long is asked of others as well. */
  readonly againMillis: number;
  /** A peer that was late, or that refused, is not asked for so long. */
  readonly restMillis: number;
}

/** Somebody who says that it has the info dictionary. */
interface Giver {
  readonly link: LinkId;
  /** As it claims. */
  readonly bytes: number;
  readonly isOneByOne: boolean;
  /** What it was asked for and has not given, and when. */
  readonly asked: Map<number, Millis>;
  answers: number;
  /** It had more than one request at a time. */
  hadSeveral: boolean;
  /** When it last gave a piece, or was asked while it had nothing to do. */
  since: Millis;
  restsUntil: Millis;
}

/** One info dictionary on its way. */
interface Copy {
  readonly bytes: number;
  /** It comes from this peer alone. Undefined: from everybody who claims this size. */
  readonly owner: LinkId | undefined;
  readonly pieces: (Uint8Array | undefined)[];
  readonly senders: (LinkId | undefined)[];
  /** For each piece, who has been asked for it. */
  readonly askers: Giver[][];
  count: number;
}

/** A peer that let its requests wait. */
export interface LateGiver {
  readonly link: LinkId;
  /** It had given pieces before, and was then asked for several at a time. */
  readonly letSecondWait: boolean;
}

/**
 * The info dictionary of a magnet link, put together from what peers send (BEP 9).
 *
 * Everybody is asked at the same time, each for pieces that no good peer is asked for already, so peers that give nothing
 * hold up nothing. Only the hash of the whole tells whether it is right, and a liar could spoil what all others send:
 * after one copy from several peers was wrong, every peer gives a copy of its own, and a wrong one names its sender.
 */
export class MetadataCopies {
  readonly #limits: MetadataLimits;
  readonly #pieceBytes: number;
  readonly #givers = new Map<LinkId, Giver>();
  #copies: Copy[] = [];
  #checking: Copy | undefined;
  #isMixSpoilt = false;

  /** `pieceBytes`: how much travels in one message. */
  constructor(limits: MetadataLimits, pieceBytes: number) {
    this.#limits = limits;
    this.#pieceBytes = pieceBytes;
  }

  /** The peer claims to have so many bytes; what it did before is forgotten. `isOneByOne`: it is asked for one piece at a time. */
  offered(link: LinkId, bytes: number, isOneByOne: boolean): void {
    const before = this.#givers.get(link);
    if (before?.bytes === bytes) this.#release(before);
    else this.left(link);
    if (bytes > this.#limits.maxBytes) return;
    this.#givers.set(link, {
      link,
      bytes,
      isOneByOne,
      asked: new Map(),
      answers: 0,
      hadSeveral: false,
      since: millis(0),
      restsUntil: millis(0),
    });
  }

  left(link: LinkId): void {
    const giver = this.#givers.get(link);
    if (giver === undefined) return;
    this.#release(giver);
    this.#givers.delete(link);
    this.#copies = this.#copies.filter(({ owner, count }) => owner !== link && count > 0);
  }

  /** The pieces to ask this peer for now. */
  pick(link: LinkId, now: Millis): readonly number[] {
    const giver = this.#givers.get(link);
    if (giver === undefined || now < giver.restsUntil) return [];
    const room = this.#mostAsked(giver) - giver.asked.size;
    const copy = this.#copyOf(giver);
    const picked: number[] = [];
    const isFree = this.#isSlow(giver, now) ? [this.#isUnasked] : [this.#isUnasked, this.#isOpenToOthers];
    for (const fits of isFree) {
      for (let piece = 0; piece < copy.pieces.length && picked.length < room; piece++) {
        if (copy.pieces[piece] !== undefined || giver.asked.has(piece) || !fits(copy, piece, now)) continue;
        if (giver.asked.size === 0) giver.since = now;
        giver.hadSeveral ||= giver.asked.size > 0;
        giver.asked.set(piece, now);
        copy.askers[piece]?.push(giver);
        picked.push(piece);
      }
    }
    return picked;
  }

  /** The peer sent a piece; `bytes` are copied. False: it is not what was asked for. */
  arrived(link: LinkId, piece: number, totalBytes: number, bytes: Uint8Array, now: Millis): boolean {
    const giver = this.#givers.get(link);
    if (giver === undefined) return true;
    const length = Math.min(this.#pieceBytes, giver.bytes - piece * this.#pieceBytes);
    if (totalBytes !== giver.bytes || bytes.length !== length) return !giver.asked.has(piece);
    giver.asked.delete(piece);
    giver.answers += 1;
    giver.since = now;
    const copy = this.#copyOf(giver);
    if (copy.pieces[piece] !== undefined) return true;
    copy.pieces[piece] = bytes.slice();
    copy.senders[piece] = link;
    copy.askers[piece] = [];
    copy.count += 1;
    if (this.#heldBytes > this.#limits.maxHeldBytes) this.#dropLargest(now);
    return true;
  }

  /** The peer will not give it now. */
  refused(link: LinkId, now: Millis): void {
    const giver = this.#givers.get(link);
    if (giver !== undefined && giver.asked.size > 0) this.#rest(giver, now);
  }

  /** Those that are late rest from now on. */
  late(now: Millis): readonly LateGiver[] {
    const late: LateGiver[] = [];
    for (const giver of this.#givers.values()) {
      const { link, asked, answers, since } = giver;
      if (asked.size === 0 || now - since < this.#limits.answerMillis) continue;
      late.push({ link, letSecondWait: answers > 0 && giver.hadSeveral });
      this.#rest(giver, now);
    }
    return late;
  }

  /** A whole copy, to be hashed: the next one only after `checked`. */
  takeWhole(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#checking !== undefined) return undefined;
    this.#checking = this.#copies.find(({ pieces, count }) => count === pieces.length);
    if (this.#checking === undefined) return undefined;
    return concatBytes(this.#checking.pieces.flatMap((piece) => piece ?? []));
  }

  /** The copy that was hashed is wrong. Returns who alone sent it; undefined: several did. */
  wrong(): LinkId | undefined {
    const wrong = this.#checking;
    this.#checking = undefined;
    if (wrong === undefined) return undefined;
    this.#copies = this.#copies.filter((copy) => copy !== wrong);
    const [only, ...others] = new Set(wrong.senders);
    if (others.length === 0) return only;
    this.#isMixSpoilt = true;
    return undefined;
  }

  #copyOf({ link, bytes }: Giver): Copy {
    const known = this.#copies.find((copy) =>
      copy.owner === undefined ? copy.bytes === bytes : copy.owner === link,
    );
    if (known !== undefined) return known;
    const pieceCount = Math.ceil(bytes / this.#pieceBytes);
    const copy: Copy = {
      bytes,
      owner: this.#isMixSpoilt ? link : undefined,
      pieces: new Array<Uint8Array | undefined>(pieceCount).fill(undefined),
      senders: new Array<LinkId | undefined>(pieceCount).fill(undefined),
      askers: Array.from({ length: pieceCount }, () => []),
      count: 0,
    };
    this.#copies.push(copy);
    return copy;
  }

  readonly #isUnasked = ({ askers }: Copy, piece: number): boolean => askers[piece]?.length === 0;

  /** Those that have given nothing yet, or let us wait, are no reason not to ask another peer. */
  readonly #isOpenToOthers = ({ askers }: Copy, piece: number, now: Millis): boolean =>
    (askers[piece] ?? []).every(
      (asker) =>
        asker.answers === 0 ||
        this.#isSlow(asker, now) ||
        now - (asker.asked.get(piece) ?? 0) >= this.#limits.againMillis,
    );

  #isSlow({ asked, since }: Giver, now: Millis): boolean {
    return asked.size > 0 && now - since >= this.#limits.againMillis;
  }

  /** One more for each piece that it has given. */
  #mostAsked({ answers, isOneByOne }: Giver): number {
    return isOneByOne ? 1 : Math.min(this.#limits.maxRequests, 1 + answers);
  }

  #rest(giver: Giver, now: Millis): void {
    this.#release(giver);
    giver.restsUntil = millis(now + this.#limits.restMillis);
  }

  /** What it was asked for is asked of others. */
  #release(giver: Giver): void {
    const { askers } = this.#copyOf(giver);
    for (const piece of giver.asked.keys())
      askers[piece] = (askers[piece] ?? []).filter((asker) => asker !== giver);
    giver.asked.clear();
  }

  /** A piece counts as a whole one, however small it is. */
  get #heldBytes(): number {
    return this.#copies.reduce((sum, { count }) => sum + count * this.#pieceBytes, 0);
  }

  /** A smaller one is sooner done. */
  #dropLargest(now: Millis): void {
    const largest = this.#copies.reduce((left, right) => (right.bytes > left.bytes ? right : left));
    this.#copies = this.#copies.filter((copy) => copy !== largest);
    for (const giver of this.#givers.values()) if (giver.bytes === largest.bytes) this.#rest(giver, now);
  }
}
