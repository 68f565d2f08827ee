/** Branded names for things that would otherwise all be strings and numbers. Each is made by one function. */

import { hexToBytes } from "./bytes.ts";

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A torrent's name on the network: 40 lower-case hex digits of the SHA-1 of its info dictionary (BEP 3). */
export type InfoHash = Brand<string, "InfoHash">;
/** A peer as it calls itself in the handshake: 40 lower-case hex digits (BEP 3, BEP 20). */
export type PeerId = Brand<string, "PeerId">;
/** Names one WebRTC offer at a tracker: 40 lower-case hex digits of 20 random bytes. */
export type OfferId = Brand<string, "OfferId">;
/** Names one link (an ordered stream of bytes to a peer) inside this process. Never sent. */
export type LinkId = Brand<number, "LinkId">;
/** A tracker's announce URL, normalised: the key under which everything about that tracker is kept. */
export type TrackerUrl = Brand<string, "TrackerUrl">;
/** Index of a piece, counted from 0, proven by a `Layout` to lie inside its torrent. */
export type PieceIndex = Brand<number, "PieceIndex">;
/** Milliseconds on a monotonic clock. Not wall-clock time. */
export type Millis = Brand<number, "Millis">;

const FORTY_HEX = /^[0-9a-f]{40}$/;

/** Reads 40 hex digits of either case. */
export function parseInfoHash(text: string): InfoHash | undefined {
  const lower = text.toLowerCase();
  return FORTY_HEX.test(lower) ? (lower as InfoHash) : undefined;
}

/** Reads 40 hex digits of either case. */
export function parsePeerId(text: string): PeerId | undefined {
  const lower = text.toLowerCase();
  return FORTY_HEX.test(lower) ? (lower as PeerId) : undefined;
}

/** Reads 40 hex digits of either case. */
export function parseOfferId(text: string): OfferId | undefined {
  const lower = text.toLowerCase();
  return FORTY_HEX.test(lower) ? (lower as OfferId) : undefined;
}

/** The 20 bytes behind an id. */
export function idBytes(id: InfoHash | PeerId | OfferId): Uint8Array<ArrayBuffer> {
  return hexToBytes(id);
}

/** Marks a clock's reading. */
export function millis(value: number): Millis {
  return value as Millis;
}

/** Counts link ids upwards from 1. One counter serves a whole session, whoever opens the links. */
export function linkIdCounter(): () => LinkId {
  let last = 0;
  return () => ++last as LinkId;
}
