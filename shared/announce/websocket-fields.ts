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

/** Characters of the longest offer or answer; libtorrent refuses longer ones as well. */
export const MAX_SDP_CHARACTERS = 64 * 1024;
/** Characters of a sentence from a tracker that are kept: enough for a person. */
export const MAX_TEXT_CHARACTERS = 500;

/** An object of the tracker protocol as it came: nothing in it is checked yet. */
export type Fields = ProtocolFields & { readonly [name: string]: unknown };

/** The names that appear on the wire, so that they can be written as properties. */
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

const TWENTY_CHARACTERS = "must be 20 characters, each standing for one byte";

/** The SDP of an offer or answer object `{type, sdp}`. */
export function readSdp(value: unknown, type: "offer" | "answer"): string {
  const fields = asFields(value, type);
  if (fields.type !== type) throw malformed(`the type of the ${type} must be ${type}`);
  const { sdp } = fields;
  if (typeof sdp !== "string") throw malformed(`the sdp of the ${type} must be text`);
  if (sdp.length > MAX_SDP_CHARACTERS) throw malformed(`the sdp of the ${type} is too long`);
  return sdp;
}

/** Throws a `ProtocolError` for anything but an id of 20 binary characters, as the other readers of ids do. */
export function readInfoHash(value: unknown): InfoHash {
  const infoHash = parseInfoHash(binaryToHex(value));
  if (infoHash === undefined) throw malformed(`info_hash ${TWENTY_CHARACTERS}`);
  return infoHash;
}

/** Which torrent a message is about, as far as that can be told. */
export function optionalInfoHash(fields: Fields): InfoHash | undefined {
  return parseInfoHash(binaryToHex(fields.info_hash));
}

/** `name` is the field, for the error. */
export function readPeerId(value: unknown, name: string): PeerId {
  const peerId = parsePeerId(binaryToHex(value));
  if (peerId === undefined) throw malformed(`${name} ${TWENTY_CHARACTERS}`);
  return peerId;
}

/** Names an offer: any 20 binary characters. */
export function readOfferId(value: unknown): OfferId {
  const offerId = parseOfferId(binaryToHex(value));
  if (offerId === undefined) throw malformed(`offer_id ${TWENTY_CHARACTERS}`);
  return offerId;
}

/** An id as it travels: 20 characters U+0000 to U+00FF. */
export const binary = (id: InfoHash | PeerId | OfferId): string => bytesToBinaryString(idBytes(id));

/** Hex digits, or an empty text, which is no id. */
function binaryToHex(value: unknown): string {
  const bytes = typeof value === "string" && value.length === 20 ? binaryStringToBytes(value) : undefined;
  return bytes === undefined ? "" : bytesToHex(bytes);
}

/** Reads JSON text that must be an object. */
export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("the message is not JSON");
  }
  return asFields(value, "the message");
}

/** `what` is named in the error. */
export function asFields(value: unknown, what: string): Fields {
  if (!isObject(value)) throw malformed(`${what} must be an object`);
  return value;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Absent and null mean the same to all clients and trackers. */
export const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
/** A number of bytes or peers. JSON can write numbers that are infinite here. */
export const isCount = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;
/** Seconds between announces. */
export const isInterval = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;
/** Nothing that can be read as a count is none. */
export const readCount = (value: unknown): number => (isCount(value) ? value : 0);
/** A sentence for people, cut to `MAX_TEXT_CHARACTERS` and fit to be shown. */
export const optionalSentence = (value: unknown): string | undefined =>
  typeof value === "string" ? printable(value, MAX_TEXT_CHARACTERS) : undefined;
/** An opaque id, cut to `MAX_TEXT_CHARACTERS`. */
export const optionalText = (value: unknown): string | undefined =>
  typeof value === "string" ? value.slice(0, MAX_TEXT_CHARACTERS) : undefined;

/** The sentence reaches the sender as its `failure reason`. */
export const malformed = (sentence: string): ProtocolError =>
  new ProtocolError("malformedTrackerMessage", sentence);
