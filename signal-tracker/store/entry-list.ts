import type { Random } from "#shared/base/random.ts";

/** What can stand in a list: it knows its place. */
export interface Listed {
  at: number;
}

/**
 * Entries in an order that means nothing, so that each can be removed, or picked at random, without moving the others.
 *
 * Invariant: an entry stands at its `at`, once.
 */
export class EntryList<Entry extends Listed> {
  readonly #entries: Entry[] = [];

  get length(): number {
    return this.#entries.length;
  }

  entry(at: number): Entry | undefined {
    return this.#entries[at];
  }

  add(entry: Entry): void {
    entry.at = this.#entries.length;
    this.#entries.push(entry);
  }

  remove(entry: Entry): void {
    this.#swap(entry.at, this.#entries.length - 1);
    this.#entries.pop();
  }

  /** At most `count` entries other than `except`, each set of them equally likely: shuffles only as much as that. */
  sample(count: number, except: Entry | undefined, random: Random): readonly Entry[] {
    let eligible = this.#entries.length;
    if (except !== undefined) {
      eligible -= 1;
      this.#swap(except.at, eligible);
    }
    const chosen = Math.min(count, eligible);
    for (let at = 0; at < chosen; at++) this.#swap(at, at + random.below(eligible - at));
    return this.#entries.slice(0, chosen);
  }

  #swap(at: number, other: number): void {
    const entry = this.#entries[at];
    const otherEntry = this.#entries[other];
    if (entry === undefined || otherEntry === undefined) return;
    this.#entries[at] = otherEntry;
    this.#entries[other] = entry;
    otherEntry.at = at;
    entry.at = other;
  }
}
