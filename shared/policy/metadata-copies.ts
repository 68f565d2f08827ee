import { concatBytes } from "../base/bytes.ts";
import { type LinkId, type Millis, millis } from "../base/ids.ts";

export interface MetadataLimits {
  /** We refuse a larger info dictionary. */
  readonly maxBytes: number;
  /** Bytes held of all copies together. */
  readonly maxHeldBytes: number;
  /** Most pieces requested from one peer at a time; we begin with one. */
  readonly maxRequests: number;
  /** A peer that sends nothing for this long is late. */
  readonly answerMillis: number;
  /** After this long without a piece we request it from others as well. */
  readonly againMillis: number;
  /** How long we ask nothing of a peer that was late or refused. */
  readonly restMillis: number;
}

/** A peer that says it has the info dictionary. */
interface Giver {
  readonly link: LinkId;
  /** The size it claims. */
  readonly bytes: number;
  readonly isOneByOne: boolean;
  /** Pieces requested and not yet received, and when we asked. */
  readonly asked: Map<number, Millis>;
  answers: number;
  /** It has had several requests at a time. */
  hadSeveral: boolean;
  /** When it last sent a piece, or got a request while it had none. */
  since: Millis;
  restsUntil: Millis;
}

/** One info dictionary in the making. */
interface Copy {
  readonly bytes: number;
  /** The one peer it comes from. Undefined: all peers that claim this size. */
  readonly owner: LinkId | undefined;
  readonly pieces: (Uint8Array | undefined)[];
  readonly senders: (LinkId | undefined)[];
  /** For each piece, the peers asked for it. */
  readonly askers: Giver[][];
  count: number;
}

/** A peer that did not answer in time. */
export interface LateGiver {
  readonly link: LinkId;
  /** It had sent pieces, and then got several requests at a time. */
  readonly letSecondWait: boolean;
}

/**
 * Assembles the info dictionary of a magnet link from what peers send (BEP 9).
 *
 * We ask all peers at the same time, each for pieces that no good peer has been asked for, so a silent peer delays
 * nothing. Only the hash of the whole shows whether it is right, so a liar could spoil what all others send: after one
 * wrong copy from several peers, every peer sends a copy of its own, and a wrong one gives its sender away.
 */
export class MetadataCopies {
  readonly #limits: MetadataLimits;
  readonly #pieceBytes: number;
  readonly #givers = new Map<LinkId, Giver>();
  #copies: Copy[] = [];
  #checking: Copy | undefined;
  #isMixSpoilt = false;

  /** `pieceBytes`: the size of a piece, which one message carries. */
  constructor(limits: MetadataLimits, pieceBytes: number) {
    this.#limits = limits;
    this.#pieceBytes = pieceBytes;
  }

  /** The peer claims to have `bytes`; we forget its past. `isOneByOne`: we ask it for one piece at a time. */
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
    this.#forgetUnclaimed();
  }

  /** The pieces to request from this peer now. */
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

  /** The peer sent a piece; copies `bytes`. False: this is not what we asked for. */
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

  /** The peer will send nothing now. */
  refused(link: LinkId, now: Millis): void {
    const giver = this.#givers.get(link);
    if (giver !== undefined && giver.asked.size > 0) this.#rest(giver, now);
  }

  /** The late peers. They rest from now on. */
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

  /** A whole copy, to be hashed. There is no other before `wrong`. */
  takeWhole(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#checking !== undefined) return undefined;
    this.#checking = this.#copies.find(({ pieces, count }) => count === pieces.length);
    if (this.#checking === undefined) return undefined;
    return concatBytes(this.#checking.pieces.flatMap((piece) => piece ?? []));
  }

  /** The hashed copy was wrong. Returns its only sender; undefined: there were several. */
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

  /** Peers that have sent nothing yet, or keep us waiting, do not keep us from asking another. */
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

  /** One more for each piece it has sent. */
  #mostAsked({ answers, isOneByOne }: Giver): number {
    return isOneByOne ? 1 : Math.min(this.#limits.maxRequests, 1 + answers);
  }

  #rest(giver: Giver, now: Millis): void {
    this.#release(giver);
    giver.restsUntil = millis(now + this.#limits.restMillis);
  }

  /** Others may be asked for its pieces. */
  #release(giver: Giver): void {
    const { askers } = this.#copyOf(giver);
    for (const piece of giver.asked.keys())
      askers[piece] = (askers[piece] ?? []).filter((asker) => asker !== giver);
    giver.asked.clear();
  }

  /**
   * Of the copies of a size that nobody here claims, keeps the one of which we have most: somebody may come who completes it. With
   * all of them, one peer could fill our memory, as it may claim one size after the other.
   */
  #forgetUnclaimed(): void {
    const claimed = new Set([...this.#givers.values()].map(({ bytes }) => bytes));
    const unclaimed = this.#copies.filter(({ bytes }) => !claimed.has(bytes));
    const [, ...fewer] = unclaimed.sort((left, right) => right.count - left.count);
    this.#copies = this.#copies.filter((copy) => !fewer.includes(copy));
  }

  /** Counts a short piece as a full one. */
  get #heldBytes(): number {
    return this.#copies.reduce((sum, { count }) => sum + count * this.#pieceBytes, 0);
  }

  /** A smaller one is done sooner. */
  #dropLargest(now: Millis): void {
    const largest = this.#copies.reduce((left, right) => (right.bytes > left.bytes ? right : left));
    this.#copies = this.#copies.filter((copy) => copy !== largest);
    for (const giver of this.#givers.values()) if (giver.bytes === largest.bytes) this.#rest(giver, now);
  }
}
