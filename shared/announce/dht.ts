import {
  type BencodeDict,
  type BencodeValue,
  decodeBencodeStrictly,
  isDict,
  isList,
} from "../base/bencode.ts";
import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { COMPACT_IPV4_BYTES } from "./compact.ts";

/** Size of a packet. Nodes answer with eight nodes and a few dozen peers. */
export const MAX_DHT_PACKET_BYTES = 2_048;

const ID_BYTES = 20;
const NODE_BYTES = ID_BYTES + COMPACT_IPV4_BYTES;
const MAX_TOKEN_BYTES = 64;
const MAX_TRANSACTION_BYTES = 32;

/** The ids that each query needs besides its sender's (BEP 5). Other queries get no answer. */
const QUERY_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["ping", []],
  ["find_node", ["target"]],
  ["get_peers", ["info_hash"]],
  ["announce_peer", ["info_hash"]],
]);

/**
 * Whether a packet is a well-formed DHT message over IPv4 (BEP 5), so that it can be passed to code that trusts what it
 * reads.
 */
export function isDhtMessage(packet: Uint8Array): boolean {
  if (packet.length > MAX_DHT_PACKET_BYTES) return false;
  const message = decoded(packet);
  if (!isDict(message) || !isBytes(message.get("t"), 1, MAX_TRANSACTION_BYTES)) return false;
  switch (textOf(message.get("y"))) {
    case "q":
      return isQuery(textOf(message.get("q")), message.get("a"));
    case "r":
      return isResponse(message.get("r"));
    case "e":
      return isList(message.get("e"));
    default:
      return false;
  }
}

function decoded(packet: Uint8Array): BencodeValue | undefined {
  try {
    return decodeBencodeStrictly(packet);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function isQuery(name: string | undefined, said: BencodeValue | undefined): boolean {
  const ids = QUERY_NAMES.get(name ?? "");
  if (ids === undefined || !isDict(said)) return false;
  if (!["id", ...ids].every((key) => isBytes(said.get(key), ID_BYTES, ID_BYTES))) return false;
  return name !== "announce_peer" || (isBytes(said.get("token"), 1, MAX_TOKEN_BYTES) && hasPort(said));
}

/** Either the query names a port, or it implies the port that the packet comes from. */
function hasPort(said: BencodeDict): boolean {
  const [port, implied] = [said.get("port"), said.get("implied_port")];
  const isPort = typeof port === "number" && port >= 1 && port <= 65_535;
  return implied === undefined ? isPort : typeof implied === "number" && (implied !== 0 || isPort);
}

function isResponse(said: BencodeValue | undefined): boolean {
  if (!isDict(said) || !isBytes(said.get("id"), ID_BYTES, ID_BYTES)) return false;
  const [token, nodes, values] = [said.get("token"), said.get("nodes"), said.get("values")];
  const isToken = token === undefined || isBytes(token, 1, MAX_TOKEN_BYTES);
  const areNodes = nodes === undefined || (nodes instanceof Uint8Array && nodes.length % NODE_BYTES === 0);
  const arePeers = values === undefined || (isList(values) && values.every(isPeer));
  return isToken && areNodes && arePeers;
}

const isPeer = (value: BencodeValue): boolean => isBytes(value, COMPACT_IPV4_BYTES, COMPACT_IPV4_BYTES);

function isBytes(value: BencodeValue | undefined, min: number, max: number): boolean {
  return value instanceof Uint8Array && value.length >= min && value.length <= max;
}

function textOf(value: BencodeValue | undefined): string | undefined {
  return value instanceof Uint8Array ? bytesToBinaryString(value) : undefined;
}
