import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, isContent } from "#shared/meta/layout.ts";
import { checkPieces } from "./check.ts";
import { DiskFile } from "./disk-file.ts";
import { type FileStamp, stampOf, statOf } from "./file-stats.ts";
import type { OpenFiles } from "./open-files.ts";
import { filesOf } from "./sealed-files.ts";
import type { FoundFiles, SeedRecord } from "./seed-record.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";
import type { Home, TorrentFiles } from "./torrent-files.ts";
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
  /** Knows what was verified in earlier runs, and is told what is verified in this one. Absent: nothing is kept. */
  readonly record?: SeedRecord;
  /** What others get is encrypted: then `info` is the share's `plainInfo`. */
  readonly share?: EncryptedShare;
}

/**
 * A person's own files as the pieces of a torrent: read in place, never written to. It checks the size and time of each when it
 * opens it and after reads, once in `UNSEEN_MILLIS`; a file with other content ends the torrent with a `StorageError`. Bytes
 * read between a change and the next check may go out unhashed, but not of an encrypted share: there, each piece is hashed.
 */
export class SeedStorage implements PieceStorage {
  /** What was verified when it was opened. */
  readonly held: Bitfield;
  readonly #found: FoundSeed;
  readonly #files: TorrentFiles;
  readonly #verified: VerifiedFiles;

  constructor(found: FoundSeed, openFiles: OpenFiles) {
    const { info, homes, verified, touched, share } = found;
    const { layout, files } = info;
    this.held = verified;
    this.#found = found;
    this.#files = filesOf(share, { layout, files, homes, parts: undefined }, openFiles);
    this.#verified = new VerifiedFiles(info, homes, this.#files, share !== undefined);
    for (const file of touched) this.#verified.doubt(file);
  }

  /**
   * Hashes the pieces that are not verified. Calls `checked` for each, in any order. Then its record knows which are good. Rejects with a
   * `StorageError` if files of an encrypted share have changed: it must not go on.
   */
  async check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    const { record, info, share, stamps, isRecorded } = this.#found;
    const { pieceHashes } = info;
    const { layout } = share ?? info;
    const pieces = [...layout.pieces()].filter((piece) => !this.held.has(piece));
    const good = this.held.copy();
    const found = (piece: PieceIndex, isGood: boolean): void => {
      if (isGood) good.set(piece);
      checked(piece, isGood);
    };
    const read = (piece: PieceIndex, take: TakeBuffer) =>
      this.#verified.retrying(piece, () => this.#files.read(piece, take));
    await checkPieces({ pieces, layout, pieceHashes, read, checked: found, signal });
    const changed = share && pieces.find((piece) => !good.has(piece));
    if (changed !== undefined) throw this.#verified.otherContent(changed);
    if (!isRecorded) await record?.keep(good, stamps); // Of a file that has changed since it was opened, the stamp tells.
  }

  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array<ArrayBuffer>> {
    return this.#verified.read(piece, take);
  }

  write(): Promise<void> {
    return Promise.reject(
      new StorageError("This torrent is seeded from files as they are; nothing is written to them."),
    );
  }

  /** Closes its files. `deleteData`: its record goes; the files are the person's and stay. */
  async close(deleteData = false): Promise<void> {
    await this.#files.close();
    if (deleteData) await this.#found.record?.remove();
  }
}

/** The files of a seed as they were found, and what is known of them. */
interface FoundSeed extends FoundFiles {
  readonly share: EncryptedShare | undefined;
  readonly record: SeedRecord | undefined;
  readonly verified: Bitfield;
  /** The record says so already. */
  readonly isRecorded: boolean;
  /** Indices of files touched since they were hashed. */
  readonly touched: readonly number[];
}

/** Opens files to seed. Rejects with a `StorageError` if one is missing or has another size than the torrent says. */
export async function openSeed(seed: Seed, openFiles: OpenFiles): Promise<SeedStorage> {
  const { info, record, isVerified, share } = seed;
  const homes: Home[] = [];
  const stamps: (FileStamp | undefined)[] = [];
  const touched: number[] = [];
  await sideBySide(info.files.entries(), FILES_AT_ONCE, async ([at, entry]) => {
    const file = seed.files[at];
    const stamp = file && isContent(entry) ? await stampFor(file, entry) : undefined;
    const isTouched = stamp && file?.mtimeNanos !== undefined && file.mtimeNanos !== stamp.mtimeNanos;
    homes[at] = file && stamp ? fixedHome(file, stamp) : { type: "padding" };
    stamps[at] = isTouched ? undefined : stamp;
    if (isTouched) touched.push(at);
  });
  const { pieceCount } = info.layout;
  const recorded = await record?.verified({ info, homes, stamps });
  const verified = isVerified ? Bitfield.full(pieceCount) : (recorded ?? new Bitfield(pieceCount));
  const isRecorded = recorded?.isFull ?? false;
  const found = { info, homes, stamps, record, share, verified, isRecorded, touched };
  return new SeedStorage(found, openFiles);
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
