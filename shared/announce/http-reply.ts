import {
  type BencodeDict,
  type BencodeValue,
  decodeBencodeEntries,
  isDict,
  isList,
} from "../base/bencode.ts";
import { bytesToBinaryString, bytesToHex } from "../base/bytes.ts";
import { idBytes, parsePeerId } from "../base/ids.ts";
import { formatIp, parseIp } from "../base/ip.ts";
import { printable } from "../base/printable.ts";
import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressReply,
  type CompactReply,
  encodeRetryIn,
  type Failure,
  MAX_REPLY_PEERS,
  readRetryIn,
  type ScrapeReply,
  type TcpPeer,
} from "./announce.ts";
import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  type CompactPeers,
  decodeCompact,
  peerAddress,
  peerIp,
  peerPort,
} from "./compact.ts";
import type { LeftOut } from "./left-out.ts";
import { MAX_TEXT_CHARACTERS } from "./websocket-fields.ts";

// Trackers' replies over HTTP in bencode (BEP 3, 7, 23, 31, 48), for both ends.

const ASCII = /^[\x20-\x7e]*$/;
const UTF8 = new TextEncoder();
const UTF8_DECODER = new TextDecoder();

/** Encodes the reply to an announce as one character for each byte, which Node sends fastest. */
export function encodeAddressReply(reply: AddressReply | CompactReply): string {
  const { intervalSeconds, minIntervalSeconds, seeders, leechers, trackerId, warning } = reply;
  const fields = [
    field("complete", integer(seeders)),
    field("incomplete", integer(leechers)),
    field("interval", integer(intervalSeconds)),
    minIntervalSeconds === undefined ? "" : field("min interval", integer(minIntervalSeconds)),
    reply.type === "compactReply" ? packedPeers(reply.peers) : listedPeers(reply.peers),
    trackerId === undefined ? "" : field("tracker id", text(trackerId)),
    warning === undefined ? "" : field("warning message", text(warning)),
  ];
  return dict(fields);
}

/** Encodes the reply to a scrape. */
export function encodeScrapeReply({ swarms }: ScrapeReply): string {
  const byHash = [...swarms].sort(([left], [right]) => (left < right ? -1 : 1));
  const files = byHash.map(([infoHash, { seeders, leechers, downloaded }]) => {
    const counts = dict([
      field("complete", integer(seeders)),
      field("downloaded", integer(downloaded)),
      field("incomplete", integer(leechers)),
    ]);
    return field(bytesToBinaryString(idBytes(infoHash)), counts);
  });
  return dict([field("files", dict(files))]);
}

/** Encodes a refusal. */
export function encodeFailure({ reason, retryIn }: Failure): string {
  const wait = encodeRetryIn(retryIn);
  return dict([
    field("failure reason", text(reason)),
    wait === undefined ? "" : field("retry in", wait === "never" ? text(wait) : integer(wait)),
  ]);
}

/**
 * Decodes a tracker's reply to an announce. Throws a `ProtocolError` for anything but a dictionary. Leaves out malformed
 * fields and keeps the rest.
 */
export function parseAddressReply(body: Uint8Array, leftOut: LeftOut = () => {}): AddressReply | Failure {
  const fields = parseBody(body, leftOut);
  const failure = readFailure(fields, "announce");
  if (failure !== undefined) return failure;
  const minInterval = readCount(fields.get("min interval"));
  const peers = [
    ...readPeers(fields.get("peers"), COMPACT_IPV4_BYTES, leftOut),
    ...readPeers(fields.get("peers6"), COMPACT_IPV6_BYTES, leftOut),
  ];
  return {
    type: "addressReply",
    intervalSeconds: readCount(fields.get("interval")) || ADDRESS_INTERVAL_SECONDS,
    minIntervalSeconds: minInterval === 0 ? undefined : minInterval,
    seeders: readCount(fields.get("complete")),
    leechers: readCount(fields.get("incomplete")),
    trackerId: readTrackerId(fields.get("tracker id")),
    warning: readText(fields.get("warning message")),
    peers: peers.slice(0, MAX_REPLY_PEERS),
  };
}

function packedPeers({ ipv4, ipv6 }: CompactPeers): string {
  return field("peers", binary(ipv4)) + (ipv6 === "" ? "" : field("peers6", binary(ipv6)));
}

function listedPeers(peers: readonly TcpPeer[]): string {
  const items = peers.map(({ address, peerId }) =>
    dict([
      field("ip", binary(formatIp(peerIp(address)))),
      peerId === undefined ? "" : field("peer id", binary(bytesToBinaryString(idBytes(peerId)))),
      field("port", integer(peerPort(address))),
    ]),
  );
  return field("peers", `l${items.join("")}e`);
}

/** The caller passes the fields in byte order of their keys. */
const dict = (fields: readonly string[]): string => `d${fields.join("")}e`;
const field = (key: string, value: string): string => binary(key) + value;
const integer = (value: number): string => `i${value}e`;
const binary = (bytes: string): string => `${bytes.length}:${bytes}`;
/** Nearly all text is ASCII, which is UTF-8 already: encoding the tracker's id takes longer than the rest of a reply. */
const text = (value: string): string =>
  binary(ASCII.test(value) ? value : bytesToBinaryString(UTF8.encode(value)));

function parseBody(body: Uint8Array, leftOut: LeftOut): BencodeDict {
  const { entries, oddities } = decodeBencodeEntries(body);
  const { trailingBytes, duplicateKeys } = oddities;
  if (trailingBytes > 0) leftOut(`trailing bytes: ${trailingBytes}`);
  for (const key of duplicateKeys) leftOut(`duplicate key ${JSON.stringify(key)}`);
  return new Map([...entries].map(([key, { value }]) => [key, value]));
}

function readFailure(fields: BencodeDict, action: Failure["action"]): Failure | undefined {
  if (!fields.has("failure reason")) return undefined;
  const reason = readText(fields.get("failure reason")) ?? "the tracker gave no reason";
  const intervals = ["interval", "min interval"].map((key) => readCount(fields.get(key)));
  const retryIn = readRetryIn(readNumberOrText(fields.get("retry in")), Math.max(...intervals));
  return { type: "failure", action, infoHash: undefined, reason, retryIn };
}

/** Bytes as in BEP 23 and BEP 7, or dictionaries as in BEP 3, in a list or, from some trackers, in a numbered dictionary. */
function readPeers(value: BencodeValue | undefined, bytesEach: number, leftOut: LeftOut): readonly TcpPeer[] {
  if (value === undefined) return [];
  if (value instanceof Uint8Array) {
    return decodeCompact(value, bytesEach, leftOut).map((address) => ({ address, peerId: undefined }));
  }
  const listed = isDict(value) ? [...value.values()] : isList(value) ? value : undefined;
  if (listed === undefined) leftOut("peers that are neither compact nor a list");
  const peers = (listed ?? []).flatMap(readListedPeer);
  const unusable = (listed?.length ?? 0) - peers.length;
  if (unusable > 0) leftOut(`peers without a valid address and port: ${unusable}`);
  return peers;
}

/** Leaves out peers named by host: a tracker must not make us look up names of its choice. */
function readListedPeer(fields: BencodeValue): readonly TcpPeer[] {
  if (!isDict(fields)) return [];
  const ip = parseIp(readText(fields.get("ip")) ?? "");
  const port = Number(readNumberOrText(fields.get("port")));
  if (ip === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const peerId = fields.get("peer id");
  const hex = peerId instanceof Uint8Array ? bytesToHex(peerId) : "";
  return [{ address: peerAddress(ip, port), peerId: parsePeerId(hex) }];
}

/** Anything but a positive number counts as 0. */
function readCount(value: BencodeValue | undefined): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

/** Some trackers send numbers as text. */
function readNumberOrText(value: BencodeValue | undefined): number | string | undefined {
  return typeof value === "number" ? value : readText(value);
}

/** A sentence for people, cut and made safe to show. */
function readText(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return printable(UTF8_DECODER.decode(value), MAX_TEXT_CHARACTERS);
}

/** Opaque bytes, sent back to the tracker unchanged. Too many do not count as an id. */
function readTrackerId(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array) || value.length > MAX_TEXT_CHARACTERS) return undefined;
  return bytesToBinaryString(value);
}
