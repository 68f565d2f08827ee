import type { Bitfield } from "../base/bitfield.ts";
import { concatBytes } from "../base/bytes.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { PieceStorage, TakeBuffer } from "../driver/ports.ts";
import { RECORD_BYTES } from "../encrypted/records.ts";
import { EncryptedShare, manifestBytes } from "../encrypted/share.ts";
import type { ShareKeys } from "../encrypted/share-keys.ts";
import { manifestInfo } from "../encrypted/share-torrent.ts";
import type { Info } from "../meta/info.ts";
import { explained } from "./explained.ts";
import type { SelectFiles, ShareEvents } from "./peer-torrent.ts";

/** An encrypted share to download. */
export interface StoredShareWish {
  /** Its torrent, as those without the key see it. */
  readonly info: Info;
  readonly keys: ShareKeys;
  /** Chooses files once their names are known. Throws a `UsageError` when it cannot. */
  readonly select: SelectFiles;
  readonly revealed: ShareEvents["revealed"];
  /** What its manifest says, if somebody has read it before: it need not be there. */
  readonly share?: EncryptedShare | undefined;
}

/** A piece of the manifest that waits for the rest of it. */
interface WaitingPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isStored: boolean;
}

/**
 * The pieces of an encrypted share in a storage that keeps them as they are. They are decrypted whenever somebody reads its files. Call
 * `begin` first.
 *
 * Invariant: nothing is stored before the manifest was decrypted, and nothing of a piece before all its records were.
 */
export class StoredShare implements PieceStorage {
  readonly #pieces: PieceStorage;
  readonly #wish: StoredShareWish;
  #share: EncryptedShare | undefined;
  /** At the start of the torrent: those of the first piece until that says how many there are. */
  #manifestBytes: number;
  /** The pieces of the manifest. There are few: it has at most 10 MB. */
  readonly #waiting = new Map<PieceIndex, WaitingPiece>();
  /** While the manifest is sought and arrives, one thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** `pieces` keeps them. */
  constructor(pieces: PieceStorage, wish: StoredShareWish) {
    this.#pieces = pieces;
    this.#wish = wish;
    const { layout } = wish.info;
    this.#manifestBytes = Math.min(layout.pieceLength, layout.totalBytes);
  }

  /**
   * Reveals what is known: the share, if the pieces of its manifest are in the storage; otherwise the manifest, to be fetched first.
   * `held` is what the storage has, all of it verified. Once the share has been revealed it does nothing. Rejects with a `StorageError` if
   * the key is wrong, or the share cannot be used.
   */
  begin(held: Pick<Bitfield, "has">): Promise<void> {
    return this.#inTurn(() => this.#begin(held));
  }

  async #begin(held: Pick<Bitfield, "has">): Promise<void> {
    if (this.#share !== undefined) return;
    if (this.#wish.share !== undefined) return this.#reveal(this.#wish.share);
    await this.#find(0 as PieceIndex, held);
    for (const piece of this.#manifestPieces().slice(1)) await this.#find(piece, held);
    if (!(await this.#read())) this.#wantManifest();
  }

  async read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array | undefined> {
    return this.#waiting.get(piece)?.bytes ?? (await this.#pieces.read(piece, take));
  }

  /** Also rejects with a `StorageError` if the key is wrong, or something in the share: then nothing of the piece is stored. */
  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#share !== undefined) return this.#store(this.#share, piece, bytes);
    return this.#inTurn(() => this.#take(piece, bytes));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // Whoever waits for it is told.
    return done;
  }

  async #take(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#share !== undefined) return this.#store(this.#share, piece, bytes);
    await this.#add(piece, { bytes: bytes.slice(), isStored: false }); // The buffer may not be ours.
    if (!(await this.#read()) && piece === 0) this.#wantManifest();
  }

  async #find(piece: PieceIndex, held: Pick<Bitfield, "has">): Promise<void> {
    if (this.#waiting.has(piece) || !held.has(piece)) return;
    const bytes = await this.#pieces.read(piece);
    if (bytes !== undefined) await this.#add(piece, { bytes: new Uint8Array(bytes), isStored: true });
  }

  async #add(piece: PieceIndex, waiting: WaitingPiece): Promise<void> {
    if (piece === 0) {
      const { info, keys } = this.#wish;
      const record = waiting.bytes.subarray(0, RECORD_BYTES);
      this.#manifestBytes = await explained(() => manifestBytes(keys, info.layout, record));
    }
    this.#waiting.set(piece, waiting);
  }

  /** Reads the manifest once all of it is here, stores what has waited for that, and reveals the share. */
  async #read(): Promise<boolean> {
    const { info, keys } = this.#wish;
    const pieces = this.#manifestPieces().map((at) => this.#waiting.get(at)?.bytes);
    if (!pieces.every((part) => part !== undefined)) return false;
    const manifest = concatBytes(pieces).subarray(0, this.#manifestBytes);
    const share = await explained(() => EncryptedShare.read(keys, info.layout, manifest));
    await this.#reveal(share);
    return true;
  }

  async #reveal(share: EncryptedShare): Promise<void> {
    const { info, select, revealed } = this.#wish;
    const selectedFiles = await explained(async () => select(share.plainInfo(info.pieceHashes)));
    for (const [piece, { bytes, isStored }] of this.#waiting)
      if (!isStored) await this.#store(share, piece, bytes);
    this.#waiting.clear();
    this.#share = share;
    revealed(share.sealedInfo(info.pieceHashes), selectedFiles, share);
  }

  #manifestPieces(): readonly PieceIndex[] {
    const count = Math.ceil(this.#manifestBytes / this.#wish.info.layout.pieceLength);
    return Array.from({ length: count }, (_, at) => at as PieceIndex);
  }

  #wantManifest(): void {
    const { info, revealed } = this.#wish;
    revealed(manifestInfo(info, this.#manifestBytes), [0]);
  }

  async #store(share: EncryptedShare, piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await explained(() => share.open(piece, bytes));
    await this.#pieces.write(piece, bytes);
  }
}
