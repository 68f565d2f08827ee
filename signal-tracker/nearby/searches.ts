import type { RoomCode } from "#shared/announce/nearby.ts";
import type { Millis } from "#shared/base/ids.ts";
import { Tally } from "../core/tally.ts";
import type { Guest } from "./guest.ts";

/** Somebody with a code that this node does not know. */
interface Seeker {
  readonly guest: Guest;
  readonly code: RoomCode;
  readonly until: Millis;
}

interface Search {
  /** The network that began it. */
  readonly network: string;
  /** In the order of their times. */
  readonly seekers: Seeker[];
}

/** Codes that the other nodes were asked for. */
export class Searches {
  readonly #searches = new Map<RoomCode, Search>();
  readonly #countOf = new Tally<string>();

  has(code: RoomCode): boolean {
    return this.#searches.has(code);
  }

  /** How many a network has begun. */
  countOf(network: string): number {
    return this.#countOf.of(network);
  }

  /** Somebody seeks the room of a code until then. Returns whether nobody did before. */
  add(code: RoomCode, guest: Guest, until: Millis): boolean {
    const seeker = { guest, code, until };
    const known = this.#searches.get(code);
    known?.seekers.push(seeker);
    if (known !== undefined) return false;
    const { network } = guest.visitor;
    this.#searches.set(code, { network, seekers: [seeker] });
    this.#countOf.add(network);
    return true;
  }

  /** Ends a search. Returns whose it was. */
  end(code: RoomCode): readonly Seeker[] {
    const search = this.#searches.get(code);
    if (search === undefined) return [];
    this.#searches.delete(code);
    this.#countOf.remove(search.network);
    return search.seekers;
  }

  /** Takes out those whose time is over. */
  takeOverdue(now: Millis): readonly Seeker[] {
    const overdue: Seeker[] = [];
    for (const [code, { seekers }] of this.#searches) {
      const left = seekers.findIndex(({ until }) => until > now);
      if (left === -1) overdue.push(...this.end(code));
      else overdue.push(...seekers.splice(0, left));
    }
    return overdue;
  }
}
