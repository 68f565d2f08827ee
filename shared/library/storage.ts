import { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, PieceIndex, ShareKey } from "../base/ids.ts";
import type { Sha1 } from "../driver/ports.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import type { ShareKeys } from "../encrypted/share-keys.ts";
import { type Info, isPieceHash } from "../meta/info.ts";
import { safePaths } from "../meta/safe-path.ts";
import { ClosingStore } from "./closing-store.ts";
import type { SelectFiles, Selection, ShareEvents, TorrentStore } from "./peer-torrent.ts";

/** A torrent as its storage sees it: of an encrypted share, one file of ciphertext. */
export interface TorrentToStore {
  /** 40 lower-case hex digits: the same torrent has the same one each time. */
  readonly infoHash: InfoHash;
  /** As its maker named it: not safe as the name of a file. */
  readonly name: string;
  readonly totalBytes: number;
  /** Bytes of every piece but the last, which may be shorter. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** In the order of their bytes. The paths are safe for any file system. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/**
 * Where the pieces of one torrent are kept. Implement these four methods to keep them anywhere; `storageContract` tests them.
 * A method that rejects stops the torrent with the error's message, so let that be a sentence that says what to do.
 */
export interface TorrentStorage {
  /** The pieces that are here, by their index from 0, also from earlier runs. Each is hashed before it is used. Called once, first. */
  pieces(): Promise<Iterable<number>>;
  /** A whole piece, which nobody changes. Undefined: it is not here, or lost, and comes from peers again. */
  read(piece: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps a verified piece. The bytes are yours. Resolves once `read` would find them. */
  write(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The torrent is no longer open. `deleteData`: nobody wants its pieces any more. */
  close(deleteData: boolean): Promise<void>;
}

/** Opens the storage of a torrent, once its metadata is known. */
export type OpenStorage = (torrent: TorrentToStore) => TorrentStorage | Promise<TorrentStorage>;

/** Keeps pieces in memory until the torrent is closed. */
export function memory(): OpenStorage {
  return () => {
    const kept = new Map<number, Uint8Array<ArrayBuffer>>();
    return {
      pieces: async () => kept.keys(),
      read: async (piece) => kept.get(piece),
      write: async (piece, bytes) => void kept.set(piece, bytes),
      close: async () => kept.clear(),
    };
  };
}

/** An encrypted share to store. */
export interface ShareToStore {
  readonly key: ShareKey;
  /** Chooses files once their names are known. Throws a `UsageError` when it cannot. */
  readonly select: SelectFiles;
  readonly events: ShareEvents;
  /** What has been read of it before. */
  readonly share: EncryptedShare | undefined;
}

/** What a storage of ours needs besides. */
interface StoreOpening {
  readonly info: Info;
  readonly selectedFiles: Selection;
  /** Undefined: it is not encrypted, or only carried. */
  readonly share?: ShareToStore;
}

/** What the platform brings to open a storage. */
export interface StorePorts {
  readonly sha1: Sha1;
  readonly shareKeys: (key: ShareKey) => Promise<ShareKeys>;
}

const OPENINGS = new WeakMap<TorrentToStore, StoreOpening>();

/** What is known of a torrent that is being opened. */
export function storeOpeningOf(torrent: TorrentToStore): StoreOpening {
  const opening = OPENINGS.get(torrent);
  if (opening === undefined) throw new Error("a storage was opened by somebody else");
  return opening;
}

/** A storage of ours that knows by itself which of its pieces are good. */
export class KnowingStorage implements TorrentStorage {
  readonly store: TorrentStore;

  constructor(store: TorrentStore) {
    this.store = store;
  }

  async pieces(): Promise<Iterable<number>> {
    return this.store.held.indices();
  }

  async read(piece: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await this.store.read(piece as PieceIndex);
    return bytes && new Uint8Array(bytes);
  }

  write(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.store.write(piece as PieceIndex, bytes);
  }

  close(deleteData: boolean): Promise<void> {
    return this.store.close(deleteData);
  }
}

/** Opens a storage for the engine. */
export async function openStore(
  open: OpenStorage,
  { sha1, shareKeys }: StorePorts,
  infoHash: InfoHash,
  opening: StoreOpening,
): Promise<TorrentStore> {
  const { info, share } = opening;
  const { totalBytes, pieceLength, pieceCount } = info.layout;
  const paths = safePaths(info);
  const files = info.files.map(({ bytes }, at) => ({ path: paths[at] ?? "", bytes }));
  const torrent = { infoHash, name: info.name, totalBytes, pieceLength, pieceCount, files };
  OPENINGS.set(torrent, opening);
  const storage = await open(torrent);
  if (storage instanceof KnowingStorage) return storage.store;
  const checked = new CheckedStorage(storage, info, sha1);
  if (share === undefined) return new ClosingStore(checked);
  const { ShareStore } = await import("./share-store.ts"); // Most torrents need none of it.
  const { key, events, ...wish } = share;
  const keys = await shareKeys(key);
  return new ClosingStore(new ShareStore(checked, { ...wish, info, keys, revealed: events.revealed }));
}

/** Trusts nothing that is in a storage: every piece is hashed when it is opened. */
class CheckedStorage implements TorrentStore {
  readonly held: Bitfield;
  readonly #storage: TorrentStorage;
  readonly #info: Info;
  readonly #sha1: Sha1;

  constructor(storage: TorrentStorage, info: Info, sha1: Sha1) {
    this.held = new Bitfield(info.layout.pieceCount);
    this.#storage = storage;
    this.#info = info;
    this.#sha1 = sha1;
  }

  async check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    for (const index of await this.#storage.pieces()) {
      signal.throwIfAborted();
      const piece = this.#info.layout.piece(index);
      const bytes = piece === undefined ? undefined : await this.read(piece);
      if (piece === undefined || bytes === undefined) continue;
      checked(piece, isPieceHash(this.#info.pieceHashes, piece, await this.#sha1(bytes)));
    }
  }

  /** A piece of another length is as good as lost. */
  async read(piece: PieceIndex): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await this.#storage.read(piece);
    return bytes?.length === this.#info.layout.pieceBytes(piece) ? bytes : undefined;
  }

  /** Gets a copy, because the engine reuses its buffers. */
  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#storage.write(piece, bytes.slice());
  }

  close(deleteData = false): Promise<void> {
    return this.#storage.close(deleteData);
  }
}
