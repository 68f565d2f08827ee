import { Bitfield } from "../../base/bitfield.ts";
import type { LinkId, PeerId, PieceIndex } from "../../base/ids.ts";
import type { Effect } from "../../session/effect.ts";
import type { Happening } from "../../session/happening.ts";
import type { Input } from "../../session/input.ts";
import type { CloseReason } from "../../session/link-end.ts";
import type { NodeObserver } from "../node-setup.ts";
import type { Copies } from "./copies.ts";

/** What is counted for each peer over all its sessions. */
export class PeerRecord implements NodeObserver {
  readonly name: string;
  readonly index: number;
  /** Pieces that were checked, or there from the beginning. */
  readonly has: Bitfield;
  knowsMetadata = false;
  /** Undefined: it has not been there yet. */
  cameAt: number | undefined;
  /** Undefined: it never had everything. */
  completedAt: number | undefined;
  /** Bytes of blocks that its past sessions sent. */
  blockBytesSent = 0;
  /** Bytes of blocks that it took, without those that came twice. */
  blockBytesTaken = 0;
  failedPieces = 0;
  /** Bytes of the good pieces that it got from peers. */
  goodBytes = 0;
  /** When it first held each piece. */
  readonly heldAt = new Map<PieceIndex, number>();
  /** WebRTC connections that it made: for its offers, and to answer others'. */
  connectionsMade = 0;
  linksOpened = 0;
  /** How long others let it request, all its links together. */
  unchokedMillis = 0;
  /** Links that it closed for a reason, by the peer at the other end. */
  readonly closed = new Map<number, Map<CloseReason, number>>();
  readonly banned = new Set<PeerId>();
  /** Failed pieces with blocks from each party, on links that are closed. */
  readonly badPieces = new Map<number, number>();
  /** The other end of the link that it is closing. */
  #closing: number | undefined;
  /** Since when each link that lets it request does. */
  readonly #unchokedAt = new Map<LinkId, number>();
  readonly #now: () => number;
  readonly #copies: Copies;
  readonly #pieceBytes: (piece: PieceIndex) => number;
  #isThere = false;
  #lost: PieceIndex[] = [];

  constructor(
    name: string,
    index: number,
    seeds: boolean,
    copies: Copies,
    pieceBytes: (piece: PieceIndex) => number,
    now: () => number,
  ) {
    this.name = name;
    this.index = index;
    this.#copies = copies;
    this.#pieceBytes = pieceBytes;
    this.#now = now;
    this.has = seeds ? Bitfield.full(copies.pieceCount) : new Bitfield(copies.pieceCount);
  }

  get bytesHeld(): number {
    let bytes = 0;
    for (const piece of this.pieces()) bytes += this.#pieceBytes(piece);
    return bytes;
  }

  pieces(): PieceIndex[] {
    const pieces: PieceIndex[] = [];
    for (let piece = 0; piece < this.has.length; piece++)
      if (this.has.has(piece)) pieces.push(piece as PieceIndex);
    return pieces;
  }

  came(now: number): void {
    this.cameAt ??= now;
    this.#isThere = true;
    for (const piece of this.#lost.splice(0)) this.has.clear(piece);
    this.#copies.add(this.pieces(), 1);
    if (this.has.isFull) this.completedAt ??= now;
  }

  went(): void {
    this.ended();
    this.#isThere = false;
    this.#copies.add(this.pieces(), -1);
  }

  /** A piece vanished from its disk: it finds out when somebody wants it. */
  lost(piece: PieceIndex): void {
    this.#lost.push(piece);
  }

  heard(input: Input): void {
    switch (input.type) {
      case "pieceChecked":
        if (input.good) this.goodBytes += this.#pieceBytes(input.piece);
        if (!input.good) this.failedPieces += 1;
        else if (this.#isThere && this.has.set(input.piece)) this.#held(input.piece);
        return;
      case "blockRead":
        if (input.bytes === undefined && this.has.clear(input.piece)) this.#copies.add([input.piece], -1);
        return;
      case "linkOpened":
        this.linksOpened += 1;
        return;
      default:
    }
  }

  ordered(effect: Effect): void {
    switch (effect.type) {
      case "writeBlock":
        this.blockBytesTaken += effect.bytes.length;
        return;
      case "announce":
        this.connectionsMade += effect.offers.length;
        return;
      case "answerOffer":
      case "describe":
        this.connectionsMade += 1;
        return;
      case "keepMetadata":
        this.knowsMetadata = true;
        return;
      case "happened":
        return this.#happened(effect.what);
      default:
    }
  }

  closing(reason: CloseReason, party: number | undefined): void {
    this.#closing = party;
    if (party === undefined) return;
    const reasons = this.closed.get(party) ?? new Map<CloseReason, number>();
    this.closed.set(party, reasons);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }

  /** Ends what goes on, for the figures at the end. */
  ended(): void {
    for (const link of this.#unchokedAt.keys()) this.#choked(link);
  }

  #happened(what: Happening): void {
    if (what.type === "peerUnchoked") this.#unchokedAt.set(what.link, this.#now());
    if (what.type === "peerChoked") this.#choked(what.link);
    if (what.type === "peerBanned") this.banned.add(what.peerId);
    if (what.type !== "linkClosed") return;
    this.#choked(what.peer.link);
    if (this.#closing === undefined) return;
    this.badPieces.set(this.#closing, (this.badPieces.get(this.#closing) ?? 0) + what.peer.failedPieces);
    this.#closing = undefined;
  }

  #choked(link: LinkId): void {
    this.unchokedMillis += this.#now() - (this.#unchokedAt.get(link) ?? this.#now());
    this.#unchokedAt.delete(link);
  }

  #held(piece: PieceIndex): void {
    this.#copies.add([piece], 1);
    if (!this.heldAt.has(piece)) this.heldAt.set(piece, this.#now());
    if (this.has.isFull) this.completedAt ??= this.#now();
  }
}
