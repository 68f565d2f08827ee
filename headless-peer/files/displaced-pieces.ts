import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { type Info, isPieceHash } from "#shared/meta/info.ts";
import { fileSpans, isContent } from "#shared/meta/layout.ts";
import type { OpenFiles } from "./open-files.ts";
import { filesOf } from "./sealed-files.ts";
import { sha1 } from "./sha1.ts";
import type { Download, Survey } from "./survey.ts";
import type { Home, TorrentFiles } from "./torrent-files.ts";

/**
 * Pieces that lie partly in the file of parts, in the place of a file that has a home of its own now: it was selected since. They are
 * whole all the same, and need not be downloaded again.
 */
export class DisplacedPieces {
  readonly #info: Info;
  readonly #pieces: readonly PieceIndex[];
  /** The files as they were when the pieces were written. */
  readonly #former: TorrentFiles;

  /** `known` are pieces that are where they belong, or may be. */
  constructor(
    { info, share }: Pick<Download, "info" | "share">,
    found: Survey,
    known: ReadonlySet<number>,
    openFiles: OpenFiles,
  ) {
    const { layout, files } = info;
    const { parts, resume } = found;
    const homes = found.homes.map((home, at): Home => {
      const entry = files[at];
      const hadHome = resume?.stamps[at] !== undefined;
      return entry === undefined || !isContent(entry) || hadHome ? home : { type: "parts" };
    });
    this.#info = info;
    this.#former = filesOf(share, { layout, files, homes, parts }, openFiles);
    const isThere = (file: number): boolean => {
      const home = homes[file];
      if (home?.type === "file") return home.disk.type !== "missing"; // To read it would create it.
      return home?.type === "padding" || resume?.stamps[file] === undefined;
    };
    this.#pieces =
      parts.disk.type === "missing"
        ? []
        : [...parts.slots.keys()].filter((piece) => {
            const spans = fileSpans(files, piece * layout.pieceLength, layout.pieceBytes(piece));
            return !known.has(piece) && spans.every(({ file }) => isThere(file));
          });
  }

  /** Hashes them, and waits for what `good` does with each that is right. */
  async eachGood(
    signal: AbortSignal,
    good: (piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  ): Promise<void> {
    for (const piece of this.#pieces) {
      signal.throwIfAborted();
      const bytes = await this.#read(piece);
      if (bytes === undefined || !isPieceHash(this.#info.pieceHashes, piece, await sha1(bytes))) continue;
      signal.throwIfAborted();
      await good(piece, bytes);
    }
  }

  /** Undefined: it cannot be read, so it will be downloaded. */
  async #read(piece: PieceIndex): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.#former.read(piece);
    } catch (error) {
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }
}
