import type { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, fileSpans } from "#shared/meta/layout.ts";
import { checkPieces, piecesOf } from "./check.ts";
import { inTheWayError } from "./disk-error.ts";
import type { DiskFile } from "./disk-file.ts";
import { DisplacedPieces } from "./displaced-pieces.ts";
import { Finisher, SYNCS_AT_ONCE } from "./finisher.ts";
import type { OpenFiles } from "./open-files.ts";
import { ResumeLog } from "./resume-log.ts";
import { filesOf } from "./sealed-files.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Download, type Survey, survey } from "./survey.ts";
import { SyncSchedule } from "./sync-schedule.ts";
import { type Home, otherFileError, type TorrentFiles } from "./torrent-files.ts";
import { judgePieces } from "./trust.ts";
import { VerifiedFiles } from "./verified-files.ts";

type Phase = "unchecked" | "open" | "closed";

/**
 * A download in files. Each is `<final path>.partial` until all of its pieces are verified and synced, and then gets its final
 * name. The parts of pieces that belong to unselected files go into a hidden file next to them.
 *
 * Invariant: a held piece is verified, and is not written again; a piece that the resume file marks as verified was synced
 * before.
 */
export class DownloadStorage implements PieceStorage {
  /** What was verified when it was opened. A copy, for the session. */
  readonly held: Bitfield;

  readonly #info: Info;
  readonly #share: EncryptedShare | undefined;
  readonly #survey: Survey;
  readonly #files: TorrentFiles;
  readonly #verified: VerifiedFiles;
  readonly #log: ResumeLog;
  /** Verified and written. */
  readonly #held: Bitfield;
  /** Verified, written and synced. */
  readonly #synced: Bitfield;
  readonly #doubtful: readonly PieceIndex[];
  readonly #displaced: DisplacedPieces;
  /** Pieces of the selected files that are not held. */
  readonly #missing: Set<PieceIndex>;
  readonly #finisher: Finisher;
  /** Files with a synced piece: worth stamping after each write. */
  readonly #precious = new Set<DiskFile>();

  #unsynced = new Set<PieceIndex>();
  #dirty = new Set<DiskFile>();
  readonly #writing = new Map<PieceIndex, Promise<void>>();
  readonly #schedule = new SyncSchedule(() => this.#syncNow());
  #begun: Promise<void> | undefined;
  #phase: Phase = "unchecked";
  /** A sync failed: what it should have written may be lost, so only a new start can check it. */
  #broken: { readonly error: unknown } | undefined;

  constructor(download: Download, found: Survey, openFiles: OpenFiles) {
    const { info, infoHash, share } = download;
    const { homes, parts, stamps, resumeFile } = found;
    const { verified, doubtful } = judgePieces(info, found);
    this.#info = info;
    this.#share = share;
    this.#survey = found;
    this.#files = filesOf(share, { layout: info.layout, files: info.files, homes, parts }, openFiles);
    this.#verified = new VerifiedFiles(info, homes, this.#files, share !== undefined);
    this.held = verified.copy();
    this.#held = verified;
    this.#synced = verified.copy();
    this.#doubtful = doubtful;
    this.#displaced = new DisplacedPieces(
      download,
      found,
      new Set([...verified.indices(), ...doubtful]),
      openFiles,
    );
    this.#missing = missingPieces(download, verified);
    this.#finisher = new Finisher(info, homes, verified, (file) => this.#finish(file));
    for (const piece of info.layout.pieces()) if (verified.has(piece)) this.#treasure(piece);
    this.#log = new ResumeLog(resumeFile, [...homes.map(diskOf), parts.disk], stamps, () => ({
      infoHash,
      pieces: this.#synced,
      slots: [...parts.slots.keys()],
      unsynced: this.#unsynced,
    }));
  }

  /**
   * Hashes the pieces that may be damaged and reports each, in any order. Call it once, before any write. Rejects with a
   * `StorageError` when a file that was there before is not the torrent's, or with the signal's reason.
   */
  async check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    const { pieceHashes } = this.#info;
    const { layout } = this.#share ?? this.#info;
    let isOurs = this.#survey.strangers.length === 0;
    const found = (piece: PieceIndex, good: boolean): void => {
      const disks = this.#disksOf(piece);
      const growing = disks.filter(({ type }) => type === "growing");
      if (good) this.#keep(piece, growing);
      if (good && growing.length > 0) isOurs = true;
      const [fixed] = disks;
      if (!good && growing.length === 0 && fixed !== undefined) throw otherFileError(fixed.path);
      checked(piece, good);
    };
    const read = (piece: PieceIndex, take: TakeBuffer) =>
      this.#verified.retrying(piece, () => this.#files.read(piece, take));
    await checkPieces({ pieces: this.#doubtful, layout, pieceHashes, read, checked: found, signal });
    if (!isOurs)
      throw inTheWayError(
        this.#survey.strangers[0] ?? "",
        "nothing in it is of this torrent, so another download may be filling it",
      );

    if (this.#isClosed()) return;
    this.#phase = "open";
    await this.#displaced.eachGood(signal, async (piece, bytes) => {
      await this.#write(piece, bytes);
      checked(piece, true);
    });
    if (this.#isClosed()) return; // Its files may belong to somebody else by now, or be deleted.
    if (this.#doubtful.length > 0 || this.#hasToSync()) await this.sync();
  }

  /** Undefined: not held. Rejects with a `StorageError`, also when a file has changed. */
  async read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#phase === "closed") throw closedError();
    return this.#held.has(piece) ? this.#verified.read(piece, take) : undefined;
  }

  /**
   * Resolves when the system has the piece, which then survives the end of the program; a sync follows soon. For the last
   * selected piece it resolves when everything is synced and has its final name.
   */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = this.#writing.get(piece);
    if (before !== undefined) return before;
    const done = this.#write(piece, bytes).finally(() => this.#writing.delete(piece));
    this.#writing.set(piece, done);
    return done;
  }

  /** Syncs what was written, gives whole files their final names, and records it in the resume file. */
  sync(): Promise<void> {
    return this.#schedule.sync();
  }

  /** Waits for writes in progress, syncs, and closes all files: the next start has nothing to check. Rejects with a `StorageError`. */
  async close(): Promise<void> {
    const wasOpen = this.#phase === "open" && this.#broken === undefined; // After half a check the rest is unknown.
    this.#phase = "closed";
    this.#schedule.stop();
    await Promise.allSettled(this.#writing.values());
    await this.#schedule.settled(); // What it writes comes before the end of the log.
    try {
      if (wasOpen && this.#hasToSync()) await this.sync();
    } finally {
      await this.#files.close();
      await this.#log.close();
    }
  }

  async #write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#refuse();
    if (!this.#held.has(piece)) {
      // The resume file comes before any file: it shows whose they are.
      this.#begun ??= this.#log.checkpoint();
      await this.#begun.catch((error: unknown) => {
        this.#begun = undefined;
        throw error;
      });
      const touched = await this.#verified.retrying(piece, () => this.#files.write(piece, bytes));
      this.#keep(piece, touched);
      this.#log.written(
        piece,
        touched.filter((disk) => this.#precious.has(disk)),
      );
      this.#finisher.begin();
    }
    if (this.#missing.size === 0 && this.#hasToSync()) return this.sync();
    this.#schedule.written(bytes.length);
  }

  #refuse(): void {
    if (this.#phase === "unchecked") throw new Error("nothing is written before it was checked");
    if (this.#phase === "closed") throw closedError();
    if (this.#broken !== undefined) throw this.#broken.error;
    this.#schedule.throwFailure();
  }

  #keep(piece: PieceIndex, touched: readonly DiskFile[]): void {
    this.#held.set(piece);
    this.#missing.delete(piece);
    this.#unsynced.add(piece);
    this.#finisher.wrote(piece);
    for (const disk of touched) {
      this.#dirty.add(disk);
      this.#log.touched(disk);
    }
  }

  async #syncNow(): Promise<void> {
    const pieces = this.#unsynced;
    this.#unsynced = new Set();
    const problems = await this.#finisher.finishAll();
    const dirty = this.#dirty;
    this.#dirty = new Set();
    await sideBySide(dirty, SYNCS_AT_ONCE, (disk) => this.#syncFile(disk));
    if (this.#broken !== undefined) throw this.#broken.error;
    for (const piece of pieces) {
      this.#synced.set(piece);
      this.#treasure(piece);
    }
    await this.#log.checkpoint().catch((error: unknown) => {
      // Without it the next start checks a complete download again, no worse.
      if (this.#missing.size > 0 || !this.#finisher.isDone) problems.push(error);
    });
    if (problems.length > 0) throw problems[0];
    if (this.#missing.size === 0 && this.#finisher.isDone) await this.#log.close(); // A thousand downloads would keep a thousand files open.
  }

  /** Nothing more is written to a whole file, so a sync that begins now covers all of it. */
  async #finish(file: number): Promise<void> {
    const disk = diskOf(this.#survey.homes[file]);
    if (disk === undefined) return;
    await this.#syncFile(disk);
    await this.#files.finish(disk, this.#survey.finalPaths[file] ?? "", this.#info.files[file] as FileEntry);
    this.#dirty.delete(disk);
    this.#log.touched(disk);
  }

  async #syncFile(disk: DiskFile): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken.error;
    await this.#files.sync(disk).catch((error: unknown) => {
      // The system may have dropped what it could not write: nothing since the last sync is certain.
      this.#broken ??= { error };
      throw error;
    });
  }

  #isClosed(): boolean {
    return this.#phase === "closed";
  }

  #hasToSync(): boolean {
    return this.#unsynced.size > 0 || this.#finisher.hasWhole;
  }

  #treasure(piece: PieceIndex): void {
    for (const disk of this.#disksOf(piece)) this.#precious.add(disk);
  }

  #disksOf(piece: PieceIndex): DiskFile[] {
    const { layout, files } = this.#info;
    const spans = fileSpans(files, piece * layout.pieceLength, layout.pieceBytes(piece));
    return spans.flatMap(({ file }) => {
      const home = this.#survey.homes[file];
      return home?.type === "parts" ? this.#survey.parts.disk : (diskOf(home) ?? []);
    });
  }
}

/** Opens a download with what is on the disk. Call `check` next. Rejects with a `StorageError`. */
export async function openDownload(download: Download, openFiles: OpenFiles): Promise<DownloadStorage> {
  return new DownloadStorage(download, await survey(download), openFiles);
}

function diskOf(home: Home | undefined): DiskFile | undefined {
  return home?.type === "file" ? home.disk : undefined;
}

function missingPieces({ info, selectedFiles }: Download, held: Bitfield): Set<PieceIndex> {
  const missing = new Set<PieceIndex>();
  for (const at of selectedFiles ?? info.files.keys()) {
    for (const piece of piecesOf(info, at)) if (!held.has(piece)) missing.add(piece);
  }
  return missing;
}

function closedError(): StorageError {
  return new StorageError("This download was stopped. Start it again to resume.");
}
