import { binaryStringToHex } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, type PeerId, parseInfoHash, parsePeerId } from "../base/ids.ts";

// The query of a tracker's URL. Values are bytes, percent-encoded (BEP 3): not text in UTF-8, and a plus is a plus.

/** Characters of the longest query a tracker reads: a hundred hashes fit, and Node's limit for a head, 16 KiB, is farther. */
export const MAX_QUERY_CHARACTERS = 8 * 1024;

/** The parts of a query, still encoded. Of parts with one name the last counts, but every `info_hash` is there. */
export interface Query {
  readonly fields: ReadonlyMap<string, string>;
  readonly infoHashes: readonly string[];
}

const PERCENT = 0x25;
const RESERVED = /[^A-Za-z0-9._~-]/gu; // RFC 3986

/** Takes a query apart, which is what follows the `?`. One that is too long is a `ProtocolError`. */
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
 * The bytes that encoded text stands for, one character for each. A broken escape, or a character that is no byte, is a
 * `ProtocolError`.
 */
export function percentDecode(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw malformedQuery("the query holds a character that is no byte");
    if (code === PERCENT) {
      bytes.push(hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2)));
      at += 2;
    } else {
      bytes.push(code);
    }
  }
  return String.fromCharCode(...bytes);
}

/** Every byte but those that a URL may hold as they are becomes `%` and two digits. One character stands for each. */
export function percentEncode(bytes: string): string {
  return bytes.replace(RESERVED, (byte) => {
    const code = byte.charCodeAt(0);
    if (code > 0xff) throw new RangeError(`not one character for each byte: ${bytes}`);
    return `%${code.toString(16).padStart(2, "0").toUpperCase()}`;
  });
}

/** Throws a `ProtocolError` unless there are 20 bytes. */
export function decodeInfoHash(encoded: string): InfoHash {
  const infoHash = parseInfoHash(binaryStringToHex(percentDecode(encoded)));
  if (infoHash === undefined) throw malformedQuery("info_hash must be 20 bytes, percent-encoded");
  return infoHash;
}

/** Throws a `ProtocolError` unless there are 20 bytes. */
export function decodePeerId(encoded: string | undefined): PeerId {
  const peerId = parsePeerId(binaryStringToHex(percentDecode(encoded ?? "")));
  if (peerId === undefined) throw malformedQuery("peer_id must be 20 bytes, percent-encoded");
  return peerId;
}

/** A number without sign or fraction. Undefined: it is none. */
export function decodeCount(encoded: string | undefined): number | undefined {
  return encoded !== undefined && /^\d{1,20}$/.test(encoded) ? Number(encoded) : undefined;
}

/** The sentence reaches the sender as its `failure reason`. */
export const malformedQuery = (sentence: string): ProtocolError =>
  new ProtocolError("malformedQuery", sentence);

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57;
  throw malformedQuery("a percent sign in the query is not followed by two hex digits");
}
