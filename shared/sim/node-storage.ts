import { Bitfield } from "../base/bitfield.ts";
import { bytesToHex } from "../base/bytes.ts";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import type { PieceTarget } from "../driver/incoming-pieces.ts";
import type { PieceStorage } from "../driver/ports.ts";
import { StorageError } from "../driver/ports.ts";
import type { TorrentMetadata } from "../session/input.ts";
import type { Disk } from "./disk.ts";
import { fakeSha1, type SampleTorrent } from "./sample-torrent.ts";

/** What a node keeps of one torrent. */
interface Stored {
  metadata: TorrentMetadata | undefined;
  readonly pieces: Map<PieceIndex, Uint8Array<ArrayBuffer>>;
  readonly storage: PieceStorage;
}

/** Corrupts a copy of a piece that is read for peers. */
export type Spoil = (piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>) => void;

/** What a node has stored, and how it reads and writes it. */
export class NodeStorage {
  readonly #stored = new Map<InfoHash, Stored>();
  readonly #disk: Disk;
  readonly #spoil: Spoil | undefined;
  readonly #promised: () => void;

  /** `promised` is called when a promise has been settled. */
  constructor(disk: Disk, spoil: Spoil | undefined, promised: () => void) {
    this.#disk = disk;
    this.#spoil = spoil;
    this.#promised = promised;
  }

  /** Where the driver finds a torrent's pieces, once its metadata is known. */
  readonly target = (infoHash: InfoHash): PieceTarget | undefined => {
    const stored = this.#stored.get(infoHash);
    if (stored?.metadata === undefined) return undefined;
    const { layout, pieceHashes } = stored.metadata.info;
    return { layout, pieceHashes, storage: stored.storage };
  };

  keepMetadata(infoHash: InfoHash, metadata: TorrentMetadata | undefined): void {
    this.#open(infoHash).metadata = metadata;
  }

  /** Puts good pieces into the storage. Returns which ones it holds. */
  put(torrent: SampleTorrent, pieces: readonly number[] | "all"): Bitfield {
    const { layout } = torrent.info;
    const stored = this.#open(torrent.infoHash);
    const held = new Bitfield(layout.pieceCount);
    for (let index = 0; index < layout.pieceCount; index++) {
      const piece = index as PieceIndex;
      if (pieces !== "all" && !pieces.includes(index)) continue;
      held.set(piece);
      stored.pieces.set(piece, torrent.piece(piece));
    }
    return held;
  }

  /** What is stored as this piece. */
  piece(infoHash: InfoHash, piece: PieceIndex): Uint8Array<ArrayBuffer> | undefined {
    return this.#stored.get(infoHash)?.pieces.get(piece);
  }

  /** The numbers of the stored pieces. */
  pieces(infoHash: InfoHash): readonly PieceIndex[] {
    return [...(this.#stored.get(infoHash)?.pieces.keys() ?? [])].sort((left, right) => left - right);
  }

  keep(infoHash: InfoHash, piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): void {
    this.#open(infoHash).pieces.set(piece, bytes);
  }

  lose(infoHash: InfoHash, piece: PieceIndex): void {
    this.#stored.get(infoHash)?.pieces.delete(piece);
  }

  drop(infoHash: InfoHash): void {
    this.#stored.delete(infoHash);
  }

  #open(infoHash: InfoHash): Stored {
    const known = this.#stored.get(infoHash);
    if (known !== undefined) return known;
    const pieces = new Map<PieceIndex, Uint8Array<ArrayBuffer>>();
    const stored: Stored = { metadata: undefined, pieces, storage: this.#storageOf(pieces) };
    this.#stored.set(infoHash, stored);
    return stored;
  }

  #storageOf(pieces: Map<PieceIndex, Uint8Array<ArrayBuffer>>): PieceStorage {
    const moved = (bytes: number): Promise<void> =>
      new Promise((resolve) => {
        this.#disk.moved(bytes, () => {
          this.#promised();
          resolve();
        });
      });
    return {
      read: async (piece) => {
        await moved(pieces.get(piece)?.length ?? 0);
        const bytes = pieces.get(piece);
        if (bytes === undefined || this.#spoil === undefined) return bytes;
        const copy = bytes.slice();
        this.#spoil(piece, copy);
        return copy;
      },
      write: async (piece, bytes) => {
        await moved(bytes.length);
        if (this.#disk.problem !== undefined) throw new StorageError(this.#disk.problem);
        pieces.set(piece, bytes);
      },
    };
  }
}

/** Whether these are exactly the bytes of a piece. */
export function isPiece(
  torrent: SampleTorrent,
  piece: PieceIndex,
  bytes: Uint8Array<ArrayBuffer> | undefined,
): boolean {
  if (bytes === undefined) return false;
  const right = torrent.piece(piece);
  return bytes.buffer === right.buffer || bytesToHex(fakeSha1(bytes)) === bytesToHex(fakeSha1(right));
}
