import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, isContent } from "#shared/meta/layout.ts";
import { checkPieces } from "./check.ts";
import { DiskFile } from "./disk-file.ts";
import { type FileStamp, stampOf, statOf } from "./file-stats.ts";
import type { OpenFiles } from "./open-files.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";
import { type Home, TorrentFiles } from "./torrent-files.ts";
import { VerifiedFiles } from "./verified-files.ts";

/** A person's own file that belongs to a torrent. */
export interface SeededFile {
  /** Its real path, with links resolved. */
  readonly diskPath: string;
  /** Its time when it was hashed. Absent: not hashed yet. */
  readonly mtimeNanos?: bigint;
}

/** A torrent whose files are on this machine. */
export interface Seed {
  readonly info: Info;
  /** In the order of the info dictionary. Entries for padding and links are ignored. */
  readonly files: readonly SeededFile[];
  /** The torrent was made from these very files. Otherwise they must be hashed. */
  readonly isVerified: boolean;
}

/**
 * A person's own files as the pieces of a torrent: read in place, never written to. It checks the size and time of each when it
 * opens it and after reads, once in `UNSEEN_MILLIS`; a file with other content ends the torrent with a `StorageError`. Bytes
 * read between a change and the next check may go out unhashed.
 */
export class SeedStorage implements PieceStorage {
  /** What was verified when it was opened: everything or nothing. */
  readonly held: Bitfield;
  readonly #info: Info;
  readonly #files: TorrentFiles;
  readonly #verified: VerifiedFiles;

  /** `touched` are indices of files touched since they were hashed. */
  constructor(
    { info, isVerified }: Seed,
    homes: readonly Home[],
    touched: readonly number[],
    openFiles: OpenFiles,
  ) {
    const { layout, files } = info;
    const { pieceCount } = layout;
    this.held = isVerified ? Bitfield.full(pieceCount) : new Bitfield(pieceCount);
    this.#info = info;
    this.#files = new TorrentFiles({ layout, files, homes, parts: undefined }, openFiles);
    this.#verified = new VerifiedFiles(info, homes, this.#files);
    for (const file of touched) this.#verified.doubt(file);
  }

  /** Hashes the pieces that are not verified. Calls `checked` for each, in any order. */
  check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    const { layout, pieceHashes } = this.#info;
    const pieces = [...layout.pieces()].filter((piece) => !this.held.has(piece));
    const read = (piece: PieceIndex, take: TakeBuffer) =>
      this.#verified.retrying(piece, () => this.#files.read(piece, take));
    return checkPieces({ pieces, layout, pieceHashes, read, checked, signal });
  }

  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array<ArrayBuffer>> {
    return this.#verified.read(piece, take);
  }

  write(): Promise<void> {
    return Promise.reject(
      new StorageError("This torrent is seeded from files as they are; nothing is written to them."),
    );
  }

  /** Closes its files. */
  close(): Promise<void> {
    return this.#files.close();
  }
}

/** Opens files to seed. Rejects with a `StorageError` if one is missing or has another size than the torrent says. */
export async function openSeed(seed: Seed, openFiles: OpenFiles): Promise<SeedStorage> {
  const homes: Home[] = [];
  const touched: number[] = [];
  await sideBySide(seed.info.files.entries(), FILES_AT_ONCE, async ([at, entry]) => {
    const file = seed.files[at];
    const stamp = file && isContent(entry) ? await stampFor(file, entry) : undefined;
    homes[at] = file && stamp ? fixedHome(file, stamp) : { type: "padding" };
    if (stamp && file?.mtimeNanos !== undefined && file.mtimeNanos !== stamp.mtimeNanos) touched.push(at);
  });
  return new SeedStorage(seed, homes, touched, openFiles);
}

function fixedHome({ diskPath }: SeededFile, stamp: FileStamp): Home {
  return { type: "file", disk: new DiskFile(diskPath, { type: "fixed", stamp }) };
}

async function stampFor({ diskPath }: SeededFile, { bytes }: FileEntry): Promise<FileStamp> {
  const stats = await statOf(diskPath);
  if (stats === undefined) throw new StorageError(`${diskPath} is not there. Put it back, then start again.`);
  if (!stats.isFile()) throw new StorageError(`${diskPath} is not a file. Seed files and folders only.`);
  const stamp = stampOf(stats);
  if (stamp.bytes !== bytes) {
    throw new StorageError(
      `${diskPath} has ${stamp.bytes} bytes, but the torrent says ${bytes}. Put the right file there, or make a new torrent of this one.`,
    );
  }
  return stamp;
}
