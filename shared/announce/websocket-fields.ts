import { binaryStringToBytes, bytesToBinaryString, bytesToHex } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import {
  type InfoHash,
  idBytes,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "../base/ids.ts";
import { printable } from "../base/printable.ts";

/** Characters of the longest offer or answer. libtorrent rejects longer ones, too. */
export const MAX_SDP_CHARACTERS = 64 * 1024;
/** Characters that we keep of a tracker's sentence: enough for a person. */
export const MAX_TEXT_CHARACTERS = 500;

/** An object of the tracker protocol as received: not validated. */
export type Fields = ProtocolFields & { readonly [name: string]: unknown };

/** The field names on the wire, declared so that they can be used as properties. */
interface ProtocolFields {
  readonly action?: unknown;
  readonly answer?: unknown;
  readonly complete?: unknown;
  readonly downloaded?: unknown;
  readonly event?: unknown;
  readonly files?: unknown;
  readonly incomplete?: unknown;
  readonly info_hash?: unknown;
  readonly interval?: unknown;
  readonly left?: unknown;
  readonly offer?: unknown;
  readonly offer_id?: unknown;
  readonly offers?: unknown;
  readonly peer_id?: unknown;
  readonly sdp?: unknown;
  readonly to_peer_id?: unknown;
  readonly type?: unknown;
  readonly uploaded?: unknown;
}

/** What an id must be, to follow the name of its field. */
export const TWENTY_CHARACTERS = "must be 20 characters, each standing for one byte";

/** Reads the SDP of an offer or answer object `{type, sdp}`. */
export function readSdp(value: unknown, type: "offer" | "answer"): string {
  const fields = asFields(value, type);
  if (fields.type !== type) throw malformed(`the type of the ${type} must be ${type}`);
  const { sdp } = fields;
  if (typeof sdp !== "string") throw malformed(`the sdp of the ${type} must be text`);
  if (sdp.length > MAX_SDP_CHARACTERS) throw malformed(`the sdp of the ${type} is too long`);
  return sdp;
}

/** Throws a `ProtocolError` for anything but 20 binary characters, like the other readers of ids. */
export function readInfoHash(value: unknown): InfoHash {
  const infoHash = parseInfoHash(binaryToHex(value));
  if (infoHash === undefined) throw malformed(`info_hash ${TWENTY_CHARACTERS}`);
  return infoHash;
}

/** The torrent that a message is about. Undefined if it does not say. */
export function optionalInfoHash(fields: Fields): InfoHash | undefined {
  return parseInfoHash(binaryToHex(fields.info_hash));
}

/** `name` is the field's name, for the error. */
export function readPeerId(value: unknown, name: string): PeerId {
  const peerId = parsePeerId(binaryToHex(value));
  if (peerId === undefined) throw malformed(`${name} ${TWENTY_CHARACTERS}`);
  return peerId;
}

/** Offer ids are any 20 binary characters. */
export function readOfferId(value: unknown): OfferId {
  const offerId = parseOfferId(binaryToHex(value));
  if (offerId === undefined) throw malformed(`offer_id ${TWENTY_CHARACTERS}`);
  return offerId;
}

/** An id on the wire: 20 characters U+0000 to U+00FF. */
export const binary = (id: InfoHash | PeerId | OfferId): string => bytesToBinaryString(idBytes(id));

/** Hex digits, or an empty string if it is not an id. */
function binaryToHex(value: unknown): string {
  const bytes = typeof value === "string" && value.length === 20 ? binaryStringToBytes(value) : undefined;
  return bytes === undefined ? "" : bytesToHex(bytes);
}

/** Parses JSON that must be an object. */
export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("the message is not JSON");
  }
  return asFields(value, "the message");
}

/** `what` names the value in the error. */
export function asFields(value: unknown, what: string): Fields {
  if (!isObject(value)) throw malformed(`${what} must be an object`);
  return value;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Clients and trackers treat null like a missing field. */
export const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
/** A number of bytes or peers. JSON can hold numbers that parse as Infinity. */
export const isCount = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;
/** Seconds between announces. */
export const isInterval = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;
/** Anything but a count becomes 0. */
export const readCount = (value: unknown): number => (isCount(value) ? value : 0);
/** A sentence for people, cut to `MAX_TEXT_CHARACTERS` and made safe to show. */
export const optionalSentence = (value: unknown): string | undefined =>
  typeof value === "string" ? printable(value, MAX_TEXT_CHARACTERS) : undefined;
/** An opaque id, cut to `MAX_TEXT_CHARACTERS`. */
export const optionalText = (value: unknown): string | undefined =>
  typeof value === "string" ? value.slice(0, MAX_TEXT_CHARACTERS) : undefined;

/** The sender gets the sentence as its `failure reason`. */
export const malformed = (sentence: string): ProtocolError =>
  new ProtocolError("malformedTrackerMessage", sentence);
