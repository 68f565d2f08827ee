import type { Scheduler } from "./scheduler.ts";

/** How fast a node's disk and processor are. `Infinity`: they take no time. */
export interface DiskSetup {
  /** For each piece read or written, whatever else the disk does. */
  readonly accessMillis: number;
  readonly bytesPerSecond: number;
  readonly hashedBytesPerSecond: number;
}

/** A node's disk and processor: one thing after another. */
export class Disk {
  /** If set, writes fail with this. */
  problem: string | undefined;
  readonly #scheduler: Scheduler;
  readonly #setup: DiskSetup;
  #freeAt = 0;
  #hashedAt = 0;

  constructor(scheduler: Scheduler, setup: DiskSetup) {
    this.#scheduler = scheduler;
    this.#setup = setup;
  }

  /** Reads or writes so many bytes. */
  moved(bytes: number, then: () => void): void {
    this.#freeAt = Math.max(this.#scheduler.now, this.#freeAt) + (bytes / this.#setup.bytesPerSecond) * 1000;
    this.#at(this.#freeAt + this.#setup.accessMillis, then);
  }

  hashed(bytes: number, then: () => void): void {
    const takes = (bytes / this.#setup.hashedBytesPerSecond) * 1000;
    this.#hashedAt = Math.max(this.#scheduler.now, this.#hashedAt) + takes;
    this.#at(this.#hashedAt, then);
  }

  #at(when: number, then: () => void): void {
    if (when <= this.#scheduler.now) then();
    else this.#scheduler.at(when, then);
  }
}
