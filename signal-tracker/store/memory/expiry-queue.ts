import type { Millis } from "#shared/base/ids.ts";

/** An item of a queue: it knows its neighbours. */
export interface Expiring<Item> {
  readonly expiresAt: Millis;
  older?: Item | undefined;
  newer?: Item | undefined;
}

/**
 * Items in the order in which they were put, which is the order in which they expire. A Map keeps that order, too, but has
 * to skip the holes that removed items leave at its start.
 *
 * Invariant: the items form a doubly linked list from the oldest, along `newer`, to the newest.
 */
export class ExpiryQueue<Item extends Expiring<Item>> {
  #oldest: Item | undefined;
  #newest: Item | undefined;
  /** Where the iteration goes on. */
  #next: Item | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Item | undefined {
    return this.#oldest;
  }

  /**
   * The items, the oldest first, one iteration at a time. The queue may change meanwhile: what leaves is left out, and what
   * comes is there.
   */
  *items(): Generator<Item, undefined> {
    this.#next = this.#oldest;
    while (this.#next !== undefined) {
      const item = this.#next;
      this.#next = item.newer;
      yield item;
    }
    return undefined;
  }

  /** The item must not be in any queue. */
  put(item: Item): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size += 1;
  }

  /** The item must be in this queue. */
  remove(item: Item): void {
    const { older, newer } = item;
    if (item === this.#next) this.#next = newer;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    this.#size -= 1;
  }
}
