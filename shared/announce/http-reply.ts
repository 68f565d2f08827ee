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
  type Failure,
  type LeftOut,
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
import { MAX_TEXT_CHARACTERS } from "./websocket-fields.ts";

// What trackers reply over HTTP: bencode (BEP 3, 7, 23, 48), both ends.

const UTF8 = new TextEncoder();
const UTF8_DECODER = new TextDecoder();

/** Writes the reply to an announce, as text of one character for each byte: so Node sends it fastest. */
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

/** Writes the counts of some swarms. */
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

/** Writes why a request is refused. */
export function encodeFailure({ reason }: Failure): string {
  return dict([field("failure reason", text(reason))]);
}

/**
 * Reads what a tracker replied to an announce. Anything but a dictionary is a `ProtocolError`; what is odd inside is left
 * out, and the rest counts.
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

/** The fields are in the order of their keys' bytes. */
const dict = (fields: readonly string[]): string => `d${fields.join("")}e`;
const field = (key: string, value: string): string => binary(key) + value;
const integer = (value: number): string => `i${value}e`;
const binary = (bytes: string): string => `${bytes.length}:${bytes}`;
const text = (value: string): string => binary(bytesToBinaryString(UTF8.encode(value)));

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

/** Bytes as in BEP 23 and BEP 7, or dictionaries as in BEP 3, which some trackers number instead of listing. */
function readPeers(value: BencodeValue | undefined, bytesEach: number, leftOut: LeftOut): readonly TcpPeer[] {
  if (value === undefined) return [];
  if (value instanceof Uint8Array) {
    return decodeCompact(value, bytesEach, leftOut).map((address) => ({ address, peerId: undefined }));
  }
  const listed = isDict(value) ? [...value.values()] : isList(value) ? value : undefined;
  if (listed === undefined) leftOut("peers that are neither bytes nor a list");
  const peers = (listed ?? []).flatMap(readListedPeer);
  const unusable = (listed?.length ?? 0) - peers.length;
  if (unusable > 0) leftOut(`peers without an address and a port: ${unusable}`);
  return peers;
}

/** A host name instead of an address is left out: nobody should be sent to look up what a tracker made up. */
function readListedPeer(fields: BencodeValue): readonly TcpPeer[] {
  if (!isDict(fields)) return [];
  const ip = parseIp(readText(fields.get("ip")) ?? "");
  const port = Number(readNumberOrText(fields.get("port")));
  if (ip === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const peerId = fields.get("peer id");
  const hex = peerId instanceof Uint8Array ? bytesToHex(peerId) : "";
  return [{ address: peerAddress(ip, port), peerId: parsePeerId(hex) }];
}

/** Nothing that can be read as a count is none. */
function readCount(value: BencodeValue | undefined): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

/** Some trackers write numbers as text. */
function readNumberOrText(value: BencodeValue | undefined): number | string | undefined {
  return typeof value === "number" ? value : readText(value);
}

/** A sentence for people, cut to what they read and fit to be shown. */
function readText(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return printable(UTF8_DECODER.decode(value), MAX_TEXT_CHARACTERS);
}

/** Bytes that go back to the tracker as they are; too many are no id. */
function readTrackerId(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array) || value.length > MAX_TEXT_CHARACTERS) return undefined;
  return bytesToBinaryString(value);
}
