import { bytesToHex, equalBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, idBytes, type PeerId } from "../base/ids.ts";

/** Length of a handshake (BEP 3): 1 + 19 + 8 + 20 + 20 bytes. */
export const HANDSHAKE_BYTES = 68;

/** The first message on a link, in each direction (BEP 3). */
export interface Handshake {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  /** The fast extension (BEP 6): have all, have none, reject and so on. */
  readonly fast: boolean;
  /** Extended messages (BEP 10). */
  readonly extended: boolean;
}

/** How every handshake begins: the length of a name, and the name. */
export const PROTOCOL: Uint8Array = Uint8Array.from("\x13BitTorrent protocol", (char) => char.charCodeAt(0));
const RESERVED_AT = PROTOCOL.length;
const INFO_HASH_AT = RESERVED_AT + 8;
const PEER_ID_AT = INFO_HASH_AT + 20;
const EXTENDED_BYTE = 5; // Of the eight reserved ones (BEP 10).
const EXTENDED_BIT = 0x10;
const FAST_BYTE = 7; // BEP 6
const FAST_BIT = 0x04;

export function encodeHandshake(handshake: Handshake): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HANDSHAKE_BYTES);
  bytes.set(PROTOCOL);
  if (handshake.extended) bytes[RESERVED_AT + EXTENDED_BYTE] = EXTENDED_BIT;
  if (handshake.fast) bytes[RESERVED_AT + FAST_BYTE] = FAST_BIT;
  bytes.set(idBytes(handshake.infoHash), INFO_HASH_AT);
  bytes.set(idBytes(handshake.peerId), PEER_ID_AT);
  return bytes;
}

/** Decodes exactly `HANDSHAKE_BYTES` bytes. Throws a `ProtocolError` for another length or protocol. */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  if (bytes.length !== HANDSHAKE_BYTES) throw new ProtocolError("truncated", "a handshake has 68 bytes");
  if (!equalBytes(bytes.subarray(0, PROTOCOL.length), PROTOCOL)) {
    throw new ProtocolError("notBitTorrent", "the other side does not speak BitTorrent");
  }
  return {
    infoHash: bytesToHex(bytes.subarray(INFO_HASH_AT, PEER_ID_AT)) as InfoHash,
    peerId: bytesToHex(bytes.subarray(PEER_ID_AT)) as PeerId,
    extended: ((bytes[RESERVED_AT + EXTENDED_BYTE] ?? 0) & EXTENDED_BIT) !== 0,
    fast: ((bytes[RESERVED_AT + FAST_BYTE] ?? 0) & FAST_BIT) !== 0,
  };
}
