import type { BigIntStats } from "node:fs";
import { StorageError } from "#shared/driver/ports.ts";
import { type Identity, isSameIdentity, statOf } from "./file-stats.ts";

/**
 * A folder that we have checked, and write files into later. Node opens files by path, so we would write through a folder
 * swapped for a link in the meantime; a check just before misses only a swap at that very moment.
 */
export class KnownFolder {
  readonly path: string;
  readonly #identity: Identity & Pick<BigIntStats, "dev">;

  /** The check in progress: one is enough for all files being opened at this moment. */
  #looking: Promise<void> | undefined;

  constructor(path: string, stats: BigIntStats) {
    this.path = path;
    this.#identity = stats;
  }

  /** Rejects with a `StorageError` when something else has taken its place, such as a link. */
  refuseIfReplaced(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const stats = await statOf(this.path);
    const isSame =
      stats?.isDirectory() === true &&
      stats.dev === this.#identity.dev &&
      isSameIdentity(stats, this.#identity);
    if (isSame) return;
    throw new StorageError(
      `${this.path} was moved or replaced during the download, so nothing more is written there. Put it back, then start again.`,
    );
  }
}
