/** Written bytes that may wait for a sync: half a second of hashing if the program is killed. */
export const SYNC_BYTES = 256 * 1024 * 1024;

/** How long they may wait: what a slow download can lose in a power failure. */
export const SYNC_MILLIS = 10_000;

/**
 * Decides when to sync: not after each piece, as a disk syncs only a hundred times a second.
 *
 * Invariant: one sync runs at a time, and a request during a sync gets one that begins after it.
 */
export class SyncSchedule {
  readonly #syncNow: () => Promise<void>;
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** The failure of a background sync. */
  #failure: unknown;

  constructor(syncNow: () => Promise<void>) {
    this.#syncNow = syncNow;
  }

  /** Counts bytes just written. A background sync soon follows. */
  written(bytes: number): void {
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= SYNC_BYTES) this.#inBackground();
    // The next start checks what is not synced: no reason to keep the program alive.
    else this.#timer ??= setTimeout(() => this.#inBackground(), SYNC_MILLIS).unref();
  }

  /** Syncs everything written so far. */
  sync(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const done = this.#last.then(() => {
      this.#next = undefined;
      this.#waitingBytes = 0;
      this.stop();
      return this.#syncNow();
    });
    this.#next = done;
    this.#last = done.catch(() => {});
    return done;
  }

  /** Waits until no sync runs. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Throws the failure of a background sync since the last call, once. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Cancels the next background sync. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #inBackground(): void {
    if (this.#next !== undefined) return; // One is about to run.
    this.sync().catch((error: unknown) => {
      this.#failure = error;
    });
  }
}
