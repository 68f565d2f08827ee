import { ProtocolError } from "#shared/base/errors.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import type { DiskFile } from "./disk-file.ts";
import type { OpenFiles } from "./open-files.ts";
import { freshBuffer, TorrentFiles, type TorrentPlaces } from "./torrent-files.ts";

/**
 * The pieces of an encrypted share in files that hold what it encrypts: ciphertext is made when it is read, and never stored. Its
 * `places` are those of the share's `plainInfo`, its pieces those of the torrent.
 */
class SealedFiles extends TorrentFiles {
  readonly #share: EncryptedShare;

  constructor(share: EncryptedShare, places: Omit<TorrentPlaces, "layout">, openFiles: OpenFiles) {
    super({ ...places, layout: share.plainLayout }, openFiles);
    this.#share = share;
  }

  /** Encrypts a piece. It may leave this device only if it has the torrent's hash: else a file has changed, and its nonces are used up. */
  override async read(piece: PieceIndex, take: TakeBuffer = freshBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const plain = await super.read(piece);
    const sealed = take(this.#share.layout.pieceBytes(piece));
    await this.#share.seal(piece, plain, sealed);
    return sealed;
  }

  /** Writes what a verified piece encrypts, or nothing of it: also rejects with a `StorageError` if a record of it cannot be decrypted. */
  override async write(piece: PieceIndex, sealed: Uint8Array<ArrayBuffer>): Promise<DiskFile[]> {
    return super.write(piece, await this.#open(piece, sealed));
  }

  async #open(piece: PieceIndex, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.#share.open(piece, sealed);
    } catch (error) {
      throw error instanceof ProtocolError ? new StorageError(error.message) : error;
    }
  }
}

/** The files of a torrent, or of an encrypted share. */
export function filesOf(
  share: EncryptedShare | undefined,
  places: TorrentPlaces,
  openFiles: OpenFiles,
): TorrentFiles {
  return share === undefined
    ? new TorrentFiles(places, openFiles)
    : new SealedFiles(share, places, openFiles);
}
