import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { PeerId } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import type { Member, MemberKey } from "../core/store.ts";

/** A member where it stands: the same object for as long as the member stays in the swarm. */
export interface Entry extends Member {
  peerId: PeerId;
  seeding: boolean;
  /** Its place in the list. */
  at: number;
}

/** How many members call themselves by one peer id. */
interface Namesakes {
  members: number;
  seeding: number;
}

/**
 * The members of one torrent.
 *
 * Invariant: an entry stands in the list at its `at`, once, and each peer id's namesakes are the entries that bear it.
 */
export class Swarm {
  readonly #list: Entry[] = [];
  readonly #byKey = new Map<MemberKey, Entry>();
  readonly #byPeerId = new Map<PeerId, Namesakes>();
  #seeders = 0;
  #downloaded = 0;

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get counts(): SwarmCounts {
    const leechers = this.#byPeerId.size - this.#seeders;
    return { seeders: this.#seeders, leechers, downloaded: this.#downloaded };
  }

  entry(key: MemberKey): Entry | undefined {
    return this.#byKey.get(key);
  }

  put({ key, peerId, seeding }: Member): Member | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) {
      const added = { key, peerId, seeding, at: this.#list.length };
      this.#list.push(added);
      this.#byKey.set(key, added);
      this.#count(added, 1);
      return undefined;
    }
    const before = { key, peerId: entry.peerId, seeding: entry.seeding };
    this.#count(entry, -1);
    entry.peerId = peerId;
    entry.seeding = seeding;
    this.#count(entry, 1);
    return before;
  }

  remove(key: MemberKey): void {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return;
    this.#swap(entry.at, this.#list.length - 1);
    this.#list.pop();
    this.#byKey.delete(key);
    this.#count(entry, -1);
  }

  countCompletion(): void {
    this.#downloaded += 1;
  }

  /** Shuffles only as much of the list as is asked for: the list's order means nothing. */
  sample(count: number, except: MemberKey, random: Random): readonly Member[] {
    let eligible = this.#list.length;
    const excepted = this.#byKey.get(except);
    if (excepted !== undefined) {
      eligible -= 1;
      this.#swap(excepted.at, eligible);
    }
    const chosen = Math.min(count, eligible);
    for (let at = 0; at < chosen; at++) this.#swap(at, at + random.below(eligible - at));
    return this.#list.slice(0, chosen);
  }

  #swap(at: number, other: number): void {
    const entry = this.#list[at];
    const otherEntry = this.#list[other];
    if (entry === undefined || otherEntry === undefined) return;
    this.#list[at] = otherEntry;
    this.#list[other] = entry;
    otherEntry.at = at;
    entry.at = other;
  }

  #count({ peerId, seeding }: Member, change: 1 | -1): void {
    const namesakes = this.#byPeerId.get(peerId) ?? { members: 0, seeding: 0 };
    const seededBefore = namesakes.seeding > 0;
    namesakes.members += change;
    if (seeding) namesakes.seeding += change;
    if (namesakes.members === 0) this.#byPeerId.delete(peerId);
    else this.#byPeerId.set(peerId, namesakes);
    this.#seeders += Number(namesakes.seeding > 0) - Number(seededBefore);
  }
}
