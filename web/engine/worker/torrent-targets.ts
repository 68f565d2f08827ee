import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import type { PieceTarget } from "#shared/driver/incoming-pieces.ts";
import type { PieceStorage } from "#shared/driver/ports.ts";
import { fileStorage } from "#shared/library/file-storage.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { LastingDatabase } from "../lasting-database.ts";
import { loadAgain } from "../load-again.ts";
import { loaded } from "../load-later.ts";
import { PieceStore } from "../piece-store.ts";
import { sha1 } from "../sha1.ts";
import { lazyStorage } from "./lazy-storage.ts";
import type { BytesHere } from "./messages.ts";

/** What the page says of a torrent, and what the engine makes of that. */
export interface HostedTorrent {
  readonly metadata: TorrentMetadata | undefined;
  readonly selectedFiles: readonly number[] | undefined;
  readonly bytes: BytesHere | undefined;
}

const NOTHING: HostedTorrent = { metadata: undefined, selectedFiles: undefined, bytes: undefined };

/** Where the pieces of each torrent go to and come from. */
export class TorrentTargets {
  readonly #database: Pick<LastingDatabase, "current">;
  readonly #written: (storageId: string, pieces: readonly PieceIndex[]) => void;
  readonly #torrents = new Map<InfoHash, HostedTorrent>();
  readonly #targets = new Map<InfoHash, PieceTarget>();
  readonly #wraps = new Map<InfoHash, (storage: PieceStorage) => PieceStorage>();
  readonly #stores = new Map<string, PieceStore>();

  /** `written` hears of pieces once they are stored. */
  constructor(
    database: Pick<LastingDatabase, "current">,
    written: (storageId: string, pieces: readonly PieceIndex[]) => void,
  ) {
    this.#database = database;
    this.#written = written;
  }

  at(infoHash: InfoHash): HostedTorrent {
    return this.#torrents.get(infoHash) ?? NOTHING;
  }

  /** The torrents that have their pieces in this storage. */
  using(storageId: string): readonly InfoHash[] {
    return [...this.#torrents].flatMap(([infoHash, { bytes }]) =>
      bytes?.type === "stored" && bytes.storageId === storageId ? [infoHash] : [],
    );
  }

  /** What changes the target makes a new one when it is needed. */
  learn(infoHash: InfoHash, news: Partial<HostedTorrent>): void {
    this.#torrents.set(infoHash, { ...this.at(infoHash), ...news });
    this.#targets.delete(infoHash);
  }

  forget(infoHash: InfoHash): void {
    const { bytes } = this.at(infoHash);
    this.#torrents.delete(infoHash);
    this.#targets.delete(infoHash);
    this.#wraps.delete(infoHash);
    // Its pieces may stay for its return. If space runs out, any tab may delete them, but no file that is open.
    if (bytes?.type === "stored") void this.#store(bytes.storageId).close();
  }

  /** Undefined: its metadata is not known, or its bytes are not here. */
  target(infoHash: InfoHash): PieceTarget | undefined {
    const { metadata } = this.at(infoHash);
    const known = this.#targets.get(infoHash);
    const storage = known?.storage ?? this.storage(infoHash);
    if (metadata === undefined || storage === undefined) return undefined;
    const { layout, pieceHashes } = metadata.info;
    const wrap = this.#wraps.get(infoHash);
    const target = known ?? { layout, pieceHashes, storage: wrap?.(storage) ?? storage };
    this.#targets.set(infoHash, target);
    return target;
  }

  /** Where the bytes of a torrent are, as they are there. Undefined: they are not here. */
  storage(infoHash: InfoHash): PieceStorage | undefined {
    const { metadata, bytes } = this.at(infoHash);
    if (metadata === undefined || bytes === undefined) return undefined;
    const { layout, files } = metadata.info;
    switch (bytes.type) {
      case "stored":
        return this.#store(bytes.storageId);
      case "files":
        return fileStorage(layout, files, bytes.files);
      case "sealed":
        return sealedStorage(metadata, bytes);
    }
  }

  /** From now on the engine sees the storage of a torrent through another. */
  wrap(infoHash: InfoHash, wrapped: (storage: PieceStorage) => PieceStorage): void {
    this.#wraps.set(infoHash, wrapped);
    this.#targets.delete(infoHash);
  }

  /** Deletes all that a storage has. */
  async clear(storageId: string): Promise<void> {
    await this.#store(storageId).clear();
    this.#stores.delete(storageId);
  }

  /** One for each storage id, so that deleting waits for what is being written. */
  #store(storageId: string): PieceStore {
    const known = this.#stores.get(storageId);
    if (known !== undefined) return known;
    const store = new PieceStore(this.#database, storageId, (pieces) => this.#written(storageId, pieces));
    this.#stores.set(storageId, store);
    return store;
  }
}

/** Encrypts the person's own files when somebody requests a piece. Its code is loaded then. */
function sealedStorage(
  { info }: TorrentMetadata,
  { list, shareKey, files }: Extract<BytesHere, { readonly type: "sealed" }>,
): PieceStorage {
  return lazyStorage(async () => {
    const { planShare, SealedFiles } = await loaded(loadAgain(() => import("../seal-files.ts")));
    const { share } = await planShare(list, shareKey, info.layout.pieceLength);
    return new SealedFiles(share, files).storage(info.pieceHashes, sha1);
  });
}
