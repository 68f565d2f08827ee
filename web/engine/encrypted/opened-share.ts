import type { PieceIndex, ShareKey } from "#shared/base/ids.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import { explained } from "#shared/library/explained.ts";
import type { PieceReader } from "#shared/library/torrent-file.ts";
import type { Info } from "#shared/meta/info.ts";
import type { Item } from "../item.ts";
import type { PieceStore } from "../piece-store.ts";
import type { PieceBlobs } from "../save.ts";
import { openStoredShare } from "./open-share.ts";

/** An encrypted share of this tab, with what is in it. Its pieces are stored as they came. */
export class OpenedShare {
  /** Its files, where the decrypted pieces have them. */
  readonly info: Info;
  /** Its files, where the torrent's pieces have them. */
  readonly sealedInfo: Info;
  readonly #share: EncryptedShare;
  readonly #store: PieceStore;

  constructor(share: EncryptedShare, pieceHashes: Uint8Array, store: PieceStore) {
    this.info = share.plainInfo(pieceHashes);
    this.sealedInfo = share.sealedInfo(pieceHashes);
    this.#share = share;
    this.#store = store;
  }

  /** What its stored pieces encrypt, for one reading: files that lie in one piece decrypt it once. */
  decrypted(): PieceBlobs {
    let last: { readonly piece: number; readonly blob: Blob } | undefined;
    return {
      blobs: async (first, count, decrypted) => {
        const sealed = await this.#store.blobs(first, count);
        const blobs: Blob[] = [];
        for (const [at, stored] of sealed.entries()) {
          const piece = first + at;
          const known = last?.piece === piece ? last.blob : undefined;
          const blob = known ?? new Blob([await this.#open(piece, await stored.arrayBuffer())]);
          last = { piece, blob };
          blobs.push(blob);
          decrypted?.();
        }
        return blobs;
      },
    };
  }

  /** What a reader's pieces encrypt. */
  reader(sealed: PieceReader): PieceReader {
    return {
      read: async (piece) => this.#open(piece, await sealed.read(piece)),
      close: () => sealed.close(),
    };
  }

  /** Rejects with a `StorageError` if it cannot be decrypted. */
  #open(piece: number, sealed: ArrayBuffer | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return explained(() => this.#share.open(piece as PieceIndex, new Uint8Array(sealed)));
  }
}

interface Opening {
  readonly key: ShareKey;
  readonly share: Promise<OpenedShare | undefined>;
}

const openings = new WeakMap<Item, Opening>();

/**
 * Opens an encrypted share with its key. Undefined: it is not known yet what is in it. Rejects with a `StorageError` that says what is
 * wrong with it.
 */
export async function openShare(item: Item, key: ShareKey): Promise<OpenedShare | undefined> {
  const known = openings.get(item);
  if (known?.key === key) return known.share;
  const share = open(item, key);
  openings.set(item, { key, share });
  const forget = (): void => void (openings.get(item)?.share === share && openings.delete(item));
  share.then((opened) => opened ?? forget(), forget);
  return share;
}

async function open({ metadata, store }: Item, key: ShareKey): Promise<OpenedShare | undefined> {
  if (metadata === undefined || store === undefined) return undefined;
  const { info } = metadata;
  let found: EncryptedShare | undefined;
  const stored = await openStoredShare(store, key, {
    info,
    select: () => undefined,
    revealed: (_info, _selected, share) => {
      found = share;
    },
  });
  await stored.begin(await store.heldPieces(info.layout.pieceCount));
  return found && new OpenedShare(found, info.pieceHashes, store);
}
