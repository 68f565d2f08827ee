import { type BencodeValue, decodeBencode, decodeBencodePrefix, encodeBencode } from "../base/bencode.ts";
import { concatBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { printable } from "../base/printable.ts";

/** Id of the extended handshake itself (BEP 10); the other side's ids are in its `m`. */
export const EXTENDED_HANDSHAKE_ID = 0;

/** The id under which we take metadata messages. Any number from 1 on would do. */
export const OUR_METADATA_ID = 1;

/** The id under which we take messages of peer exchange. */
export const OUR_EXCHANGE_ID = 2;

/** Metadata travels in pieces of this size (BEP 9). */
export const METADATA_PIECE_BYTES = 16_384;

/** What we read of an extended handshake (BEP 10, BEP 9, BEP 11). Each may be missing. */
export interface ExtendedHandshake {
  /** The id under which the other side takes metadata messages. */
  readonly metadataId: number | undefined;
  /** The id under which the other side takes messages of peer exchange. */
  readonly exchangeId: number | undefined;
  /** Where it takes links over TCP: 1 to 65535. */
  readonly port: number | undefined;
  /** Bytes of the info dictionary, as the other side claims. */
  readonly metadataBytes: number | undefined;
  /** How many requests it lets wait. */
  readonly requestsMax: number | undefined;
  /** Its name and version. */
  readonly client: string | undefined;
}

/** A message of the metadata extension (BEP 9). `bytes` alias the payload. */
export type MetadataMessage =
  | { readonly type: "request" | "reject"; readonly piece: number }
  | {
      readonly type: "data";
      readonly piece: number;
      readonly totalBytes: number;
      readonly bytes: Uint8Array;
    };

const TYPES = ["request", "data", "reject"] as const;
const MAX_CLIENT_CHARACTERS = 64; // A name is shown to people; more is not a name.

export function encodeExtendedHandshake(ours: {
  /** Whether it would hear of other peers (BEP 11). */
  readonly exchanges?: boolean;
  readonly port?: number | undefined;
  readonly metadataBytes: number | undefined;
  readonly requestsMax: number;
  readonly client: string;
}): Uint8Array<ArrayBuffer> {
  const ids = new Map([["ut_metadata", OUR_METADATA_ID]]);
  if (ours.exchanges) ids.set("ut_pex", OUR_EXCHANGE_ID);
  const entries: [string, BencodeValue][] = [
    ["m", ids],
    ["reqq", ours.requestsMax],
    ["v", new TextEncoder().encode(ours.client)],
  ];
  if (ours.port !== undefined) entries.push(["p", ours.port]);
  if (ours.metadataBytes !== undefined) entries.push(["metadata_size", ours.metadataBytes]);
  return encodeBencode(new Map(entries));
}

/** Not a dictionary is a `ProtocolError`; fields of the wrong type count as missing. */
export function decodeExtendedHandshake(payload: Uint8Array): ExtendedHandshake {
  const said = decodeBencode(payload);
  if (!(said instanceof Map))
    throw new ProtocolError("notADictionary", "an extended handshake is a dictionary");
  const ids = said.get("m");
  return {
    metadataId: ids instanceof Map ? wholeNumber(ids.get("ut_metadata"), 1, 255) : undefined,
    exchangeId: ids instanceof Map ? wholeNumber(ids.get("ut_pex"), 1, 255) : undefined,
    port: wholeNumber(said.get("p"), 1, 65_535),
    metadataBytes: wholeNumber(said.get("metadata_size"), 1, Number.MAX_SAFE_INTEGER),
    requestsMax: wholeNumber(said.get("reqq"), 1, Number.MAX_SAFE_INTEGER),
    client: readClient(said.get("v")),
  };
}

/** Keys in canonical order and nothing nested: older clients look for the first `ee`. */
export function encodeMetadataMessage(message: MetadataMessage): Uint8Array<ArrayBuffer> {
  const entries: [string, BencodeValue][] = [
    ["msg_type", TYPES.indexOf(message.type)],
    ["piece", message.piece],
  ];
  if (message.type !== "data") return encodeBencode(new Map(entries));
  entries.push(["total_size", message.totalBytes]);
  return concatBytes([encodeBencode(new Map(entries)), message.bytes]);
}

/** Undefined: a type of message that later versions may add. Anything malformed is a `ProtocolError`. */
export function decodeMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  const { value, length } = decodeBencodePrefix(payload);
  if (!(value instanceof Map))
    throw new ProtocolError("notADictionary", "a metadata message is a dictionary");
  const piece = wholeNumber(value.get("piece"), 0, Number.MAX_SAFE_INTEGER);
  if (piece === undefined) throw new ProtocolError("noPiece", "a metadata message names a piece");

  const type = TYPES[wholeNumber(value.get("msg_type"), 0, 2) ?? TYPES.length];
  if (type === undefined) return undefined;
  if (type !== "data") return { type, piece };
  const totalBytes = wholeNumber(value.get("total_size"), 1, Number.MAX_SAFE_INTEGER);
  if (totalBytes === undefined) throw new ProtocolError("noSize", "metadata comes with its total size");
  return { type, piece, totalBytes, bytes: payload.subarray(length) };
}

function wholeNumber(value: BencodeValue | undefined, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}

function readClient(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const text = printable(new TextDecoder().decode(value), MAX_CLIENT_CHARACTERS).trim();
  return text === "" ? undefined : text;
}
