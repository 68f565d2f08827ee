import { type Encodable, encodeBencode } from "../base/bencode.ts";
import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError, UsageError } from "../base/errors.ts";
import { type FileList, HASH_BYTES, MAX_INFO_BYTES, parseInfo } from "./info.ts";
import { type FileEntry, Layout, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";

/** A file that a person chose. */
export interface ChosenFile {
  /** Its name, or its path including the chosen folder, separated by `/`: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly bytes: number;
}

/** Overrides of our defaults. */
export interface PlanOptions {
  /** The torrent's name. Default: the name of the file or folder, or `<first> and N more`. */
  readonly name?: string | undefined;
  /** Bytes; must pass `isPieceLength`. Default: `pieceLengthFor`. */
  readonly pieceLength?: number | undefined;
}

/** A torrent that lacks only its piece hashes. */
export interface TorrentPlan<File extends ChosenFile> {
  readonly name: string;
  readonly isFolder: boolean;
  readonly layout: Layout;
  /** In the order of the info dictionary. */
  readonly files: readonly FileEntry[];
  /** The chosen file behind each of `files`. */
  readonly sources: readonly File[];
}

/** The shortest piece we make on request: one block. */
const MIN_PIECE_LENGTH = 16_384;
/** The longest piece we make on request: some clients reject longer ones. */
const MAX_PIECE_LENGTH = 16 * 1024 * 1024;

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Our default piece lengths, by the size of the torrent. Whoever has no whole piece has nothing to pass on, so a small torrent
 * needs shorter ones: `docs/swarm.md` has the figures. But each piece costs a hash, a `have` to every peer and a record in a
 * browser's storage.
 */
export const DEFAULT_PIECE_LENGTHS = [
  { fromBytes: 0, pieceLength: 64 * KIB },
  { fromBytes: 32 * MIB, pieceLength: 128 * KIB },
  { fromBytes: 64 * MIB, pieceLength: 512 * KIB },
] as const;

/** A torrent with more gets longer pieces: this many have 160 KiB of hashes, which peers send quickly. */
export const MAX_DEFAULT_PIECES = 8_192;

/**
 * Plans a torrent of the chosen files: a single file, one folder, or several loose files and folders. The order of the files
 * does not matter. Throws a `UsageError` with a sentence for files that cannot form one torrent.
 */
export function planTorrent<File extends ChosenFile>(
  chosen: readonly File[],
  options: PlanOptions = {},
): TorrentPlan<File> {
  const sources = sortedByBytes(chosen);
  refuseClashes(sources);
  const tops = [...new Set(sources.map(({ path }) => path.split("/", 1)[0] ?? ""))];
  const [first] = tops;
  if (first === undefined)
    throw new UsageError("noFiles", "There are no files in it. Choose at least one file.");

  const isOneFile = sources.length === 1 && sources[0]?.path === first;
  const name = options.name ?? (tops.length === 1 ? first : `${first} and ${tops.length - 1} more`);
  if (!isPart(name))
    throw new UsageError("badName", `A torrent cannot be called "${name}". Choose another name.`);

  let offset = 0;
  const files = sources.map(({ path, bytes }) => {
    const below = tops.length === 1 ? path.slice(first.length + 1) : path;
    const entry: FileEntry = { path: isOneFile ? name : below, bytes, offset };
    offset += bytes;
    return entry;
  });
  const plan = { name, isFolder: !isOneFile, layout: layoutFor(offset, options.pieceLength), files, sources };
  refuseUnreadable(plan);
  return plan;
}

/** Our default piece length: by `DEFAULT_PIECE_LENGTHS`, doubled until there are at most 8,192 pieces, but never above 64 MiB. */
export function pieceLengthFor(totalBytes: number): number {
  let pieceLength = 0;
  for (const each of DEFAULT_PIECE_LENGTHS) if (totalBytes >= each.fromBytes) ({ pieceLength } = each);
  while (pieceLength < MAX_PIECE_BYTES && totalBytes > pieceLength * MAX_DEFAULT_PIECES) pieceLength *= 2;
  return pieceLength;
}

/** Whether a person may choose this piece length, in bytes: a power of two from 16 KiB to 16 MiB. */
export function isPieceLength(bytes: number): boolean {
  return bytes >= MIN_PIECE_LENGTH && bytes <= MAX_PIECE_LENGTH && Number.isInteger(Math.log2(bytes));
}

/** Encodes the info dictionary: the plan, its piece hashes, and nothing that would vary between programs. */
export function encodeInfo(
  plan: TorrentPlan<ChosenFile>,
  pieceHashes: Uint8Array,
  isPrivate: boolean,
): Uint8Array<ArrayBuffer> {
  const dict = encodableFileList(plan);
  dict.set("piece length", plan.layout.pieceLength);
  dict.set("pieces", pieceHashes);
  if (isPrivate) dict.set("private", 1); // BEP 27
  return encodeBencode(dict);
}

/** The part of an info dictionary that names files, for `readFileList`. */
export function encodableFileList({ name, isFolder, files }: FileList): Map<string, Encodable> {
  const dict = new Map<string, Encodable>([["name", name]]);
  if (isFolder) dict.set("files", files.map(encodableFile));
  else dict.set("length", files[0]?.bytes ?? 0);
  return dict;
}

function encodableFile({ path, bytes }: FileEntry): Encodable {
  return new Map<string, Encodable>([
    ["length", bytes],
    ["path", path.split("/")],
  ]);
}

/** Sorts by the UTF-8 bytes of the whole path, so `a.txt` comes before `a/b.txt`. (UTF-16 would sort emoji differently.) */
function sortedByBytes<File extends ChosenFile>(files: readonly File[]): File[] {
  const utf8 = new TextEncoder();
  return files
    .map((file) => ({ file, key: bytesToBinaryString(utf8.encode(file.path)) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ file }) => file);
}

/** Two files, or a file and a folder, with the same name would collide at the receiver. */
function refuseClashes(files: readonly ChosenFile[]): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (!path.split("/").every(isPart)) {
      throw new UsageError(
        "badPath",
        `A torrent cannot hold a file called "${path}". Rename it and try again.`,
      );
    }
    if (paths.has(path)) throw clash(path);
    paths.add(path);
  }
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      if (paths.has(path.slice(0, end))) throw clash(path.slice(0, end));
    }
  }
}

function clash(path: string): UsageError {
  return new UsageError(
    "sameName",
    `Two of the things you chose are called "${path}". Rename one, or put all of them into one folder and choose that.`,
  );
}

function isPart(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && !text.includes("/");
}

function layoutFor(totalBytes: number, requested: number | undefined): Layout {
  if (totalBytes > MAX_TOTAL_BYTES)
    throw new UsageError("tooLarge", "One torrent holds at most 64 TiB. Choose less.");
  if (requested === undefined) return new Layout(totalBytes, pieceLengthFor(totalBytes));
  if (!isPieceLength(requested)) {
    throw new UsageError(
      "badPieceLength",
      "A piece length is a power of two from 16384 (16 KiB) to 16777216 (16 MiB).",
    );
  }
  return new Layout(totalBytes, requested);
}

/** Fails before hours of hashing instead of after them. */
function refuseUnreadable(plan: TorrentPlan<ChosenFile>): void {
  const hashBytes = plan.layout.pieceCount * HASH_BYTES;
  try {
    if (hashBytes <= MAX_INFO_BYTES) {
      parseInfo(encodeInfo(plan, new Uint8Array(hashBytes), true));
      return;
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw new UsageError(
    "tooMuch",
    "That is too much for one torrent. Choose fewer files, or a longer piece length.",
  );
}
