/** Branded types for values that would otherwise all be plain strings and numbers. */

import { hexToBytes } from "./bytes.ts";

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A torrent's name on the network: 40 lower-case hex digits of the SHA-1 of its info dictionary (BEP 3). */
export type InfoHash = Brand<string, "InfoHash">;
/** The id that a peer sends in its handshake: 40 lower-case hex digits (BEP 3, BEP 20). */
export type PeerId = Brand<string, "PeerId">;
/** Identifies a WebRTC offer at a tracker or an introducer: 40 lower-case hex digits of 20 random bytes. */
export type OfferId = Brand<string, "OfferId">;
/** Names one of an introducer's links to others: 16 lower-case hex digits of 8 bytes (docs/peer-introductions.md). */
export type Handle = Brand<string, "Handle">;
/** Identifies a link (an ordered stream of bytes to a peer) inside this process. Never sent. */
export type LinkId = Brand<number, "LinkId">;
/** A tracker's normalised announce URL: the key for everything we keep about that tracker. */
export type TrackerUrl = Brand<string, "TrackerUrl">;
/** The secret of an encrypted share, as its link carries it: 43 characters of base64url (docs/encrypted-shares.md). Never sent. */
export type ShareKey = Brand<string, "ShareKey">;
/** A web seed's normalised URL (BEP 19): the key for everything we keep about that web seed. */
export type WebSeedUrl = Brand<string, "WebSeedUrl">;
/** Identifies a range that we fetch from a web seed, inside this process. */
export type FetchId = Brand<number, "FetchId">;
/** Index of a piece, from 0, that lies inside its torrent. Numbers from outside become one through a `Layout`. */
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

/** An id's 20 bytes, or a handle's 8. */
export function idBytes(id: InfoHash | PeerId | OfferId | Handle): Uint8Array<ArrayBuffer> {
  return hexToBytes(id);
}

/** Brands a clock reading. */
export function millis(value: number): Millis {
  return value as Millis;
}

/** Counts link ids up from 1. A session uses one counter, whoever opens its links. */
export function linkIdCounter(): () => LinkId {
  let last = 0;
  return () => ++last as LinkId;
}
