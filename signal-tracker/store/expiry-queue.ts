import type { Millis } from "#shared/base/ids.ts";

/** What can wait in a queue: it knows its neighbours there. */
export interface Expiring<Item> {
  readonly expiresAt: Millis;
  older?: Item | undefined;
  newer?: Item | undefined;
}

/**
 * Items in the order in which they were put, which is the order in which they expire. A Map keeps that order, too, but
 * when its first items are gone it has to look past the holes that they left.
 *
 * Invariant: from the oldest item on, every `newer` has that item as its `older`, up to the newest.
 */
export class ExpiryQueue<Item extends Expiring<Item>> {
  #oldest: Item | undefined;
  #newest: Item | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Item | undefined {
    return this.#oldest;
  }

  /** The item is in no queue. */
  put(item: Item): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size += 1;
  }

  /** The item is in this queue. */
  remove(item: Item): void {
    const { older, newer } = item;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    this.#size -= 1;
  }
}
