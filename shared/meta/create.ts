import { type Encodable, encodeBencode } from "../base/bencode.ts";
import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError, UsageError } from "../base/errors.ts";
import { HASH_BYTES, MAX_INFO_BYTES, parseInfo } from "./info.ts";
import { type FileEntry, Layout, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";

/** A file that a person chose. */
export interface ChosenFile {
  /** Its name, or its path from the chosen folder on, parts joined by `/`: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly bytes: number;
}

/** What a person may want otherwise than we would do it. */
export interface PlanWishes {
  /** The torrent's name. Undefined: the file's, the folder's, or `<first> and N more`. */
  readonly name?: string | undefined;
  /** Bytes, as `isPieceLength` wants them. Undefined: `pieceLengthFor`. */
  readonly pieceLength?: number | undefined;
}

/** A torrent to be, lacking only the hashes of its pieces. */
export interface TorrentPlan<File extends ChosenFile> {
  readonly name: string;
  readonly isFolder: boolean;
  readonly layout: Layout;
  /** In the order of the info dictionary. */
  readonly files: readonly FileEntry[];
  /** The file chosen for each of `files`. */
  readonly sources: readonly File[];
}

/** The shortest piece we make on request: one block. */
const MIN_PIECE_LENGTH = 16_384;
/** The longest piece we make on request: some clients refuse longer ones. */
const MAX_PIECE_LENGTH = 16 * 1024 * 1024;

const USUAL_PIECE_LENGTH = 512 * 1024;
const MAX_USUAL_PIECES = 8_192; // 160 KiB of hashes: quickly fetched from peers.

/**
 * Turns chosen files into the plan of a torrent: one file, the one folder they all come from, or several loose ones.
 * The same files give the same plan in any order. Files that cannot be one torrent are a `UsageError` with a sentence.
 */
export function planTorrent<File extends ChosenFile>(
  chosen: readonly File[],
  wishes: PlanWishes = {},
): TorrentPlan<File> {
  const sources = sortedByBytes(chosen);
  refuseClashes(sources);
  const tops = [...new Set(sources.map(({ path }) => path.split("/", 1)[0] ?? ""))];
  const [first] = tops;
  if (first === undefined)
    throw new UsageError("noFiles", "There are no files in it. Choose at least one file.");

  const isOneFile = sources.length === 1 && sources[0]?.path === first;
  const name = wishes.name ?? (tops.length === 1 ? first : `${first} and ${tops.length - 1} more`);
  if (!isPart(name))
    throw new UsageError("badName", `A torrent cannot be called "${name}". Choose another name.`);

  let offset = 0;
  const files = sources.map(({ path, bytes }) => {
    const below = tops.length === 1 ? path.slice(first.length + 1) : path;
    const entry: FileEntry = { path: isOneFile ? name : below, bytes, offset };
    offset += bytes;
    return entry;
  });
  const plan = { name, isFolder: !isOneFile, layout: layoutFor(offset, wishes.pieceLength), files, sources };
  refuseUnreadable(plan);
  return plan;
}

/** The piece length we choose by ourselves: 512 KiB, doubled until there are at most 8,192 pieces. */
export function pieceLengthFor(totalBytes: number): number {
  let pieceLength = USUAL_PIECE_LENGTH;
  while (pieceLength < MAX_PIECE_BYTES && totalBytes > pieceLength * MAX_USUAL_PIECES) pieceLength *= 2;
  return pieceLength;
}

/** Whether we make pieces of so many bytes on request: a power of two from 16 KiB to 16 MiB. */
export function isPieceLength(bytes: number): boolean {
  return bytes >= MIN_PIECE_LENGTH && bytes <= MAX_PIECE_LENGTH && Number.isInteger(Math.log2(bytes));
}

/** Writes the info dictionary: what is in `plan`, the hashes of its pieces, and nothing that differs between programs. */
export function encodeInfo(
  plan: TorrentPlan<ChosenFile>,
  pieceHashes: Uint8Array,
  isPrivate: boolean,
): Uint8Array<ArrayBuffer> {
  const { name, isFolder, layout, files } = plan;
  const dict = new Map<string, Encodable>([
    ["name", name],
    ["piece length", layout.pieceLength],
    ["pieces", pieceHashes],
  ]);
  if (isFolder) dict.set("files", files.map(encodableFile));
  else dict.set("length", layout.totalBytes);
  if (isPrivate) dict.set("private", 1); // BEP 27
  return encodeBencode(dict);
}

function encodableFile({ path, bytes }: FileEntry): Encodable {
  return new Map<string, Encodable>([
    ["length", bytes],
    ["path", path.split("/")],
  ]);
}

/** By the UTF-8 bytes of the whole path, so `a.txt` comes before `a/b.txt`. (UTF-16 puts emoji elsewhere.) */
function sortedByBytes<File extends ChosenFile>(files: readonly File[]): File[] {
  const utf8 = new TextEncoder();
  return files
    .map((file) => ({ file, key: bytesToBinaryString(utf8.encode(file.path)) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ file }) => file);
}

/** Two files, or a file and a folder, of one name would be one file at the other end. */
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

function layoutFor(totalBytes: number, wished: number | undefined): Layout {
  if (totalBytes > MAX_TOTAL_BYTES)
    throw new UsageError("tooLarge", "One torrent holds at most 64 TiB. Choose less.");
  if (wished === undefined) return new Layout(totalBytes, pieceLengthFor(totalBytes));
  if (!isPieceLength(wished)) {
    throw new UsageError(
      "badPieceLength",
      "A piece length is a power of two from 16384 (16 KiB) to 16777216 (16 MiB).",
    );
  }
  return new Layout(totalBytes, wished);
}

/** Before hours of hashing, not after them. */
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
