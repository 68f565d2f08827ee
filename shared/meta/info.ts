import { type BencodeDict, type BencodeValue, decodeBencodePrefix, isDict, isList } from "../base/bencode.ts";
import { ProtocolError } from "../base/errors.ts";
import { type FileEntry, Layout, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";
import { TextReader } from "./legacy-text.ts";
import { cutName } from "./safe-path.ts";

/** What an info dictionary says (BEP 3, BEP 47), read and proven. */
export interface Info {
  /** As the info dictionary gives it, cut to what a file system takes: untrusted. */
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

/**
 * What was read otherwise than it stands there: `guessedText` is in no encoding that we know of, `plainNames` are those
 * beside names in UTF-8 that cannot be used, `cutNames` were too long for any file system.
 */
export type InfoQuirk = "guessedText" | "plainNames" | "cutNames";

/** The largest info dictionary we take: WebTorrent's limit, room for half a million pieces. */
export const MAX_INFO_BYTES = 10_000_000;

/** Bytes (UTF-8) of one part of a name: what file systems take. A longer one cannot have come from a disk. */
export const MAX_READ_NAME_BYTES = 255;

/** Bytes of a SHA-1. */
export const HASH_BYTES = 20;

/** How BitComet called its filler before there was BEP 47. */
const BITCOMET_PADDING = "_____padding_file_";

/**
 * Reads an info dictionary; `pieceHashes` aliases it. `encoding` is that of the .torrent file, if it names one. What
 * cannot be used is a `ProtocolError` with a sentence.
 */
export function parseInfo(infoBytes: Uint8Array, encoding?: string): Info {
  refuseLargeInfo(infoBytes);
  const { value, length } = explained(() => decodeBencodePrefix(infoBytes));
  // All of it is hashed, so all of it has to be the dictionary: nothing else fits into a .torrent file.
  if (length !== infoBytes.length) throw broken("info", "something follows its info dictionary");
  return readInfo(value, encoding).info;
}

/** Reads an info dictionary that has been decoded, and says what was read otherwise than it stands there. */
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
  const name = names.readName(dict);
  const list = dict.get("files");
  const files = list === undefined ? [readSingleFile(dict, name)] : readFiles(list, names);
  const layout = readLayout(dict, files);
  if (pieceHashes.length !== layout.pieceCount * HASH_BYTES) {
    throw broken("pieces", `it has ${pieceHashes.length} bytes of hashes for ${layout.pieceCount} pieces`);
  }
  const isPrivate = typeof dict.get("private") === "number" && dict.get("private") !== 0;
  const info = { name, files, isFolder: list !== undefined, layout, pieceHashes, isPrivate };
  return { info, quirks: names.quirks };
}

/** What to say of a torrent that has no v1 side (BEP 52). */
export function v2OnlyError(): ProtocolError {
  return new ProtocolError(
    "v2Only",
    "This torrent is of BitTorrent version 2 only, which Tabswarm does not speak. Ask for a version 1 or hybrid torrent.",
  );
}

/** What to say of a torrent that lacks something or says what cannot be. */
export function broken(code: string, what: string): ProtocolError {
  return new ProtocolError(
    code,
    `This torrent is damaged: ${what}. Get the torrent again from where you found it.`,
  );
}

/** Says in the words of a person what is wrong with the bytes. */
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

/** An info dictionary that is too large is a `ProtocolError` with a sentence. */
export function refuseLargeInfo(infoBytes: Uint8Array): void {
  if (infoBytes.length <= MAX_INFO_BYTES) return;
  throw new ProtocolError(
    "infoTooLarge",
    "The torrent's metadata is larger than 10 MB, which is more than we take.",
  );
}

/** Reads the names of one torrent and remembers what was odd about them. */
class NameReader {
  readonly #texts: TextReader;
  readonly #quirks = new Set<InfoQuirk>();

  constructor(encoding: string | undefined) {
    this.#texts = new TextReader(encoding);
  }

  get quirks(): ReadonlySet<InfoQuirk> {
    return this.#texts.hasGuessed ? new Set([...this.#quirks, "guessedText"]) : this.#quirks;
  }

  /** The torrent's name; the one in UTF-8 first, unless it is empty. */
  readName(dict: BencodeDict): string {
    const [inUtf8, plain] = [this.#part(dict.get("name.utf-8")), this.#part(dict.get("name"))];
    const name = inUtf8 || plain;
    if (name === undefined) throw broken("name", "it has no name");
    if (dict.has("name.utf-8") && !inUtf8) this.#quirks.add("plainNames");
    return name;
  }

  /** A file's path, parts joined by `/`. Undefined: it has none that can be used. */
  readPath(dict: BencodeDict): string | undefined {
    const inUtf8 = this.#path(dict.get("path.utf-8"));
    if (inUtf8 !== undefined) return inUtf8;
    const path = this.#path(dict.get("path"));
    if (dict.has("path.utf-8")) this.#quirks.add("plainNames");
    return path;
  }

  #path(parts: BencodeValue | undefined): string | undefined {
    if (!isList(parts) || parts.length === 0) return undefined;
    const texts = parts.map((part) => this.#part(part)?.replaceAll("/", "_")); // Else it would look like two parts.
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

function readSingleFile(dict: BencodeDict, name: string): FileEntry {
  const file = { path: name.replaceAll("/", "_"), bytes: readLength(dict), offset: 0 };
  return hasAttribute(dict, "x") ? { ...file, isExecutable: true } : file;
}

function readFiles(list: BencodeValue, names: NameReader): FileEntry[] {
  if (!isList(list) || list.length === 0) throw broken("files", "its list of files is empty");
  let offset = 0;
  return list.map((item) => {
    if (!isDict(item)) throw broken("files", "its list of files has an entry that is no file");
    const file = readFile(item, offset, names);
    offset += file.bytes;
    if (offset > MAX_TOTAL_BYTES) throw tooLargeError();
    return file;
  });
}

/** Filler needs no path, and a symbolic link has no bytes, whatever its length says (BEP 47, as libtorrent does it). */
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

/** `attr` of BEP 47: one letter for each attribute. */
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
      "The torrent has pieces longer than 64 MiB, which is more than we take.",
    );
  }
  const last = files.at(-1);
  return new Layout(last === undefined ? 0 : last.offset + last.bytes, pieceLength);
}

function tooLargeError(): ProtocolError {
  return new ProtocolError("tooLarge", "The torrent is larger than 64 TiB, which is more than we take.");
}
