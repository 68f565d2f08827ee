import { binaryStringToHex } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, type PeerId, parseInfoHash, parsePeerId } from "../base/ids.ts";

// The query of a tracker's URL. Values are percent-encoded bytes (BEP 3), not UTF-8 text, and a plus is a plus.

/** Characters of the longest query that a tracker reads: room for a hundred hashes, and below Node's 16 KiB for all headers. */
export const MAX_QUERY_CHARACTERS = 8 * 1024;

/** A query's parameters, still encoded. The last of each name counts, except for `info_hash`, which may repeat. */
export interface Query {
  readonly fields: ReadonlyMap<string, string>;
  readonly infoHashes: readonly string[];
}

const PERCENT = 0x25;
const RESERVED = /[^A-Za-z0-9._~-]/gu; // RFC 3986

/** Splits a query, the part after the `?`. Throws a `ProtocolError` if it is too long. */
export function parseQuery(query: string): Query {
  if (query.length > MAX_QUERY_CHARACTERS) {
    throw malformedQuery(`the query has more than ${MAX_QUERY_CHARACTERS} characters`);
  }
  const fields = new Map<string, string>();
  const infoHashes: string[] = [];
  for (const part of query.split("&")) {
    const at = part.indexOf("=");
    const name = at === -1 ? part : part.slice(0, at);
    const value = at === -1 ? "" : part.slice(at + 1);
    if (name === "info_hash") infoHashes.push(value);
    else fields.set(name, value);
  }
  return { fields, infoHashes };
}

/**
 * Decodes percent-encoded bytes into one character each. Throws a `ProtocolError` for a broken escape or a character above
 * U+00FF.
 */
export function percentDecode(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw malformedQuery("the query contains a character that is not a byte");
    if (code === PERCENT) {
      bytes.push(hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2)));
      at += 2;
    } else {
      bytes.push(code);
    }
  }
  return String.fromCharCode(...bytes);
}

/** Percent-encodes every byte that a URL must not contain (RFC 3986). Takes one character for each byte. */
export function percentEncode(bytes: string): string {
  return bytes.replace(RESERVED, (byte) => {
    const code = byte.charCodeAt(0);
    if (code > 0xff) throw new RangeError(`not one character for each byte: ${bytes}`);
    return `%${code.toString(16).padStart(2, "0").toUpperCase()}`;
  });
}

/** Throws a `ProtocolError` unless it has 20 bytes. */
export function decodeInfoHash(encoded: string): InfoHash {
  const infoHash = parseInfoHash(binaryStringToHex(percentDecode(encoded)));
  if (infoHash === undefined) throw malformedQuery("info_hash must be 20 bytes, percent-encoded");
  return infoHash;
}

/** Throws a `ProtocolError` unless it has 20 bytes. */
export function decodePeerId(encoded: string | undefined): PeerId {
  const peerId = parsePeerId(binaryStringToHex(percentDecode(encoded ?? "")));
  if (peerId === undefined) throw malformedQuery("peer_id must be 20 bytes, percent-encoded");
  return peerId;
}

/** A number without sign or fraction. Undefined if it is not one. */
export function decodeCount(encoded: string | undefined): number | undefined {
  return encoded !== undefined && /^\d{1,20}$/.test(encoded) ? Number(encoded) : undefined;
}

/** The sender gets the sentence as its `failure reason`. */
export const malformedQuery = (sentence: string): ProtocolError =>
  new ProtocolError("malformedQuery", sentence);

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57;
  throw malformedQuery("a percent sign in the query is not followed by two hex digits");
}
