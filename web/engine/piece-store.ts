import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import { type Database, pieceRange } from "./database.ts";

/** Pieces per transaction: this halves the cost of each, and the first need not wait long. */
const BATCH_PIECES = 8;

/** Bytes per transaction, or one piece if that is longer. Browsers hold them in memory until it is done. */
const BATCH_BYTES = 32 * 1024 * 1024;

/** Pieces read at once: enough to be fast, few enough for memory. */
const LOOK_PIECES = 1_024;

const STORAGE_FULL =
  "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.";
const STORAGE_BROKEN =
  "The browser could not store a piece. Check that the device has free space, reload the page and press Resume.";
const PIECE_GONE = "A piece is missing from the browser's storage. Reload the page to fetch it again.";

interface PendingWrite {
  readonly piece: PieceIndex;
  readonly blob: Blob;
  readonly done: () => void;
  readonly failed: (error: StorageError) => void;
}

/**
 * The pieces of one torrent in IndexedDB, each in its own Blob, because Blobs can be joined into a file by reference.
 * The session limits the waiting writes: it opens only so many pieces at once.
 *
 * Invariant: every piece that `heldPieces` finds was written in a completed transaction, and no read of it has failed.
 */
export class PieceStore implements PieceStorage {
  readonly #database: Database | Promise<Database>;
  readonly #storageId: string;
  readonly #pending: PendingWrite[] = [];
  #writing: Promise<void> | undefined;

  /** If there is no database after all, everything that needs it fails. */
  constructor(database: Database | Promise<Database>, storageId: string) {
    this.#database = database;
    this.#storageId = storageId;
  }

  /** Undefined: the browser has lost the piece, so we no longer hold it. */
  async read(piece: PieceIndex): Promise<Uint8Array | undefined> {
    const blob = await this.#look(piece);
    const bytes = await blob?.arrayBuffer().catch(() => undefined);
    if (bytes !== undefined) return new Uint8Array(bytes);
    const database = await this.#database;
    await database.delete("pieces", [this.#storageId, piece]).catch(() => {}); // It is useless either way.
    return undefined;
  }

  /** `count` pieces from `first` on, by reference. Rejects with a `StorageError` if one is missing. */
  async blobs(first: number, count: number): Promise<Blob[]> {
    const blobs: Blob[] = [];
    for (let at = first; at < first + count; at += LOOK_PIECES) {
      const wanted = Math.min(LOOK_PIECES, first + count - at);
      const range = IDBKeyRange.bound([this.#storageId, at], [this.#storageId, at + wanted - 1]);
      const found = (await (await this.#database).getAll("pieces", range)).filter(isBlob);
      if (found.length !== wanted) throw new StorageError(PIECE_GONE);
      for (const blob of found) blobs.push(blob);
    }
    return blobs;
  }

  /** Resolves once the piece's transaction has completed. Rejects with a `StorageError` that names the remedy. */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((done, failed) => {
      this.#pending.push({ piece, blob: new Blob([bytes]), done, failed });
      this.#writing ??= this.#writePending();
    });
  }

  /** Which pieces the store holds. */
  async heldPieces(pieceCount: number): Promise<Bitfield> {
    const held = new Bitfield(pieceCount);
    const keys = await (await this.#database).getAllKeys("pieces", pieceRange(this.#storageId));
    for (const [, piece] of keys) held.set(piece);
    return held;
  }

  /** Deletes all pieces, also those that are just being written. */
  async clear(): Promise<void> {
    await this.#writing;
    await (await this.#database).delete("pieces", pieceRange(this.#storageId));
  }

  async #look(piece: PieceIndex): Promise<Blob | undefined> {
    try {
      const value = await (await this.#database).get("pieces", [this.#storageId, piece]);
      return isBlob(value) ? value : undefined;
    } catch {
      throw new StorageError(STORAGE_BROKEN);
    }
  }

  async #writePending(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = takeBatch(this.#pending);
      try {
        await this.#writeBatch(batch);
        for (const { done } of batch) done();
      } catch (error) {
        const problem = new StorageError(isFull(error) ? STORAGE_FULL : STORAGE_BROKEN);
        for (const { failed } of batch) failed(problem);
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    try {
      await this.#put(batch);
    } catch (error) {
      if (!isFull(error)) throw error;
      // Pieces of removed torrents go first: nobody can see those, so nobody could delete them.
      const adoption = await import("./adoption.ts").catch(() => undefined);
      if (!(await adoption?.freeRemoved(await this.#database))) throw error;
      await this.#put(batch);
    }
  }

  async #put(batch: readonly PendingWrite[]): Promise<void> {
    // Relaxed: after a power failure peers send the lost piece again.
    const database = await this.#database;
    const transaction = database.transaction("pieces", "readwrite", { durability: "relaxed" });
    const puts = batch.map(({ piece, blob }) => transaction.store.put(blob, [this.#storageId, piece]));
    await Promise.all([...puts, transaction.done]);
  }
}

function takeBatch(pending: PendingWrite[]): PendingWrite[] {
  let count = 1;
  let bytes = pending[0]?.blob.size ?? 0;
  while (count < Math.min(BATCH_PIECES, pending.length)) {
    bytes += pending[count]?.blob.size ?? 0;
    if (bytes > BATCH_BYTES) break;
    count += 1;
  }
  return pending.splice(0, count);
}

function isBlob(value: unknown): value is Blob {
  return value instanceof Blob;
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
