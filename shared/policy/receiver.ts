import { Bitfield } from "../base/bitfield.ts";
import type { LinkId, Millis, PieceIndex } from "../base/ids.ts";

/** What a super-seeder asks about the peers that it has links to. */
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
export interface Outstanding {
  readonly at: Millis;
  blocksLeft: number;
  /** When the peer last requested a block of it, or heard of it. */
  askedAt: Millis;
}

/** A peer of a super-seeder. */
export interface Receiver {
  /** All that we told it of. */
  readonly revealed: Bitfield;
  readonly outstanding: Map<PieceIndex, Outstanding>;
  /** Pieces that it got from us, and that we have seen with nobody else. */
  readonly unshared: Set<PieceIndex>;
  /** When it last told us of a piece or got a block from us. */
  movedAt: Millis;
  /** When it last got a piece, from anybody. */
  gotAt: Millis;
  /** It does not say what it has. Clients may leave out what we seem to know. */
  isMute: boolean;
  /** It let a piece lie, which we took back: it hears of no other until it takes one. */
  isIdle: boolean;
  /** It wanted nothing of what we told it of, gets too little from others, or has somebody waiting, and may hear of everything. */
  isChoosy: boolean;
  /** When its last turn was, counted in reveals. */
  turn: number;
}

/** A peer that was told of nothing. */
export function newReceiver(pieceCount: number, now: Millis, turn: number): Receiver {
  return {
    revealed: new Bitfield(pieceCount),
    outstanding: new Map(),
    unshared: new Set(),
    movedAt: now,
    gotAt: now,
    isMute: false,
    isIdle: false,
    isChoosy: false,
    turn,
  };
}

/** Whether a piece is on its way: the link has all of it. */
export function hasArriving(outstanding: Receiver["outstanding"]): boolean {
  for (const { blocksLeft } of outstanding.values()) if (blocksLeft === 0) return true;
  return false;
}
