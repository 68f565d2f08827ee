import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import type { PieceTarget } from "#shared/driver/incoming-pieces.ts";
import type { Sha1 } from "#shared/driver/ports.ts";
import { isPieceHash } from "#shared/meta/info.ts";

/** What it needs of the engine. */
export interface StoredByOthersPorts {
  readonly target: (infoHash: InfoHash) => PieceTarget | undefined;
  /** Those of these pieces that the torrent has and we do not hold. */
  readonly missing: (infoHash: InfoHash, pieces: readonly PieceIndex[]) => readonly PieceIndex[];
  readonly sha1: Sha1;
  /** The piece is in the storage and fits its hash. */
  readonly found: (infoHash: InfoHash, piece: PieceIndex) => void;
}

/**
 * Pieces that other tabs have put into a storage which one of our torrents uses, too. Reads and hashes one after the other, so that
 * they take little from the transfers, and forgets what cannot be read: peers send it.
 */
export class StoredByOthers {
  readonly #ports: StoredByOthersPorts;
  /** Those that wait, at most all of each torrent. */
  readonly #waiting = new Map<InfoHash, Set<PieceIndex>>();
  #isReading = false;

  constructor(ports: StoredByOthersPorts) {
    this.#ports = ports;
  }

  /** They may name pieces that there are not. */
  heard(infoHash: InfoHash, pieces: readonly PieceIndex[]): void {
    const missing = this.#ports.missing(infoHash, pieces);
    if (missing.length === 0) return;
    const waiting = this.#waiting.get(infoHash) ?? new Set();
    for (const piece of missing) waiting.add(piece);
    this.#waiting.set(infoHash, waiting);
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    for (let next = this.#next(); next !== undefined; next = this.#next())
      await this.#read(...next).catch(() => {}); // Whoever needs the piece meets the same fault, and says so.
    this.#isReading = false;
  }

  async #read(infoHash: InfoHash, piece: PieceIndex): Promise<void> {
    const target = this.#ports.target(infoHash);
    const bytes = await target?.storage.read(piece);
    if (target === undefined || bytes?.length !== target.layout.pieceBytes(piece)) return;
    const hash = await this.#ports.sha1(new Uint8Array(bytes));
    if (isPieceHash(target.pieceHashes, piece, hash)) this.#ports.found(infoHash, piece);
  }

  #next(): [InfoHash, PieceIndex] | undefined {
    for (const [infoHash, pieces] of this.#waiting) {
      for (const piece of pieces) {
        pieces.delete(piece);
        return [infoHash, piece];
      }
      this.#waiting.delete(infoHash);
    }
    return undefined;
  }
}
