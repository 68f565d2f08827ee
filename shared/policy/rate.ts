import type { Millis } from "../base/ids.ts";

const WINDOW_MILLIS = 5_000; // Long enough to be steady, short enough to follow a change.
const SLOT_MILLIS = 500;
const SLOTS = WINDOW_MILLIS / SLOT_MILLIS;

/** Bytes a second over the last five seconds, or over the time since the first byte while that is shorter. */
export class Rate {
  readonly #slots = new Float64Array(SLOTS);
  /** Of all slots. */
  #sum = 0;
  #newest = -1;
  #startedAt: Millis | undefined;
  #total = 0;

  /** All bytes ever counted. */
  get total(): number {
    return this.#total;
  }

  add(now: Millis, bytes: number): void {
    this.#startedAt ??= now;
    this.#advance(now);
    const slot = this.#newest % SLOTS;
    this.#slots[slot] = (this.#slots[slot] ?? 0) + bytes;
    this.#sum += bytes;
    this.#total += bytes;
  }

  bytesPerSecond(now: Millis): number {
    if (this.#startedAt === undefined) return 0;
    this.#advance(now);
    const millis = Math.min(WINDOW_MILLIS, Math.max(SLOT_MILLIS, now - this.#startedAt));
    return (this.#sum * 1000) / millis;
  }

  #advance(now: Millis): void {
    const slot = Math.floor(now / SLOT_MILLIS);
    if (slot <= this.#newest) return;
    const passed = this.#newest < 0 ? SLOTS : Math.min(SLOTS, slot - this.#newest);
    for (let step = 0; step < passed; step++) {
      const at = (slot - step) % SLOTS;
      this.#sum -= this.#slots[at] ?? 0;
      this.#slots[at] = 0;
    }
    this.#newest = slot;
  }
}
