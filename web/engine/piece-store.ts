import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import type { Database } from "./database.ts";

/** Pieces put into one transaction: half the cost for each, and no long wait for the first. */
const BATCH_PIECES = 8;

const STORAGE_FULL =
  "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.";
const STORAGE_BROKEN =
  "The browser could not store a piece. Check that the device has free space, then press Resume.";

interface PendingWrite {
  readonly piece: PieceIndex;
  readonly blob: Blob;
  readonly done: () => void;
  readonly failed: (error: StorageError) => void;
}

/**
 * The pieces of one torrent in IndexedDB, each a Blob of its own: Blobs can be joined into a file by reference.
 *
 * Invariant: what `heldPieces` finds was written in a transaction that completed.
 */
export class PieceStore implements PieceStorage {
  readonly #database: Database;
  readonly #storageId: string;
  readonly #pending: PendingWrite[] = [];
  #isWriting = false;

  constructor(database: Database, storageId: string) {
    this.#database = database;
    this.#storageId = storageId;
  }

  /** Rejects with a `StorageError` when the browser has lost the piece. */
  async read(piece: PieceIndex): Promise<Uint8Array> {
    return new Uint8Array(await (await this.blob(piece)).arrayBuffer());
  }

  /** A piece by reference. Rejects with a `StorageError` when the browser has lost it. */
  async blob(piece: PieceIndex): Promise<Blob> {
    const blob = await this.#database.get("pieces", [this.#storageId, piece]);
    if (blob === undefined) throw new StorageError("A piece is missing from the browser's storage.");
    return blob;
  }

  /** Done when the piece's transaction has completed; rejects with a `StorageError` that names the remedy. */
  write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((done, failed) => {
      this.#pending.push({ piece, blob: new Blob([bytes]), done, failed });
      if (!this.#isWriting) void this.#writePending();
    });
  }

  /** Which pieces the store holds. */
  async heldPieces(pieceCount: number): Promise<Bitfield> {
    const held = new Bitfield(pieceCount);
    for (const [, piece] of await this.#database.getAllKeys("pieces", this.#range())) held.set(piece);
    return held;
  }

  /** Frees the storage. */
  async clear(): Promise<void> {
    await this.#database.delete("pieces", this.#range());
  }

  async #writePending(): Promise<void> {
    this.#isWriting = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, BATCH_PIECES);
      try {
        await this.#writeBatch(batch);
        for (const { done } of batch) done();
      } catch (error) {
        const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
        for (const { failed } of batch) failed(new StorageError(isFull ? STORAGE_FULL : STORAGE_BROKEN));
      }
    }
    this.#isWriting = false;
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    // Relaxed: a piece that a power failure takes is fetched again.
    const transaction = this.#database.transaction("pieces", "readwrite", { durability: "relaxed" });
    const puts = batch.map(({ piece, blob }) => transaction.store.put(blob, [this.#storageId, piece]));
    await Promise.all([...puts, transaction.done]);
  }

  #range(): IDBKeyRange {
    return IDBKeyRange.bound([this.#storageId], [this.#storageId, []]);
  }
}
