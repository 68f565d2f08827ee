import type { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import { StorageError, type TakeBuffer } from "../driver/ports.ts";
import type { TorrentStore } from "./peer-torrent.ts";

/** A storage that is closed once what is being written is there, and in which nothing is written from then on. */
export class ClosingStore implements TorrentStore {
  readonly #store: TorrentStore;
  readonly #writes = new Set<Promise<void>>();
  #isClosed = false;

  constructor(store: TorrentStore) {
    this.#store = store;
  }

  get held(): Bitfield {
    return this.#store.held;
  }

  check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    return this.#store.check(checked, signal);
  }

  read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array | undefined> {
    return this.#store.read(piece, take);
  }

  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isClosed) throw new StorageError("This download was stopped. Start it again to resume.");
    const written = this.#store.write(piece, bytes);
    this.#writes.add(written);
    await written.finally(() => this.#writes.delete(written));
  }

  async close(deleteData?: boolean): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#writes); // Whoever writes is told.
    await this.#store.close(deleteData);
  }
}
