import { type BencodeValue, decodeBencode, decodeBencodePrefix, encodeBencode } from "../base/bencode.ts";
import { concatBytes } from "../base/bytes.ts";
import { type DeviceKind, deviceKindText, readDeviceKind, readDeviceName } from "../base/device.ts";
import { ProtocolError } from "../base/errors.ts";
import { printable } from "../base/printable.ts";

/** Message id of the extended handshake itself (BEP 10). Its `m` holds the sender's other ids. */
export const EXTENDED_HANDSHAKE_ID = 0;

/** The id we choose for metadata messages to us. Any number above 0 would do. */
export const OUR_METADATA_ID = 1;

/** The id we choose for peer exchange messages to us. */
export const OUR_EXCHANGE_ID = 2;

/** The id we choose for messages about introductions to us (docs/peer-introductions.md). */
export const OUR_INTRODUCTION_ID = 3;

/**
 * Our own field: a seeder that tells of its pieces one by one (BEP 16) says with it that it has them all. BEP 21's `upload_only`
 * would not do: libtorrent leaves a peer that says it as soon as it has all pieces that the peer named.
 */
const SUPER_SEEDS = "tw_seed";

/** Our own field: somebody waits for pieces there, as for playback, so that a seeder that tells of its pieces one by one shall tell it of all. */
const WAITS = "tw_wait";

/** Our own fields: what a person calls the device, and the kind of client, `Chrome/Android`. */
const DEVICE_NAME = "tw_name";
const DEVICE_KIND = "tw_kind";

/** Size of the pieces in which metadata is sent (BEP 9). */
export const METADATA_PIECE_BYTES = 16_384;

/** The fields of an extended handshake that we use (BEP 10, BEP 9, BEP 11). All are optional. */
export interface ExtendedHandshake {
  /** The sender's id for metadata messages. */
  readonly metadataId: number | undefined;
  /** The sender's id for peer exchange messages. */
  readonly exchangeId: number | undefined;
  /** The sender's id for messages about introductions. */
  readonly introductionId: number | undefined;
  /** The TCP port on which it listens: 1 to 65535. */
  readonly port: number | undefined;
  /** Bytes of the info dictionary, according to the sender. */
  readonly metadataBytes: number | undefined;
  /** How many outstanding requests it accepts. */
  readonly maxRequestsQueued: number | undefined;
  /** The client's name and version. */
  readonly client: string | undefined;
  /** It prefers encrypted links over TCP (message stream encryption). */
  readonly prefersEncryption: boolean;
  /** It has everything, though it names pieces one by one: see `SUPER_SEEDS`. */
  readonly superSeeds: boolean;
  /** Somebody waits for certain pieces there: see `WAITS`. */
  readonly waits: boolean;
  /** What a person calls the device: see `deviceName`. */
  readonly deviceName: string | undefined;
  readonly device: DeviceKind | undefined;
}

/** A metadata message (BEP 9). `bytes` is a view of the payload. */
export type MetadataMessage =
  | { readonly type: "request" | "reject"; readonly piece: number }
  | {
      readonly type: "data";
      readonly piece: number;
      readonly totalBytes: number;
      readonly bytes: Uint8Array;
    };

const TYPES = ["request", "data", "reject"] as const;
const MAX_CLIENT_CHARACTERS = 64; // It is shown to people.

export function encodeExtendedHandshake(ours: {
  /** Whether we want peer exchange messages (BEP 11). */
  readonly exchanges?: boolean;
  /** Whether we take and make introductions. */
  readonly introduces?: boolean;
  readonly port?: number | undefined;
  readonly metadataBytes: number | undefined;
  readonly maxRequestsQueued: number;
  readonly client: string;
  readonly superSeeds?: boolean;
  readonly waits?: boolean;
  /** As `deviceName` leaves it. */
  readonly deviceName?: string | undefined;
  readonly device?: DeviceKind | undefined;
}): Uint8Array<ArrayBuffer> {
  const ids = new Map([["ut_metadata", OUR_METADATA_ID]]);
  if (ours.exchanges) ids.set("ut_pex", OUR_EXCHANGE_ID);
  if (ours.introduces) ids.set("tw_introduce", OUR_INTRODUCTION_ID);
  const entries: [string, BencodeValue][] = [
    ["m", ids],
    ["reqq", ours.maxRequestsQueued],
    ["v", new TextEncoder().encode(ours.client)],
  ];
  if (ours.port !== undefined) entries.push(["p", ours.port]);
  if (ours.metadataBytes !== undefined) entries.push(["metadata_size", ours.metadataBytes]);
  if (ours.superSeeds) entries.push([SUPER_SEEDS, 1]);
  if (ours.waits) entries.push([WAITS, 1]);
  if (ours.deviceName !== undefined) entries.push([DEVICE_NAME, new TextEncoder().encode(ours.deviceName)]);
  if (ours.device !== undefined)
    entries.push([DEVICE_KIND, new TextEncoder().encode(deviceKindText(ours.device))]);
  return encodeBencode(new Map(entries));
}

/** Throws a `ProtocolError` unless the payload is a dictionary. Fields of the wrong type count as missing. */
export function decodeExtendedHandshake(payload: Uint8Array): ExtendedHandshake {
  const said = decodeBencode(payload);
  if (!(said instanceof Map))
    throw new ProtocolError("notADictionary", "an extended handshake must be a dictionary");
  const ids = said.get("m");
  const name = said.get(DEVICE_NAME);
  const kind = said.get(DEVICE_KIND);
  return {
    metadataId: ids instanceof Map ? wholeNumber(ids.get("ut_metadata"), 1, 255) : undefined,
    exchangeId: ids instanceof Map ? wholeNumber(ids.get("ut_pex"), 1, 255) : undefined,
    introductionId: ids instanceof Map ? wholeNumber(ids.get("tw_introduce"), 1, 255) : undefined,
    port: wholeNumber(said.get("p"), 1, 65_535),
    metadataBytes: wholeNumber(said.get("metadata_size"), 1, Number.MAX_SAFE_INTEGER),
    maxRequestsQueued: wholeNumber(said.get("reqq"), 1, Number.MAX_SAFE_INTEGER),
    client: readClient(said.get("v")),
    prefersEncryption: said.get("e") === 1, // As libtorrent, Transmission and rTorrent say it.
    superSeeds: said.get(SUPER_SEEDS) === 1,
    waits: said.get(WAITS) === 1,
    deviceName: name instanceof Uint8Array ? readDeviceName(name) : undefined,
    device:
      kind instanceof Uint8Array
        ? readDeviceKind(new TextDecoder().decode(kind.subarray(0, MAX_CLIENT_CHARACTERS)))
        : undefined,
  };
}

/** Keys are in canonical order and nothing is nested: older clients search for the first `ee`. */
export function encodeMetadataMessage(message: MetadataMessage): Uint8Array<ArrayBuffer> {
  const entries: [string, BencodeValue][] = [
    ["msg_type", TYPES.indexOf(message.type)],
    ["piece", message.piece],
  ];
  if (message.type !== "data") return encodeBencode(new Map(entries));
  entries.push(["total_size", message.totalBytes]);
  return concatBytes([encodeBencode(new Map(entries)), message.bytes]);
}

/** Undefined for an unknown message type, which later versions may add. Throws a `ProtocolError` if malformed. */
export function decodeMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  const { value, length } = decodeBencodePrefix(payload);
  if (!(value instanceof Map))
    throw new ProtocolError("notADictionary", "a metadata message must be a dictionary");
  const piece = wholeNumber(value.get("piece"), 0, Number.MAX_SAFE_INTEGER);
  if (piece === undefined) throw new ProtocolError("noPiece", "a metadata message must name a piece");

  const type = TYPES[wholeNumber(value.get("msg_type"), 0, 2) ?? TYPES.length];
  if (type === undefined) return undefined;
  if (type !== "data") return { type, piece };
  const totalBytes = wholeNumber(value.get("total_size"), 1, Number.MAX_SAFE_INTEGER);
  if (totalBytes === undefined) throw new ProtocolError("noSize", "metadata must come with its total size");
  return { type, piece, totalBytes, bytes: payload.subarray(length) };
}

function wholeNumber(value: BencodeValue | undefined, min: number, max: number): number | undefined {
  return typeof value === "number" && value >= min && value <= max ? value : undefined;
}

function readClient(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const text = printable(new TextDecoder().decode(value), MAX_CLIENT_CHARACTERS).trim();
  return text === "" ? undefined : text;
}
