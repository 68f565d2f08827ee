import {
  ByteReader,
  binaryStringToBytes,
  bytesToBinaryString,
  bytesToHex,
  concatBytes,
} from "../base/bytes.ts";
import { ProtocolError, unreachable } from "../base/errors.ts";
import { type InfoHash, idBytes, type PeerId } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressAnnounce,
  type AnnounceEvent,
  MAX_REPLY_PEERS,
  type SwarmCounts,
  UNKNOWN_LEFT_BYTES,
} from "./announce.ts";
import { COMPACT_IPV4_BYTES, COMPACT_IPV6_BYTES, decodeCompact, type PeerAddress } from "./compact.ts";
import type { LeftOut } from "./left-out.ts";

// The UDP tracker protocol (BEP 15, BEP 41), for both ends. One packet is one message.

/** Torrents in one scrape over UDP: the limit of BEP 15, so that the packet is not fragmented. */
export const MAX_UDP_SCRAPE_HASHES = 74;

/** A client's request to a tracker over UDP. The reply has the same transaction id. */
export type UdpRequest =
  /** Asks for a connection id, which proves that the client receives packets at its address. */
  | { readonly type: "connect"; readonly transactionId: number }
  | {
      readonly type: "announce";
      readonly transactionId: number;
      readonly connectionId: bigint;
      /** Only four bytes of its key are sent; no key is sent as zeros. */
      readonly announce: AddressAnnounce;
      /** Path and query of the tracker's URL, one character for each byte (BEP 41). Not sent if empty. */
      readonly urlData: string;
    }
  | {
      readonly type: "scrape";
      readonly transactionId: number;
      readonly connectionId: bigint;
      readonly infoHashes: readonly InfoHash[];
    };

/** A tracker's reply over UDP. */
export type UdpReply =
  | { readonly type: "connectReply"; readonly transactionId: number; readonly connectionId: bigint }
  | {
      readonly type: "announceReply";
      readonly transactionId: number;
      readonly intervalSeconds: number;
      readonly seeders: number;
      readonly leechers: number;
      /** All of the family that carries the packet, which does not name it. */
      readonly peers: readonly PeerAddress[];
    }
  /** In the order of the torrents in the request. */
  | { readonly type: "scrapeReply"; readonly transactionId: number; readonly swarms: readonly SwarmCounts[] }
  /** The reason is a sentence for the person. */
  | { readonly type: "failure"; readonly transactionId: number; readonly reason: string };

/** The reply to an announce with its peers packed, of which one family goes into the packet: trackers have them so. */
export interface UdpCompactReply {
  readonly type: "compactReply";
  readonly transactionId: number;
  readonly intervalSeconds: number;
  readonly seeders: number;
  readonly leechers: number;
  /** Concatenated addresses of the family that carries the packet. */
  readonly packedPeers: string;
}

/** What the first 16 bytes of a client's packet say, before anything else is read. */
export interface UdpRequestHeader {
  readonly type: UdpRequest["type"];
  readonly transactionId: number;
  /** In a `connect`, the protocol id. */
  readonly connectionId: bigint;
}

const PROTOCOL_ID = 0x417_2710_1980n;
const [CONNECT, ANNOUNCE, SCRAPE, ERROR] = [0, 1, 2, 3];
const EVENTS: readonly AnnounceEvent[] = ["update", "completed", "started", "stopped", "paused"]; // BEP 15, BEP 21
const REQUESTS: readonly UdpRequest["type"][] = ["connect", "announce", "scrape"]; // By action.
const HEADER_BYTES = 16;
const HASH_BYTES = 20;
/** Where the peers of a reply to an announce start. */
const PEERS_START = 20;
const KEY_BYTES = 4;
const AS_MANY_AS_THERE_ARE = 0xffff_ffff; // -1
/** Options after an announce (BEP 41). */
const [END_OF_OPTIONS, NO_OPTION, URL_DATA] = [0, 1, 2];
const MAX_OPTION_BYTES = 255;
/** Sentences for people are shorter. */
const MAX_REASON_BYTES = 1_024;

const UTF8 = new TextEncoder();
const UTF8_DECODER = new TextDecoder();

/** Encodes a client's packet. */
export function encodeUdpRequest(request: UdpRequest): Uint8Array<ArrayBuffer> {
  const { transactionId } = request;
  switch (request.type) {
    case "connect":
      return packet(u64(PROTOCOL_ID), u32(CONNECT), u32(transactionId));
    case "announce":
      return packet(
        ...[u64(request.connectionId), u32(ANNOUNCE), u32(transactionId)],
        ...announceFields(request.announce),
        ...urlOptions(request.urlData),
      );
    case "scrape":
      return packet(
        ...[u64(request.connectionId), u32(SCRAPE), u32(transactionId)],
        ...request.infoHashes.map(idBytes),
      );
    default:
      return unreachable(request);
  }
}

/** Reads how a client's packet begins. Undefined: it is not a client's packet. */
export function readUdpHeader(bytes: Uint8Array): UdpRequestHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const read = new ByteReader(bytes);
  const connectionId = read.u64();
  const type = REQUESTS[read.u32()];
  if (type === undefined || (type === "connect" && connectionId !== PROTOCOL_ID)) return undefined;
  return { type, transactionId: read.u32(), connectionId };
}

/** Decodes a client's packet. Throws a `ProtocolError` if malformed. */
export function parseUdpRequest(bytes: Uint8Array): UdpRequest {
  const read = new ByteReader(bytes);
  const connectionId = read.u64();
  const action = read.u32();
  const transactionId = read.u32();
  switch (action) {
    case CONNECT:
      if (connectionId !== PROTOCOL_ID) throw malformed("a connect must have the protocol id");
      return { type: "connect", transactionId };
    case ANNOUNCE: {
      const announce = readAnnounce(read);
      return { type: "announce", transactionId, connectionId, announce, urlData: readUrlData(read.rest()) };
    }
    case SCRAPE:
      return { type: "scrape", transactionId, connectionId, infoHashes: readInfoHashes(read.rest()) };
    default:
      throw malformed(`action ${action} is not a client's`);
  }
}

/** Encodes a tracker's packet. */
export function encodeUdpReply(reply: UdpReply | UdpCompactReply): Uint8Array<ArrayBuffer> {
  if (reply.type === "compactReply") return encodeCompactReply(reply);
  const id = u32(reply.transactionId);
  switch (reply.type) {
    case "connectReply":
      return packet(u32(CONNECT), id, u64(reply.connectionId));
    case "announceReply":
      return encodeUdpReply({ ...reply, type: "compactReply", packedPeers: reply.peers.join("") });
    case "scrapeReply": {
      const counts = reply.swarms.flatMap(({ seeders, downloaded, leechers }) => [
        u32(seeders),
        u32(downloaded),
        u32(leechers),
      ]);
      return packet(u32(SCRAPE), id, ...counts);
    }
    case "failure":
      return packet(u32(ERROR), id, UTF8.encode(reply.reason).subarray(0, MAX_REASON_BYTES));
    default:
      return unreachable(reply);
  }
}

/** Decodes a tracker's packet. Throws a `ProtocolError` if malformed; an announce reply may have trailing bytes. */
export function parseUdpReply(bytes: Uint8Array, family: 4 | 6, leftOut: LeftOut = () => {}): UdpReply {
  const read = new ByteReader(bytes);
  const action = read.u32();
  const transactionId = read.u32();
  switch (action) {
    case CONNECT:
      return { type: "connectReply", transactionId, connectionId: read.u64() };
    case ANNOUNCE: {
      const intervalSeconds = read.u32() || ADDRESS_INTERVAL_SECONDS;
      const [leechers, seeders] = [read.u32(), read.u32()];
      const bytesEach = family === 4 ? COMPACT_IPV4_BYTES : COMPACT_IPV6_BYTES;
      const peers = decodeCompact(read.rest(), bytesEach, leftOut).slice(0, MAX_REPLY_PEERS);
      return { type: "announceReply", transactionId, intervalSeconds, seeders, leechers, peers };
    }
    case SCRAPE:
      return { type: "scrapeReply", transactionId, swarms: readCounts(read.rest()) };
    case ERROR: {
      const reason = printable(UTF8_DECODER.decode(read.rest().subarray(0, MAX_REASON_BYTES)));
      return { type: "failure", transactionId, reason: reason || "the tracker gave no reason" };
    }
    default:
      throw malformed(`action ${action} is not a tracker's`);
  }
}

/** Written into one array, as trackers answer nearly everything with it: arrays for its fields would take longer than all else. */
function encodeCompactReply(reply: UdpCompactReply): Uint8Array<ArrayBuffer> {
  const { transactionId, intervalSeconds, leechers, seeders, packedPeers } = reply;
  const bytes = new Uint8Array(PEERS_START + packedPeers.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ANNOUNCE);
  view.setUint32(4, transactionId);
  view.setUint32(8, intervalSeconds);
  view.setUint32(12, leechers);
  view.setUint32(16, seeders);
  for (let at = 0; at < packedPeers.length; at++) bytes[PEERS_START + at] = packedPeers.charCodeAt(at);
  return bytes;
}

function announceFields(announce: AddressAnnounce): Uint8Array[] {
  const { infoHash, peerId, downloaded, left, uploaded, event, key, peersWanted, port } = announce;
  return [
    idBytes(infoHash),
    idBytes(peerId),
    u64(BigInt(downloaded)),
    u64(BigInt(left ?? UNKNOWN_LEFT_BYTES)),
    u64(BigInt(uploaded)),
    u32(EVENTS.indexOf(event)),
    u32(0), // Our address, which the tracker sees anyway.
    binaryStringToBytes(key.slice(0, KEY_BYTES).padStart(KEY_BYTES, "\0")) ?? new Uint8Array(KEY_BYTES),
    u32(peersWanted ?? AS_MANY_AS_THERE_ARE),
    Uint8Array.of(port >> 8, port & 0xff),
  ];
}

function readAnnounce(read: ByteReader): AddressAnnounce {
  const infoHash = bytesToHex(read.bytes(HASH_BYTES)) as InfoHash;
  const peerId = bytesToHex(read.bytes(HASH_BYTES)) as PeerId;
  const [downloaded, left, uploaded] = [readCount(read), readCount(read), readCount(read)];
  const event = EVENTS[read.u32()];
  if (event === undefined) throw malformed("event must be a number from 0 to 4");
  read.u32(); // The client's claimed address, which we do not trust.
  const key = bytesToBinaryString(read.bytes(KEY_BYTES));
  const wanted = read.u32();
  const port = read.u16();
  if (port === 0) throw malformed("port must be a number from 1 to 65535");
  return {
    ...{ infoHash, peerId, event, port },
    uploaded: uploaded ?? 0,
    downloaded: downloaded ?? 0,
    left,
    key: key === "\0\0\0\0" ? "" : key,
    peersWanted: wanted > 0x7fff_ffff ? undefined : wanted,
  };
}

/** Undefined if too large: clients send -1 for an unknown count. */
function readCount(read: ByteReader): number | undefined {
  const count = Number(read.u64());
  return count > Number.MAX_SAFE_INTEGER ? undefined : count;
}

function urlOptions(urlData: string): Uint8Array[] {
  const url = binaryStringToBytes(urlData) ?? new Uint8Array();
  const options: Uint8Array[] = [];
  for (let at = 0; at < url.length; at += MAX_OPTION_BYTES) {
    const part = url.subarray(at, at + MAX_OPTION_BYTES);
    options.push(Uint8Array.of(URL_DATA, part.length), part);
  }
  return options;
}

/** Ignores truncated options and bytes after the end of options: older clients put bytes of their own there. */
function readUrlData(options: Uint8Array): string {
  let url = "";
  for (let at = 0; at < options.length; ) {
    const type = options[at];
    if (type === END_OF_OPTIONS) break;
    if (type === NO_OPTION) {
      at += 1;
      continue;
    }
    const start = at + 2;
    at = start + (options[at + 1] ?? 0);
    if (at > options.length) break;
    if (type === URL_DATA) url += bytesToBinaryString(options.subarray(start, at));
  }
  return url;
}

function readInfoHashes(bytes: Uint8Array): readonly InfoHash[] {
  const count = bytes.length / HASH_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_UDP_SCRAPE_HASHES) {
    throw malformed(`a scrape must name 1 to ${MAX_UDP_SCRAPE_HASHES} torrents of 20 bytes each`);
  }
  const read = new ByteReader(bytes);
  return Array.from({ length: count }, () => bytesToHex(read.bytes(HASH_BYTES)) as InfoHash);
}

function readCounts(bytes: Uint8Array): readonly SwarmCounts[] {
  const count = bytes.length / 12;
  if (!Number.isInteger(count)) throw malformed("the counts of a swarm must have 12 bytes");
  const read = new ByteReader(bytes);
  return Array.from({ length: count }, () => {
    const [seeders, downloaded, leechers] = [read.u32(), read.u32(), read.u32()];
    return { seeders, leechers, downloaded };
  });
}

const packet = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => concatBytes(parts);

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

const malformed = (sentence: string): ProtocolError => new ProtocolError("malformedTrackerMessage", sentence);
