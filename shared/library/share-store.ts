import type { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { TorrentStore } from "./peer-torrent.ts";
import { StoredShare, type StoredShareWish } from "./stored-share.ts";

/** A storage that is checked when it is opened, with an encrypted share in it: that is revealed at the end of the check. */
export class ShareStore extends StoredShare implements TorrentStore {
  readonly #store: TorrentStore;

  constructor(store: TorrentStore, wish: StoredShareWish) {
    super(store, wish);
    this.#store = store;
  }

  get held(): Bitfield {
    return this.#store.held;
  }

  async check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    const held = this.held.copy();
    const found = (piece: PieceIndex, good: boolean): void => {
      if (good) held.set(piece);
      checked(piece, good);
    };
    await this.#store.check(found, signal);
    await this.begin(held);
  }

  close(deleteData?: boolean): Promise<void> {
    return this.#store.close(deleteData);
  }
}
