import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import { type Database, freeUnnamed, pieceRange } from "./database.ts";
import type { LastingDatabase } from "./lasting-database.ts";
import { deletePieceFiles, PieceFile, PieceParts, readSpot, type Spot } from "./piece-files.ts";
import { storageEstimate } from "./storage-estimate.ts";

/** Pieces per transaction: this halves the cost of each, and the first need not wait long. */
const BATCH_PIECES = 8;

/** Bytes per transaction, or one piece if that is longer. Browsers hold them in memory until it is done. */
const BATCH_BYTES = 32 * 1024 * 1024;

/** Pieces read at once: enough to be fast, few enough for memory. */
const LOOK_PIECES = 1_024;

/** The sentence with which a torrent stops because the browser has no room for its pieces. */
export const STORAGE_FULL =
  "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.";
const STORAGE_BROKEN =
  "The browser could not store a piece. Check that the device has free space, reload the page and press Resume.";
const PIECE_GONE =
  "Some of this download is missing from the browser's storage. The page fetches it again: save the download once it is complete.";

interface PendingWrite {
  readonly piece: PieceIndex;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly done: () => void;
  readonly failed: (error: StorageError) => void;
}

/**
 * Waits before failed work with the storage is tried again. A browser that is just deleting the page's data says that its storage is
 * full although it has room, or that the database is closing, which it closes only later: on a busy machine that takes seconds.
 */
const DELETING_WAITS_MILLIS = [100, 900, 4_000];

/**
 * The pieces of one torrent. In a worker their bytes lie in a file of the origin's private file system, if the browser has that, and
 * IndexedDB says where. Otherwise they are in IndexedDB, each in its own Blob. Both can be joined into a file by reference, and a
 * torrent may have pieces of both kinds. The session limits the waiting writes: it opens only so many pieces at once.
 *
 * Invariant: every piece that `heldPieces` finds was written in a completed transaction, and no read of it has failed.
 */
export class PieceStore implements PieceStorage {
  readonly #databases: Pick<LastingDatabase, "current">;
  #lastUsed: Database | undefined;
  readonly #storageId: string;
  readonly #written: (pieces: readonly PieceIndex[]) => void;
  readonly #pending: PendingWrite[] = [];
  #parts = new PieceParts();
  #writing: Promise<void> | undefined;
  /** Where this page load writes. It resolves to undefined if that is IndexedDB. */
  #file: Promise<PieceFile | undefined> | undefined;

  /** If there is no database after all, everything that needs it fails. `written` hears of pieces once they are safe. */
  constructor(
    databases: Pick<LastingDatabase, "current">,
    storageId: string,
    written: (pieces: readonly PieceIndex[]) => void = () => {},
  ) {
    this.#databases = databases;
    this.#storageId = storageId;
    this.#written = written;
  }

  /** Undefined: the browser has lost the piece, so we no longer hold it. */
  async read(piece: PieceIndex): Promise<Uint8Array | undefined> {
    const value = await this.#look(piece);
    const bytes = await this.#bytesOf(value).catch(() => undefined);
    if (bytes !== undefined) return bytes;
    await this.drop(piece).catch(() => {}); // It is useless either way.
    return undefined;
  }

  /** `count` pieces from `first` on, by reference. Rejects with a `StorageError` if one is missing, and forgets those that are. */
  async blobs(first: number, count: number): Promise<Blob[]> {
    const blobs: Blob[] = [];
    const parts = new PieceParts();
    const database = await this.#open();
    for (let at = first; at < first + count; at += LOOK_PIECES) {
      const wanted = Math.min(LOOK_PIECES, first + count - at);
      const range = IDBKeyRange.bound([this.#storageId, at], [this.#storageId, at + wanted - 1]);
      const values = await database.getAll("pieces", range);
      const found = await Promise.all(values.map((value) => blobOf(value, parts).catch(() => undefined)));
      for (const blob of found) if (blob !== undefined) blobs.push(blob);
      if (blobs.length === at + wanted - first) continue;
      await this.#dropUnreadable(database, range);
      throw new StorageError(PIECE_GONE);
    }
    return blobs;
  }

  /** Resolves once the piece's transaction has completed. Rejects with a `StorageError` that names the remedy. */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((done, failed) => {
      this.#pending.push({ piece, bytes, done, failed });
      this.#writing ??= this.#writePending();
    });
  }

  /** Which pieces the store holds. */
  async heldPieces(pieceCount: number): Promise<Bitfield> {
    const held = new Bitfield(pieceCount);
    const keys = await this.#with((database) => database.getAllKeys("pieces", pieceRange(this.#storageId)));
    for (const [, piece] of keys) held.set(piece);
    return held;
  }

  /** Deletes all pieces, also those that are just being written, unless a record names this storage: another tab uses it. */
  async clear(): Promise<void> {
    await this.close();
    const isFree = await this.#with(async (database) => {
      const change = database.transaction(["lives", "torrents", "pieces"], "readwrite");
      const isUnnamed = await freeUnnamed(change, this.#storageId);
      await change.done;
      return isUnnamed;
    });
    if (isFree) await deletePieceFiles((storageId) => storageId === this.#storageId);
  }

  /** Deletes a piece that is useless, so that nobody takes it for good. */
  async drop(piece: PieceIndex): Promise<void> {
    await this.#with((database) => this.#drop(database, piece));
  }

  /** Lets go of its file once all is written. What is written later goes to another one. */
  async close(): Promise<void> {
    await this.#writing;
    const file = this.#file;
    this.#file = undefined;
    (await file)?.close();
  }

  async #look(piece: PieceIndex): Promise<unknown> {
    try {
      return await this.#with((database) => database.get("pieces", [this.#storageId, piece]));
    } catch {
      throw new StorageError(STORAGE_BROKEN);
    }
  }

  /** Rejects if there are none. */
  async #bytesOf(value: unknown): Promise<Uint8Array> {
    const spot = readSpot(value);
    const ours = spot && (await this.#file)?.read(spot);
    if (ours !== undefined) return ours;
    const read = async (): Promise<Uint8Array> =>
      new Uint8Array(await (await blobOf(value, this.#parts)).arrayBuffer());
    return read().catch(() => {
      this.#parts = new PieceParts(); // Another tab may have added to the file since this one looked at it.
      return read();
    });
  }

  async #writePending(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = takeBatch(this.#pending);
      try {
        await this.#writeBatch(batch);
        for (const { done } of batch) done();
        this.#written(batch.map(({ piece }) => piece));
      } catch (error) {
        const problem = isFull(error)
          ? new StorageError(STORAGE_FULL, "storageFull")
          : new StorageError(STORAGE_BROKEN);
        for (const { failed } of batch) failed(problem);
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    const put = (): Promise<void> => this.#with((database) => this.#put(database, batch));
    for (const wait of DELETING_WAITS_MILLIS) {
      try {
        return await put();
      } catch (error) {
        if (!isFull(error)) throw error;
        // Pieces of removed torrents go first: nobody can see those, so nobody could delete them.
        const adoption = await import("./adoption.ts").catch(() => undefined);
        if (await this.#with(async (database) => adoption?.freeRemoved(database))) continue;
        if (!(await hasRoom(batch))) throw error;
        await delay(wait);
      }
    }
    return put();
  }

  /** Again with another database, if the browser has taken this one away or is about to. */
  async #with<Value>(work: (database: Database) => Promise<Value>): Promise<Value> {
    let database = await this.#open();
    for (const wait of DELETING_WAITS_MILLIS) {
      try {
        return await work(database);
      } catch (error) {
        if ((await this.#open(database)) === database) {
          if (!isClosing(error)) throw error;
          await delay(wait);
        }
        database = await this.#open(database);
      }
    }
    return work(database);
  }

  async #open(failed?: Database): Promise<Database> {
    const database = await this.#databases.current(failed);
    if (this.#lastUsed !== undefined && this.#lastUsed !== database) {
      // Whatever took the database away may have deleted the files, too, although we can still write to ours.
      const file = this.#file;
      this.#file = undefined;
      this.#parts = new PieceParts();
      (await file)?.close();
    }
    this.#lastUsed = database;
    return database;
  }

  async #put(database: Database, batch: readonly PendingWrite[]): Promise<void> {
    this.#file ??= PieceFile.open(this.#storageId);
    const file = await this.#file;
    const end = file?.end ?? 0;
    try {
      const values = batch.map(({ bytes }) => file?.append(bytes) ?? new Blob([bytes]));
      await this.#record(database, batch, values);
    } catch (error) {
      file?.rewind(end);
      throw error;
    }
  }

  async #drop(database: Database, piece: number): Promise<void> {
    await database.delete("pieces", [this.#storageId, piece]);
  }

  async #dropUnreadable(database: Database, range: IDBKeyRange): Promise<void> {
    const parts = new PieceParts();
    for (const [, piece] of await database.getAllKeys("pieces", range)) {
      const value = await database.get("pieces", [this.#storageId, piece]);
      const isReadable = await blobOf(value, parts).then(
        () => true,
        () => false,
      );
      if (!isReadable) await this.#drop(database, piece);
    }
  }

  async #record(
    database: Database,
    batch: readonly PendingWrite[],
    values: readonly (Spot | Blob)[],
  ): Promise<void> {
    // Relaxed: after a power failure peers send the lost piece again.
    const transaction = database.transaction("pieces", "readwrite", { durability: "relaxed" });
    const puts = batch.map(({ piece }, at) => transaction.store.put(values[at], [this.#storageId, piece]));
    await Promise.all([...puts, transaction.done]);
  }
}

/** A stored piece by reference. Rejects if it is none. */
async function blobOf(value: unknown, parts: PieceParts): Promise<Blob> {
  const spot = readSpot(value);
  if (spot !== undefined) return parts.part(spot);
  if (value instanceof Blob) return value;
  throw new Error("no piece");
}

function takeBatch(pending: PendingWrite[]): PendingWrite[] {
  let count = 1;
  let bytes = pending[0]?.bytes.length ?? 0;
  while (count < Math.min(BATCH_PIECES, pending.length)) {
    bytes += pending[count]?.bytes.length ?? 0;
    if (bytes > BATCH_BYTES) break;
    count += 1;
  }
  return pending.splice(0, count);
}

async function hasRoom(batch: readonly PendingWrite[]): Promise<boolean> {
  const { usage = 0, quota = 0 } = await storageEstimate();
  return quota - usage > batch.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** Chromium and Firefox have no better name for a database whose data they are deleting. */
function isClosing(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "UnknownError" || error.name === "AbortError");
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
