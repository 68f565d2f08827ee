import {
  type BencodeDict,
  type BencodeValue,
  decodeBencodeEntries,
  decodeBencodePrefix,
  type Encodable,
  encodeBencode,
  isDict,
  isList,
} from "../base/bencode.ts";
import { ProtocolError } from "../base/errors.ts";
import type { TrackerUrl } from "../base/ids.ts";
import { MAX_TRACKERS, parseTrackerUrl } from "../base/tracker-url.ts";
import { type FileEntry, Layout, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";

/** What an info dictionary says (BEP 3), read and proven. */
export interface Info {
  readonly name: string;
  readonly files: readonly FileEntry[];
  /** False: one file whose path is the torrent's name. True: a folder of that name. */
  readonly isFolder: boolean;
  readonly layout: Layout;
  /** SHA-1 of each piece, 20 bytes each, one behind the other. */
  readonly pieceHashes: Uint8Array;
  /** Peers may come from this torrent's own trackers only (BEP 27). */
  readonly isPrivate: boolean;
}

/** A .torrent file, read and proven. */
export interface Metainfo {
  readonly info: Info;
  /** The info dictionary exactly as it stood in the file: its SHA-1 is the info-hash. */
  readonly infoBytes: Uint8Array;
  /** Tiers of BEP 12; `announce` alone is one tier of one. */
  readonly trackerTiers: readonly (readonly TrackerUrl[])[];
  readonly comment?: string;
  /** The program that made it. */
  readonly createdBy?: string;
}

/** What goes into a .torrent file beside the info dictionary. */
export interface MetainfoParts {
  readonly infoBytes: Uint8Array;
  readonly trackerTiers: readonly (readonly TrackerUrl[])[];
  readonly comment?: string;
  /** The program that made it. */
  readonly createdBy?: string;
}

/** The largest info dictionary we take: WebTorrent's limit, room for half a million pieces. */
export const MAX_INFO_BYTES = 10_000_000;

/** The largest .torrent file we take: a hybrid one (BEP 52) has longer hashes beside its info dictionary. */
export const MAX_TORRENT_FILE_BYTES = 3 * MAX_INFO_BYTES;

/** Bytes of a SHA-1. */
export const HASH_BYTES = 20;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ONE_BYTE_EACH = new TextDecoder("windows-1252");

/** Reads an info dictionary; `pieceHashes` aliases it. What cannot be used is a `ProtocolError` with a sentence. */
export function parseInfo(infoBytes: Uint8Array): Info {
  refuseLargeInfo(infoBytes);
  const { value, length } = explained(() => decodeBencodePrefix(infoBytes));
  // All of it is hashed, so all of it has to be the dictionary: nothing else fits into a .torrent file.
  if (length !== infoBytes.length) throw broken("info", "something follows its info dictionary");
  return readInfo(value);
}

/** Reads a .torrent file (BEP 3, BEP 12). What cannot be used is a `ProtocolError` with a sentence. */
export function parseMetainfo(bytes: Uint8Array): Metainfo {
  if (bytes.length > MAX_TORRENT_FILE_BYTES) {
    throw new ProtocolError(
      "torrentTooLarge",
      "The file is larger than a .torrent file can be. Choose another one.",
    );
  }
  const { entries } = explained(() => decodeBencodeEntries(bytes));
  const info = entries.get("info");
  if (info === undefined) throw broken("info", "it has no info dictionary");
  refuseLargeInfo(info.encoded);
  const comment = readText(entries.get("comment.utf-8")?.value) ?? readText(entries.get("comment")?.value);
  const createdBy = readText(entries.get("created by")?.value);
  return {
    info: readInfo(info.value),
    infoBytes: info.encoded,
    trackerTiers: readTrackerTiers(entries.get("announce")?.value, entries.get("announce-list")?.value),
    ...(comment === undefined ? {} : { comment }),
    ...(createdBy === undefined ? {} : { createdBy }),
  };
}

/** Writes a .torrent file. `announce-list` only when one tracker is not all there is to say (BEP 12). */
export function encodeMetainfo(parts: MetainfoParts): Uint8Array<ArrayBuffer> {
  const dict = new Map<string, Encodable>([["info", { encoded: parts.infoBytes }]]);
  const trackers = parts.trackerTiers.flat();
  if (trackers[0] !== undefined) dict.set("announce", trackers[0]);
  if (trackers.length > 1) dict.set("announce-list", parts.trackerTiers);
  if (parts.comment !== undefined) dict.set("comment", parts.comment);
  if (parts.createdBy !== undefined) dict.set("created by", parts.createdBy);
  return encodeBencode(dict);
}

/** What to say of a torrent that has no v1 side (BEP 52). */
export function v2OnlyError(): ProtocolError {
  return new ProtocolError(
    "v2Only",
    "This torrent is of BitTorrent version 2 only, which Tabswarm does not speak. Ask for a version 1 or hybrid torrent.",
  );
}

function broken(code: string, what: string): ProtocolError {
  return new ProtocolError(
    code,
    `This torrent is damaged: ${what}. Get the torrent again from where you found it.`,
  );
}

/** Says in the words of a person what is wrong with the bytes. */
function explained<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(
      error.code,
      `This is not a whole torrent (${error.message}). Get it again and retry.`,
    );
  }
}

function refuseLargeInfo(infoBytes: Uint8Array): void {
  if (infoBytes.length <= MAX_INFO_BYTES) return;
  throw new ProtocolError(
    "infoTooLarge",
    "The torrent's metadata is larger than 10 MB, which is more than we take.",
  );
}

function readInfo(dict: BencodeValue): Info {
  if (!isDict(dict)) throw broken("info", "its info is not a dictionary");
  const pieceHashes = dict.get("pieces");
  if (!(pieceHashes instanceof Uint8Array)) {
    throw dict.has("meta version") ? v2OnlyError() : broken("pieces", "it has no hashes of its pieces");
  }

  const name = readText(dict.get("name.utf-8")) ?? readText(dict.get("name"));
  if (name === undefined) throw broken("name", "it has no name");
  const list = dict.get("files");
  const files = list === undefined ? [readSingleFile(dict, name)] : readFiles(list);
  const layout = readLayout(dict, files);
  if (pieceHashes.length !== layout.pieceCount * HASH_BYTES) {
    throw broken("pieces", `it has ${pieceHashes.length} bytes of hashes for ${layout.pieceCount} pieces`);
  }
  const isPrivate = typeof dict.get("private") === "number" && dict.get("private") !== 0;
  return { name, files, isFolder: list !== undefined, layout, pieceHashes, isPrivate };
}

function readSingleFile(dict: BencodeDict, name: string): FileEntry {
  return { path: name.replaceAll("/", "_"), bytes: readLength(dict), offset: 0 };
}

function readFiles(list: BencodeValue): FileEntry[] {
  if (!isList(list) || list.length === 0) throw broken("files", "its list of files is empty");
  let offset = 0;
  return list.map((item) => {
    if (!isDict(item)) throw broken("files", "its list of files has an entry that is no file");
    const file: FileEntry = { path: readPath(item), bytes: readLength(item), offset };
    offset += file.bytes;
    if (offset > MAX_TOTAL_BYTES) throw tooLargeError();
    return readText(item.get("attr"))?.includes("p") ? { ...file, isPadding: true } : file;
  });
}

function readLength(dict: BencodeDict): number {
  const length = dict.get("length");
  if (typeof length !== "number" || length < 0) throw broken("length", "a file has no size");
  if (length > MAX_TOTAL_BYTES) throw tooLargeError();
  return length;
}

/** A `/` inside a part would look like two parts. */
function readPath(dict: BencodeDict): string {
  const parts = dict.get("path.utf-8") ?? dict.get("path");
  if (!isList(parts) || parts.length === 0) throw broken("path", "a file has no name");
  const texts = parts.map((part) => readText(part)?.replaceAll("/", "_"));
  if (texts.includes(undefined)) throw broken("path", "a file's name is not text");
  return texts.join("/");
}

function readLayout(dict: BencodeDict, files: readonly FileEntry[]): Layout {
  const pieceLength = dict.get("piece length");
  if (typeof pieceLength !== "number" || pieceLength < 1) {
    throw broken("pieceLength", "it does not say how long its pieces are");
  }
  if (pieceLength > MAX_PIECE_BYTES) {
    throw new ProtocolError(
      "pieceTooLong",
      "The torrent has pieces longer than 64 MiB, which is more than we take.",
    );
  }
  const last = files.at(-1);
  return new Layout(last === undefined ? 0 : last.offset + last.bytes, pieceLength);
}

function readTrackerTiers(
  announce: BencodeValue | undefined,
  list: BencodeValue | undefined,
): TrackerUrl[][] {
  const seen = new Set<TrackerUrl>();
  const readTier = (values: readonly BencodeValue[]): TrackerUrl[] => {
    const tier: TrackerUrl[] = [];
    for (const value of values) {
      const url = seen.size < MAX_TRACKERS ? parseTrackerUrl(readText(value) ?? "") : undefined;
      if (url === undefined || seen.has(url)) continue;
      seen.add(url);
      tier.push(url);
    }
    return tier;
  };
  const tiers = isList(list) ? list.map((tier) => readTier(isList(tier) ? tier : [tier])) : [];
  // BEP 12: `announce` counts only where there is no list.
  if (seen.size === 0 && announce !== undefined) tiers.push(readTier([announce]));
  return tiers.filter((tier) => tier.length > 0);
}

/** UTF-8, or what older programs wrote instead: then one character for each byte, so that different names stay different. */
function readText(value: BencodeValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return UTF8.decode(value);
  } catch {
    return ONE_BYTE_EACH.decode(value);
  }
}

function tooLargeError(): ProtocolError {
  return new ProtocolError("tooLarge", "The torrent is larger than 64 TiB, which is more than we take.");
}
