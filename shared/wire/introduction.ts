import {
  type BencodeDict,
  type BencodeValue,
  decodeBencode,
  encodeBencode,
  isDict,
} from "../base/bencode.ts";
import { bytesToHex, concatBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type Handle, idBytes, type OfferId, type PeerId } from "../base/ids.ts";
import { shortSha1 } from "../base/short-sha1.ts";

// The messages of `tw_introduce`, by which peers introduce peers: docs/peer-introductions.md.

/** Most handles added in one message, and most dropped: as many as in peer exchange (BEP 11). */
export const MAX_NAMED = 50;
/** The longest session description. Those of browsers have 400 to 900 bytes without what data channels do not need. */
export const MAX_SDP_BYTES = 4_096;
/** The longest message: an offer with the longest description, and room for keys of later versions. */
const MAX_MESSAGE_BYTES = 8_192;
/** A peer that takes more links than this need not say so. */
const MAX_FREE = 255;

const HANDLE_BYTES = 8;
const SALT_BYTES = 4;
const OFFER_ID_BYTES = 20;

/** In `added.f`, as in peer exchange (BEP 11): the peer has everything or wants nothing more. */
const SEED = 0x02;

const TYPES = ["peers", "offer", "answer", "error"] as const;

/** The first four are those of holepunching (BEP 55), from 1 on. */
const REFUSALS = ["noSuchPeer", "notConnected", "noSupport", "noSelf", "busy"] as const;

/** Why an introducer does not forward an offer. `other`: for a reason of a later version. */
export type Refusal = (typeof REFUSALS)[number] | "other";

/** A peer to which the sender has a link. */
interface NamedPeer {
  readonly handle: Handle;
  /** It has everything or wants nothing more. */
  readonly isSeed: boolean;
}

/** To whom a peer can introduce us, since its last message. */
export interface PeersMessage {
  readonly type: "peers";
  /** Under which handle the sender names us to others. Undefined: it did not say. */
  readonly you: Handle | undefined;
  /** How many more links the sender takes: 0 to 255. */
  readonly free: number;
  readonly added: readonly NamedPeer[];
  readonly dropped: readonly Handle[];
}

/** An offer on its way to the introducer, for the peer with this handle, or from there, by the peer with this handle. */
export interface OfferMessage {
  readonly type: "offer";
  readonly offerId: OfferId;
  readonly way: "to" | "from";
  readonly handle: Handle;
  readonly sdp: string;
}

export interface AnswerMessage {
  readonly type: "answer";
  readonly offerId: OfferId;
  readonly sdp: string;
}

/** The introducer does not forward an offer. */
export interface RefusalMessage {
  readonly type: "error";
  readonly offerId: OfferId;
  readonly refusal: Refusal;
}

export type IntroductionMessage = PeersMessage | OfferMessage | AnswerMessage | RefusalMessage;

/**
 * The handle of a link: its first four bytes are random, the others the first four of SHA-1(these, peer id). Whoever has a
 * link to the same peer recognises it, and nobody else learns its peer id.
 */
export function handleOf(salt: Uint8Array, peerId: PeerId): Handle {
  const digest = shortSha1(concatBytes([salt.subarray(0, SALT_BYTES), idBytes(peerId)]));
  return bytesToHex(concatBytes([salt.subarray(0, SALT_BYTES), digest.subarray(0, SALT_BYTES)])) as Handle;
}

/** Whether a handle names a link to this peer; by mistake once in four thousand million times. */
export function isHandleOf(handle: Handle, peerId: PeerId): boolean {
  return handleOf(idBytes(handle), peerId) === handle;
}

export function encodeIntroduction(message: IntroductionMessage): Uint8Array<ArrayBuffer> {
  return encodeBencode(
    new Map<string, BencodeValue>([["msg_type", TYPES.indexOf(message.type)], ...fieldsOf(message)]),
  );
}

function fieldsOf(message: IntroductionMessage): readonly [string, BencodeValue][] {
  if (message.type === "peers") return fieldsOfPeers(message);
  const id: [string, BencodeValue] = ["id", idBytes(message.offerId)];
  if (message.type === "error") return [id, ["code", REFUSALS.indexOf(message.refusal as "busy") + 1]];
  const sdp: [string, BencodeValue] = ["sdp", new TextEncoder().encode(message.sdp)];
  return message.type === "answer" ? [id, sdp] : [id, sdp, [message.way, idBytes(message.handle)]];
}

function fieldsOfPeers({ you, free, added, dropped }: PeersMessage): [string, BencodeValue][] {
  return [
    ["added", concatBytes(added.map(({ handle }) => idBytes(handle)))],
    ["added.f", Uint8Array.from(added, ({ isSeed }) => (isSeed ? SEED : 0))],
    ["dropped", concatBytes(dropped.map(idBytes))],
    ["free", Math.min(free, MAX_FREE)],
    ...(you === undefined ? [] : [["you", idBytes(you)] as [string, BencodeValue]]),
  ];
}

/**
 * Undefined for an unknown message type, which later versions may add. Throws a `ProtocolError` for anything but a dictionary,
 * for messages without a field that they need, and for messages or descriptions that are too long. Leaves out what is named beyond
 * `MAX_NAMED`.
 */
export function decodeIntroduction(payload: Uint8Array): IntroductionMessage | undefined {
  if (payload.length > MAX_MESSAGE_BYTES)
    throw new ProtocolError(
      "tooLong",
      `a message about introductions has at most ${MAX_MESSAGE_BYTES} bytes`,
    );
  const said = decodeBencode(payload);
  if (!isDict(said))
    throw new ProtocolError("notADictionary", "a message about introductions must be a dictionary");
  const type = TYPES[wholeNumber(said.get("msg_type")) ?? TYPES.length];
  if (type === undefined) return undefined;
  if (type === "peers") return readPeers(said);
  const offerId = bytesToHex(bytesOf(said, "id", OFFER_ID_BYTES)) as OfferId;
  if (type === "error") return { type, offerId, refusal: readRefusal(said.get("code")) };
  const sdp = readSdp(said.get("sdp"));
  if (type === "answer") return { type, offerId, sdp };
  const way = said.has("to") ? "to" : "from";
  return { type, offerId, sdp, way, handle: bytesToHex(bytesOf(said, way, HANDLE_BYTES)) as Handle };
}

function readPeers(said: BencodeDict): PeersMessage {
  const you = said.get("you");
  const flags = said.get("added.f");
  return {
    type: "peers",
    you: isBytes(you) && you.length === HANDLE_BYTES ? (bytesToHex(you) as Handle) : undefined,
    free: Math.min(wholeNumber(said.get("free")) ?? 0, MAX_FREE),
    added: readHandles(said.get("added")).map((handle, at) => ({
      handle,
      isSeed: isBytes(flags) && ((flags[at] ?? 0) & SEED) !== 0,
    })),
    dropped: readHandles(said.get("dropped")),
  };
}

/** A field of the wrong type counts as missing, as in peer exchange. */
function readHandles(value: BencodeValue | undefined): readonly Handle[] {
  if (!isBytes(value)) return [];
  if (value.length % HANDLE_BYTES !== 0)
    throw new ProtocolError(
      "malformedPeers",
      `${value.length} bytes do not divide into handles of ${HANDLE_BYTES}`,
    );
  const count = Math.min(MAX_NAMED, value.length / HANDLE_BYTES);
  return Array.from(
    { length: count },
    (_, at) => bytesToHex(value.subarray(at * HANDLE_BYTES, (at + 1) * HANDLE_BYTES)) as Handle,
  );
}

function readSdp(value: BencodeValue | undefined): string {
  if (!isBytes(value) || value.length === 0)
    throw new ProtocolError("noSdp", "an offer or answer needs a description");
  if (value.length > MAX_SDP_BYTES)
    throw new ProtocolError("tooLong", `a session description has at most ${MAX_SDP_BYTES} bytes`);
  return new TextDecoder().decode(value);
}

function readRefusal(value: BencodeValue | undefined): Refusal {
  return REFUSALS[(wholeNumber(value) ?? 0) - 1] ?? "other";
}

function bytesOf(said: BencodeDict, key: string, length: number): Uint8Array {
  const value = said.get(key);
  if (!isBytes(value) || value.length !== length)
    throw new ProtocolError("noId", `a message about introductions needs ${length} bytes as ${key}`);
  return value;
}

function isBytes(value: BencodeValue | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}

function wholeNumber(value: BencodeValue | undefined): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
