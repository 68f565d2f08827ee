import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import { type Database, pieceRange } from "./database.ts";
import { deletePieceFiles, PieceFile, PieceParts, readSpot, type Spot } from "./piece-files.ts";

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
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly done: () => void;
  readonly failed: (error: StorageError) => void;
}

/**
 * The pieces of one torrent. In a worker their bytes lie in a file of the origin's private file system, if the browser has that, and
 * IndexedDB says where. Otherwise they are in IndexedDB, each in its own Blob. Both can be joined into a file by reference, and a
 * torrent may have pieces of both kinds. The session limits the waiting writes: it opens only so many pieces at once.
 *
 * Invariant: every piece that `heldPieces` finds was written in a completed transaction, and no read of it has failed.
 */
export class PieceStore implements PieceStorage {
  readonly #database: Database | Promise<Database>;
  readonly #storageId: string;
  readonly #pending: PendingWrite[] = [];
  readonly #parts = new PieceParts();
  #writing: Promise<void> | undefined;
  /** Where this page load writes. It resolves to undefined if that is IndexedDB. */
  #file: Promise<PieceFile | undefined> | undefined;

  /** If there is no database after all, everything that needs it fails. */
  constructor(database: Database | Promise<Database>, storageId: string) {
    this.#database = database;
    this.#storageId = storageId;
  }

  /** Undefined: the browser has lost the piece, so we no longer hold it. */
  async read(piece: PieceIndex): Promise<Uint8Array | undefined> {
    const value = await this.#look(piece);
    const bytes = await this.#bytesOf(value).catch(() => undefined);
    if (bytes !== undefined) return bytes;
    const database = await this.#database;
    await database.delete("pieces", [this.#storageId, piece]).catch(() => {}); // It is useless either way.
    return undefined;
  }

  /** `count` pieces from `first` on, by reference. Rejects with a `StorageError` if one is missing. */
  async blobs(first: number, count: number): Promise<Blob[]> {
    const blobs: Blob[] = [];
    const parts = new PieceParts();
    for (let at = first; at < first + count; at += LOOK_PIECES) {
      const wanted = Math.min(LOOK_PIECES, first + count - at);
      const range = IDBKeyRange.bound([this.#storageId, at], [this.#storageId, at + wanted - 1]);
      const values = await (await this.#database).getAll("pieces", range);
      const found = await Promise.all(values.map((value) => blobOf(value, parts).catch(() => undefined)));
      for (const blob of found) if (blob !== undefined) blobs.push(blob);
      if (blobs.length !== at + wanted - first) throw new StorageError(PIECE_GONE);
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
    const keys = await (await this.#database).getAllKeys("pieces", pieceRange(this.#storageId));
    for (const [, piece] of keys) held.set(piece);
    return held;
  }

  /** Deletes all pieces, also those that are just being written. */
  async clear(): Promise<void> {
    await this.close();
    await (await this.#database).delete("pieces", pieceRange(this.#storageId));
    await deletePieceFiles((storageId) => storageId === this.#storageId);
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
      return await (await this.#database).get("pieces", [this.#storageId, piece]);
    } catch {
      throw new StorageError(STORAGE_BROKEN);
    }
  }

  /** Rejects if there are none. */
  async #bytesOf(value: unknown): Promise<Uint8Array> {
    const spot = readSpot(value);
    const ours = spot && (await this.#file)?.read(spot);
    return ours ?? new Uint8Array(await (await blobOf(value, this.#parts)).arrayBuffer());
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
    this.#file ??= PieceFile.open(this.#storageId);
    const file = await this.#file;
    const end = file?.end ?? 0;
    try {
      const values = batch.map(({ bytes }) => file?.append(bytes) ?? new Blob([bytes]));
      await this.#record(batch, values);
    } catch (error) {
      file?.rewind(end);
      throw error;
    }
  }

  async #record(batch: readonly PendingWrite[], values: readonly (Spot | Blob)[]): Promise<void> {
    const database = await this.#database;
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

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
