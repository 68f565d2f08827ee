import type { Random } from "#shared/base/random.ts";

/** An entry of a list: it knows its index. */
export interface Listed {
  at: number;
}

/**
 * Entries in no particular order, so that any one can be removed or picked at random without moving the others.
 *
 * Invariant: each entry is at index `at`, once.
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

  /** At most `count` entries other than `except`. Every such set is equally likely; shuffles only that many. */
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
