import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { Info } from "#shared/meta/info.ts";
import { onDisk } from "./disk-error.ts";
import type { FileStamp } from "./file-stats.ts";
import { decodeResume, encodeCheckpoint } from "./resume.ts";
import { ResumeFile } from "./resume-file.ts";
import type { Home } from "./torrent-files.ts";
import { judgePieces } from "./trust.ts";

/** Where to keep what was verified of a torrent's files. */
export interface SeedRecordOptions {
  readonly infoHash: InfoHash;
  /** The record's own file, in a folder of whoever runs the peer; created if it is missing. One torrent, one file. */
  readonly path: string;
  /** Takes a sentence when the record cannot be read or written: the torrent is shared, but the next start hashes all of it. */
  readonly warn: (sentence: string) => void;
}

/** Files of a torrent as they were found, in its order. Without a stamp: padding or a link. */
export interface FoundFiles {
  readonly info: Info;
  readonly homes: readonly Home[];
  readonly stamps: readonly (FileStamp | undefined)[];
}

/**
 * What was verified of files that are seeded, kept between runs: which pieces were good, and the size and time of each file then.
 * A piece whose files have not changed since need not be hashed again. It has the format of a download's resume file.
 */
export class SeedRecord {
  readonly #options: SeedRecordOptions;
  readonly #file: ResumeFile;

  constructor(options: SeedRecordOptions) {
    this.#options = options;
    this.#file = new ResumeFile(options.path);
  }

  /** The pieces that were verified, in files that have not changed since. None without a record of this torrent. */
  async verified({ info, homes, stamps }: FoundFiles): Promise<Bitfield> {
    const { infoHash } = this.#options;
    const bytes = await this.#trying(() => this.#file.read());
    const shape = { infoHash, layout: info.layout, fileCount: info.files.length };
    const decoded = bytes && decodeResume(bytes, shape);
    if (decoded?.type !== "resume") return new Bitfield(info.layout.pieceCount);
    const { resume } = decoded;
    return judgePieces(info, { homes, stamps, parts: undefined, resume }).verified;
  }

  /** Keeps what is verified of files with these stamps, in place of what was kept before. */
  async keep(pieces: Bitfield, stamps: readonly (FileStamp | undefined)[]): Promise<void> {
    const { infoHash, path } = this.#options;
    const noParts = undefined;
    const checkpoint = encodeCheckpoint({ infoHash, pieces, stamps: [...stamps, noParts], slots: [] });
    await this.#trying(async () => {
      await onDisk(path, async () => makeFolder(dirname(path)));
      await this.#file.replace(checkpoint);
      await this.#file.close();
    });
  }

  /** Forgets it all: the torrent is gone for good. */
  async remove(): Promise<void> {
    await this.#trying(() => onDisk(this.#options.path, () => rm(this.#options.path, { force: true })));
  }

  async #trying<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#options.warn(
        `${error.message} Until then each start checks all files of ${this.#options.infoHash}.`,
      );
      return undefined;
    }
  }
}
