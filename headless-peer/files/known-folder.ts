import type { BigIntStats } from "node:fs";
import { StorageError } from "#shared/driver/ports.ts";
import { type Identity, isSameIdentity, statOf } from "./file-stats.ts";

/**
 * A folder that was looked at, and into which files go later. Node opens files by path, so a folder that is swapped for a
 * link meanwhile would be written through; asked just before, only a swap in that very moment is missed.
 */
export class KnownFolder {
  readonly path: string;
  readonly #identity: Identity & Pick<BigIntStats, "dev">;

  /** Under way: one look is enough for all files that are opened at this moment. */
  #looking: Promise<void> | undefined;

  constructor(path: string, stats: BigIntStats) {
    this.path = path;
    this.#identity = stats;
  }

  /** Rejects with a `StorageError` when something else stands in its place now. A link, too, is something else. */
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
      `${this.path} was moved or replaced while the download was under way, so nothing more is written there. Put it back, then start again.`,
    );
  }
}
