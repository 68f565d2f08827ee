import { ByteReader, concatBytes, putU32 } from "../base/bytes.ts";
import { unreachable } from "../base/errors.ts";

/** A range of bytes in a piece, as received from a peer: not yet validated. */
export interface WireRange {
  readonly piece: number;
  readonly begin: number;
  readonly length: number;
}

type Flag = "choke" | "unchoke" | "interested" | "notInterested";
type WholeWord = "haveAll" | "haveNone";
type PieceWord = "have" | "suggest" | "allowedFast";
type RangeWord = "request" | "cancel" | "reject";

/** A peer wire message (BEP 3, 5, 6, 10), without its length prefix. */
export type Message =
  | { readonly type: Flag }
  | { readonly type: WholeWord }
  | { readonly type: PieceWord; readonly piece: number }
  | { readonly type: "bitfield"; readonly bits: Uint8Array }
  | { readonly type: RangeWord; readonly range: WireRange }
  | { readonly type: "block"; readonly piece: number; readonly begin: number; readonly bytes: Uint8Array }
  | { readonly type: "port"; readonly port: number }
  | { readonly type: "extended"; readonly id: number; readonly payload: Uint8Array }
  /** A message of an extension that we do not support: to be ignored. */
  | { readonly type: "unknown"; readonly id: number };

const ID_OF = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  block: 7,
  cancel: 8,
  port: 9, // BEP 5
  suggest: 13, // BEP 6: 13 to 17
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  allowedFast: 17,
  extended: 20, // BEP 10
} as const;

const TYPE_OF: ReadonlyMap<number, keyof typeof ID_OF> = new Map(
  Object.entries(ID_OF).map(([type, id]) => [id, type as keyof typeof ID_OF]),
);

/** A keep-alive (BEP 3): only a length of zero. */
export const KEEP_ALIVE: Uint8Array<ArrayBuffer> = new Uint8Array(4);

/** Bytes before a block's data: length, id, piece, begin. */
export const BLOCK_HEADER_BYTES = 13;

/** A whole `have`: length, id, piece. */
const HAVE_BYTES = 9;

/** A whole request: length, id, piece, begin, length. */
const REQUEST_BYTES = 17;

/** Decodes a frame's body. The bytes of a block, bitfield or payload are views of `body`. */
export function decodeMessage(body: Uint8Array): Message {
  const read = new ByteReader(body);
  const id = read.u8();
  const message = decodeById(id, read);
  if (message.type !== "unknown") read.end(); // A trailing byte is as wrong as a missing one.
  return message;
}

function decodeById(id: number, read: ByteReader): Message {
  const type = TYPE_OF.get(id);
  switch (type) {
    case undefined:
      return { type: "unknown", id };
    case "choke":
    case "unchoke":
    case "interested":
    case "notInterested":
    case "haveAll":
    case "haveNone":
      return { type };
    case "have":
    case "suggest":
    case "allowedFast":
      return { type, piece: read.u32() };
    case "bitfield":
      return { type, bits: read.rest() };
    case "request":
    case "cancel":
    case "reject":
      return { type, range: { piece: read.u32(), begin: read.u32(), length: read.u32() } };
    case "block":
      return { type, piece: read.u32(), begin: read.u32(), bytes: read.rest() };
    case "port":
      return { type, port: read.u16() };
    case "extended":
      return { type, id: read.u8(), payload: read.rest() };
    default:
      return unreachable(type);
  }
}

/** Encodes a whole frame: length, id and body. Copies a block's bytes; `blockHeader` avoids that. */
export function encodeMessage(message: Exclude<Message, { type: "unknown" }>): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "choke":
    case "unchoke":
    case "interested":
    case "notInterested":
    case "haveAll":
    case "haveNone":
      return frame(message.type, 0);
    case "have":
    case "suggest":
    case "allowedFast":
      return numbers(message.type, [message.piece]);
    case "request":
    case "cancel":
    case "reject":
      return numbers(message.type, [message.range.piece, message.range.begin, message.range.length]);
    case "bitfield":
      return withTail(frame("bitfield", message.bits.length), message.bits);
    case "block":
      return concatBytes([blockHeader(message.piece, message.begin, message.bytes.length), message.bytes]);
    case "port": {
      const bytes = frame("port", 2);
      bytes[5] = message.port >>> 8;
      bytes[6] = message.port;
      return bytes;
    }
    case "extended": {
      const bytes = frame("extended", 1 + message.payload.length);
      bytes[5] = message.id;
      return withTail(bytes, message.payload);
    }
    default:
      return unreachable(message);
  }
}

/** Encodes news of several pieces as consecutive frames. */
export function encodeHaves(pieces: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.length * HAVE_BYTES);
  let at = 0;
  for (const piece of pieces) {
    putU32(bytes, at, HAVE_BYTES - 4);
    bytes[at + 4] = ID_OF.have;
    putU32(bytes, at + 5, piece);
    at += HAVE_BYTES;
  }
  return bytes;
}

/** Encodes several requests as consecutive frames. */
export function encodeRequests(ranges: readonly WireRange[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ranges.length * REQUEST_BYTES);
  let at = 0;
  for (const { piece, begin, length } of ranges) {
    putU32(bytes, at, REQUEST_BYTES - 4);
    bytes[at + 4] = ID_OF.request;
    putU32(bytes, at + 5, piece);
    putU32(bytes, at + 9, begin);
    putU32(bytes, at + 13, length);
    at += REQUEST_BYTES;
  }
  return bytes;
}

/** The bytes before a block's data, which can then be sent without a copy. */
export function blockHeader(piece: number, begin: number, blockBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
  putU32(bytes, 0, BLOCK_HEADER_BYTES - 4 + blockBytes);
  bytes[4] = ID_OF.block;
  putU32(bytes, 5, piece);
  putU32(bytes, 9, begin);
  return bytes;
}

function frame(type: keyof typeof ID_OF, bodyBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 + bodyBytes);
  putU32(bytes, 0, 1 + bodyBytes);
  bytes[4] = ID_OF[type];
  return bytes;
}

function numbers(type: keyof typeof ID_OF, values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = frame(type, values.length * 4);
  for (const [at, value] of values.entries()) putU32(bytes, 5 + at * 4, value);
  return bytes;
}

function withTail(bytes: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  bytes.set(tail, bytes.length - tail.length);
  return bytes;
}
