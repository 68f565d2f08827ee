import { type BencodeDict, type BencodeValue, decodeBencodePrefix, isDict, isList } from "../base/bencode.ts";
import { equalBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { PieceIndex } from "../base/ids.ts";
import { type FileEntry, Layout, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";
import { TextReader } from "./legacy-text.ts";
import { cutName } from "./safe-path.ts";

/** The contents of an info dictionary (BEP 3, BEP 47), validated. */
export interface Info {
  /** From the info dictionary, cut to a length that file systems accept. Untrusted. */
  readonly name: string;
  readonly files: readonly FileEntry[];
  /** True: a folder with the torrent's name. False: a single file with that name. */
  readonly isFolder: boolean;
  readonly layout: Layout;
  /** The pieces' SHA-1 hashes, concatenated, 20 bytes each. */
  readonly pieceHashes: Uint8Array;
  /** Peers may come only from this torrent's own trackers (BEP 27). */
  readonly isPrivate: boolean;
}

/**
 * What we read differently from how it is written. `guessedText`: text in an unknown encoding. `plainNames`: `name` or
 * `path`, because the `.utf-8` field is unusable. `cutNames`: names too long for any file system.
 */
export type InfoQuirk = "guessedText" | "plainNames" | "cutNames";

/** The largest info dictionary we accept: WebTorrent's limit, room for half a million pieces. */
export const MAX_INFO_BYTES = 10_000_000;

/** UTF-8 bytes of one path part: the limit of file systems. A longer one cannot have come from a disk. */
export const MAX_READ_NAME_BYTES = 255;

/** Bytes of a SHA-1. */
export const HASH_BYTES = 20;

/** Whether a hash is the one that the info dictionary names for a piece. */
export function isPieceHash(pieceHashes: Uint8Array, piece: PieceIndex, hash: Uint8Array): boolean {
  return equalBytes(hash, pieceHashes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES));
}

/** The name of BitComet's padding files, which predate BEP 47. */
const BITCOMET_PADDING = "_____padding_file_";

/**
 * Parses an info dictionary; `pieceHashes` is a view of it. `encoding` is the one that the .torrent file names, if any.
 * Throws a `ProtocolError` with a sentence if the torrent cannot be used.
 */
export function parseInfo(infoBytes: Uint8Array, encoding?: string): Info {
  refuseLargeInfo(infoBytes);
  const { value, length } = explained(() => decodeBencodePrefix(infoBytes));
  // All of it is hashed, so the dictionary must span all of it: a .torrent file has no room for trailing bytes there.
  if (length !== infoBytes.length) throw broken("info", "its info dictionary has trailing bytes");
  return readInfo(value, encoding).info;
}

/** Reads a decoded info dictionary, and reports its quirks. */
export function readInfo(
  dict: BencodeValue,
  encoding: string | undefined,
): { readonly info: Info; readonly quirks: ReadonlySet<InfoQuirk> } {
  if (!isDict(dict)) throw broken("info", "its info is not a dictionary");
  const pieceHashes = dict.get("pieces");
  if (!(pieceHashes instanceof Uint8Array)) {
    throw dict.has("meta version") ? v2OnlyError() : broken("pieces", "it has no hashes of its pieces");
  }

  const names = new NameReader(encoding);
  const named = readNamed(dict, names);
  const layout = readLayout(dict, named.files);
  if (pieceHashes.length !== layout.pieceCount * HASH_BYTES) {
    throw broken("pieces", `it has ${pieceHashes.length} bytes of hashes for ${layout.pieceCount} pieces`);
  }
  const isPrivate = typeof dict.get("private") === "number" && dict.get("private") !== 0;
  return { info: { ...named, layout, pieceHashes, isPrivate }, quirks: names.quirks };
}

/** The part of an info dictionary that names files. */
export type FileList = Pick<Info, "name" | "files" | "isFolder">;

/** Reads a dictionary that names files as an info dictionary does. Throws a `ProtocolError` if it does not. */
export function readFileList(dict: BencodeDict): FileList {
  return readNamed(dict, new NameReader(undefined));
}

/** The error for a torrent without a v1 part (BEP 52). */
export function v2OnlyError(): ProtocolError {
  return new ProtocolError(
    "v2Only",
    "This torrent is of BitTorrent version 2 only, which Tabswarm does not speak. Ask for a version 1 or hybrid torrent.",
  );
}

/** The error for a torrent with missing or impossible values. */
export function broken(code: string, what: string): ProtocolError {
  return new ProtocolError(
    code,
    `This torrent is damaged: ${what}. Get the torrent again from where you found it.`,
  );
}

/** Rewords decoding errors for people. */
export function explained<Result>(decode: () => Result): Result {
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

/** Throws a `ProtocolError` with a sentence if an info dictionary is too large. */
export function refuseLargeInfo(infoBytes: Uint8Array): void {
  if (infoBytes.length <= MAX_INFO_BYTES) return;
  throw new ProtocolError(
    "infoTooLarge",
    "The torrent's metadata is larger than 10 MB, which is more than Tabswarm accepts.",
  );
}

/** Reads the names of one torrent and collects their quirks. */
class NameReader {
  readonly #texts: TextReader;
  readonly #quirks = new Set<InfoQuirk>();

  constructor(encoding: string | undefined) {
    this.#texts = new TextReader(encoding);
  }

  get quirks(): ReadonlySet<InfoQuirk> {
    return this.#texts.hasGuessed ? new Set([...this.#quirks, "guessedText"]) : this.#quirks;
  }

  /** The torrent's name: `name.utf-8` if it is usable and not empty, otherwise `name`. */
  readName(dict: BencodeDict): string {
    const [inUtf8, plain] = [this.#part(dict.get("name.utf-8")), this.#part(dict.get("name"))];
    const name = inUtf8 || plain;
    if (name === undefined) throw broken("name", "it has no name");
    if (dict.has("name.utf-8") && !inUtf8) this.#quirks.add("plainNames");
    return name;
  }

  /** A file's path, separated by `/`. Undefined if it has no usable one. */
  readPath(dict: BencodeDict): string | undefined {
    const inUtf8 = this.#path(dict.get("path.utf-8"));
    if (inUtf8 !== undefined) return inUtf8;
    const path = this.#path(dict.get("path"));
    if (dict.has("path.utf-8")) this.#quirks.add("plainNames");
    return path;
  }

  #path(parts: BencodeValue | undefined): string | undefined {
    if (!isList(parts) || parts.length === 0) return undefined;
    const texts = parts.map((part) => this.#part(part)?.replaceAll("/", "_")); // Otherwise it would look like two parts.
    return texts.includes(undefined) ? undefined : texts.join("/");
  }

  #part(value: BencodeValue | undefined): string | undefined {
    if (!(value instanceof Uint8Array)) return undefined;
    const text = this.#texts.read(value);
    const cut = cutName(text, MAX_READ_NAME_BYTES);
    if (cut !== text) this.#quirks.add("cutNames");
    return cut;
  }
}

function readNamed(dict: BencodeDict, names: NameReader): FileList {
  const name = names.readName(dict);
  const list = dict.get("files");
  const files = list === undefined ? [readSingleFile(dict, name)] : readFiles(list, names);
  return { name, files, isFolder: list !== undefined };
}

function readSingleFile(dict: BencodeDict, name: string): FileEntry {
  const file = { path: name.replaceAll("/", "_"), bytes: readLength(dict), offset: 0 };
  return hasAttribute(dict, "x") ? { ...file, isExecutable: true } : file;
}

function readFiles(list: BencodeValue, names: NameReader): FileEntry[] {
  if (!isList(list) || list.length === 0) throw broken("files", "its list of files is empty");
  let offset = 0;
  return list.map((item) => {
    if (!isDict(item)) throw broken("files", "its list of files has an entry that is not a file");
    const file = readFile(item, offset, names);
    offset += file.bytes;
    if (offset > MAX_TOTAL_BYTES) throw tooLargeError();
    return file;
  });
}

/** Padding needs no path, and a symbolic link has no bytes, whatever its length says (BEP 47, as in libtorrent). */
function readFile(item: BencodeDict, offset: number, names: NameReader): FileEntry {
  const path = names.readPath(item);
  if (hasAttribute(item, "l")) return { path: path ?? "link", bytes: 0, offset, isLink: true };
  const bytes = readLength(item);
  if (hasAttribute(item, "p") || path?.startsWith(BITCOMET_PADDING, path.lastIndexOf("/") + 1))
    return { path: path ?? `.pad/${bytes}`, bytes, offset, isPadding: true };
  if (path === undefined) throw broken("path", "a file has no name, or one that is not text");
  const file = { path, bytes, offset };
  return hasAttribute(item, "x") ? { ...file, isExecutable: true } : file;
}

/** BEP 47: `attr` has one letter for each attribute. */
function hasAttribute(dict: BencodeDict, letter: string): boolean {
  const attributes = dict.get("attr");
  return attributes instanceof Uint8Array && attributes.includes(letter.charCodeAt(0));
}

function readLength(dict: BencodeDict): number {
  const length = dict.get("length");
  if (typeof length !== "number" || length < 0) throw broken("length", "a file has no size");
  if (length > MAX_TOTAL_BYTES) throw tooLargeError();
  return length;
}

function readLayout(dict: BencodeDict, files: readonly FileEntry[]): Layout {
  const pieceLength = dict.get("piece length");
  if (typeof pieceLength !== "number" || pieceLength < 1) {
    throw broken("pieceLength", "it does not say how long its pieces are");
  }
  if (pieceLength > MAX_PIECE_BYTES) {
    throw new ProtocolError(
      "pieceTooLong",
      "The torrent has pieces longer than 64 MiB, which is more than Tabswarm accepts.",
    );
  }
  const last = files.at(-1);
  return new Layout(last === undefined ? 0 : last.offset + last.bytes, pieceLength);
}

function tooLargeError(): ProtocolError {
  return new ProtocolError(
    "tooLarge",
    "The torrent is larger than 64 TiB, which is more than Tabswarm accepts.",
  );
}
