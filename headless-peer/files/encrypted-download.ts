import { join } from "node:path";
import { Bitfield } from "#shared/base/bitfield.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash, PieceIndex, ShareKey } from "#shared/base/ids.ts";
import { StorageError, type TakeBuffer } from "#shared/driver/ports.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { EncryptedShare, manifestBytes } from "#shared/encrypted/share.ts";
import type { ShareKeys } from "#shared/encrypted/share-keys.ts";
import { manifestInfo } from "#shared/encrypted/share-torrent.ts";
import { explained } from "#shared/library/explained.ts";
import type { SelectFiles, ShareEvents, TorrentStore } from "#shared/library/peer-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import { type DownloadStorage, openDownload } from "./download-storage.ts";
import type { OpenFiles } from "./open-files.ts";
import { ResumeFile } from "./resume-file.ts";
import { shareKeys } from "./share-keys.ts";
import { TargetFolder } from "./target-folder.ts";
import { manifestPath } from "./target-paths.ts";

/** An encrypted share to download. */
export interface EncryptedWish {
  readonly infoHash: InfoHash;
  /** Its torrent, as those without the key see it. */
  readonly info: Info;
  readonly key: ShareKey;
  /** Created if it is missing. */
  readonly folder: string;
  /** Chooses files once their names are known. Throws a `UsageError` when it cannot. */
  readonly select: SelectFiles;
}

/** `manifest`: its pieces come first, and wait in memory. There are few: a manifest has at most 10 MB. */
type Phase =
  | { readonly type: "manifest"; bytes: number; readonly pieces: Map<PieceIndex, Uint8Array<ArrayBuffer>> }
  | { readonly type: "files"; readonly files: DownloadStorage };

/** A share whose files are known and open, but not yet checked. */
interface Opened {
  readonly files: DownloadStorage;
  /** Tells the session of them. */
  readonly reveal: () => void;
}

/**
 * A download of an encrypted share: its pieces come as ciphertext, and only what they encrypt is stored, as files with their own names.
 * The manifest is kept next to them as the torrent has it, so that another run need not ask for it.
 *
 * Invariant: nothing is written before the manifest was decrypted, and nothing of a piece before all its records were.
 */
export class EncryptedDownload implements TorrentStore {
  readonly #wish: EncryptedWish;
  readonly #events: ShareEvents;
  readonly #openFiles: OpenFiles;
  readonly #keys: ShareKeys;
  #phase: Phase;
  /** Also while it is not checked yet, so that it is closed whatever happens. */
  #files: DownloadStorage | undefined;
  #isClosed = false;
  /** While the manifest arrives, one piece after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(wish: EncryptedWish, events: ShareEvents, openFiles: OpenFiles, keys: ShareKeys) {
    this.#wish = wish;
    this.#events = events;
    this.#openFiles = openFiles;
    this.#keys = keys;
    const bytes = Math.min(wish.info.layout.pieceLength, wish.info.layout.totalBytes);
    this.#phase = { type: "manifest", bytes, pieces: new Map() };
  }

  /** Opens it with what is on the disk. Rejects with a `StorageError`. */
  static async open(
    wish: EncryptedWish,
    events: ShareEvents,
    openFiles: OpenFiles,
  ): Promise<EncryptedDownload> {
    const store = new EncryptedDownload(wish, events, openFiles, await shareKeys(wish.key));
    const share = await store.#keptShare();
    if (share === undefined) store.#wantManifest();
    else {
      const { files, reveal } = await store.#openShare(share);
      store.#phase = { type: "files", files };
      reveal();
    }
    return store;
  }

  get held(): Bitfield {
    const { layout } = this.#wish.info;
    return this.#phase.type === "files" ? this.#phase.files.held : new Bitfield(layout.pieceCount);
  }

  async check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void> {
    if (this.#phase.type === "files") await this.#phase.files.check(checked, signal);
  }

  async read(piece: PieceIndex, take?: TakeBuffer): Promise<Uint8Array | undefined> {
    return this.#phase.type === "files" ? this.#phase.files.read(piece, take) : this.#phase.pieces.get(piece);
  }

  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#phase.type === "files") return this.#phase.files.write(piece, bytes);
    const done = this.#last.then(() => this.#take(piece, bytes));
    this.#last = done.catch(() => {});
    await done;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last; // The manifest may just have come.
    await this.#files?.close();
  }

  async #take(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const phase = this.#phase;
    if (phase.type === "files") return phase.files.write(piece, bytes);
    const { layout } = this.#wish.info;
    if (piece === 0) {
      const first = bytes.subarray(0, RECORD_BYTES);
      phase.bytes = await explained(() => manifestBytes(this.#keys, layout, first));
      this.#wantManifest();
    }
    phase.pieces.set(piece, bytes.slice()); // The buffer is not ours.
    const count = Math.ceil(phase.bytes / layout.pieceLength);
    const pieces = [...layout.pieces()].slice(0, count).map((at) => phase.pieces.get(at));
    if (!pieces.every((part) => part !== undefined)) return;
    const manifest = concatBytes(pieces).subarray(0, phase.bytes);
    const share = await explained(() => EncryptedShare.read(this.#keys, layout, manifest));
    await this.#fill(await this.#openShare(share, manifest), phase.pieces);
  }

  #wantManifest(): void {
    const { info } = this.#wish;
    if (this.#phase.type === "manifest") this.#events.revealed(manifestInfo(info, this.#phase.bytes), [0]);
  }

  async #keptShare(): Promise<EncryptedShare | undefined> {
    const { infoHash, folder, info } = this.#wish;
    const bytes = await new ResumeFile(join(folder, manifestPath(infoHash))).read();
    if (bytes === undefined || bytes.length === 0 || bytes.length % RECORD_BYTES > 0) return undefined;
    try {
      return await EncryptedShare.read(this.#keys, info.layout, new Uint8Array(bytes));
    } catch (error) {
      if (error instanceof ProtocolError) return undefined; // It is damaged: peers have it.
      throw error;
    }
  }

  /** `manifest`: it is new, and kept. */
  async #openShare(share: EncryptedShare, manifest?: Uint8Array): Promise<Opened> {
    const { infoHash, folder, info, select } = this.#wish;
    const plain = share.plainInfo(info.pieceHashes);
    const selectedFiles = await explained(async () => select(plain));
    if (this.#isClosed) throw stoppedError();
    if (manifest !== undefined) await this.#keep(manifest);
    await this.#files?.close(); // It may have failed to take the manifest before.
    const files = await openDownload(
      { infoHash, info: plain, folder, selectedFiles, share },
      this.#openFiles,
    );
    this.#files = files;
    return {
      files,
      reveal: () => this.#events.revealed(share.sealedInfo(info.pieceHashes), selectedFiles, share),
    };
  }

  /** Files may have been there before: they are checked first. The manifest's pieces were verified, and are reported by others. */
  async #fill(
    { files, reveal }: Opened,
    pieces: ReadonlyMap<PieceIndex, Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    await this.#events.checkAgain(async (checked, signal) => {
      reveal();
      const found = (piece: PieceIndex, good: boolean): void => {
        if (!pieces.has(piece)) checked(piece, good);
      };
      for (const index of files.held.indices()) found(index as PieceIndex, true);
      await files.check(found, signal).catch((error: unknown) => {
        throw signal.aborted ? stoppedError() : error;
      });
    });
    for (const [piece, bytes] of pieces) await files.write(piece, bytes);
    this.#phase = { type: "files", files };
  }

  async #keep(manifest: Uint8Array): Promise<void> {
    const target = await TargetFolder.open(this.#wish.folder);
    const path = manifestPath(this.#wish.infoHash);
    const file = new ResumeFile(await target.place(path), await target.folderOf(path));
    await file.replace(manifest);
    await file.close();
  }
}

function stoppedError(): StorageError {
  return new StorageError("This download was stopped. Start it again to resume.");
}
