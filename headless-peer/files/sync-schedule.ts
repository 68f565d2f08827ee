/** Written bytes that may wait for a sync: hashed again in half a second if the program is killed. */
export const SYNC_BYTES = 256 * 1024 * 1024;

/** How long they may wait: what a slow download can lose to a power failure. */
export const SYNC_MILLIS = 10_000;

/**
 * Says when to sync: neither for every piece, as a disk syncs only a hundred times a second, nor never.
 *
 * Invariant: one sync runs at a time, and who asks while one runs gets one that begins later.
 */
export class SyncSchedule {
  readonly #syncNow: () => Promise<void>;
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** What went wrong when nobody was asking. */
  #failure: unknown;

  constructor(syncNow: () => Promise<void>) {
    this.#syncNow = syncNow;
  }

  /** So many bytes more were written. They are synced in the background before long. */
  written(bytes: number): void {
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= SYNC_BYTES) this.#inBackground();
    // What is not synced is checked at the next start: no reason to keep the program alive.
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

  /** Throws, once, what went wrong in the background since it was last asked. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Nothing more happens by itself. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #inBackground(): void {
    if (this.#next !== undefined) return; // It is about to happen.
    this.sync().catch((error: unknown) => {
      this.#failure = error;
    });
  }
}
