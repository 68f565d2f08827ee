import type { InfoHash, Millis } from "#shared/base/ids.ts";
import { MAX_RECENT_LOOKS, RECENT_LOOK_MILLIS, SOCKETS_IN_RECENT_LOOK } from "../limits/nodes.ts";
import type { SwarmLook } from "./shared-swarms.ts";

/** A look, or undefined if the others cannot be reached. */
type Looked = SwarmLook | undefined;

interface Recent {
  readonly at: Millis;
  /** Absent: the swarm was not busy then, or one of our members has changed since. */
  look: Looked | Promise<Looked>;
  /** How many more offers its sockets are good for. */
  left: number;
}

/**
 * Spares busy swarms most of their looks: where two announces come within a second, the second one asks for more sockets than it
 * needs, and those that follow in the next second choose among them.
 *
 * Invariant: the oldest is first. A look that is kept shows all members of this node as they are.
 */
export class RecentLooks {
  readonly #recent = new Map<InfoHash, Recent>();

  /** The look to choose that many sockets from. Undefined: ask. */
  take(infoHash: InfoHash, count: number, now: Millis): SwarmLook | Promise<Looked> | undefined {
    const recent = this.#recent.get(infoHash);
    if (recent?.look === undefined || recent.left < count || now - recent.at >= RECENT_LOOK_MILLIS)
      return undefined;
    recent.left -= count;
    return recent.look;
  }

  /** Asks by `look` for that many sockets, or more if the swarm is busy. */
  ask(
    infoHash: InfoHash,
    count: number,
    now: Millis,
    look: (sockets: number) => Promise<Looked>,
  ): Promise<Looked> {
    const before = this.#recent.get(infoHash);
    const isBusy = before !== undefined && now - before.at < RECENT_LOOK_MILLIS;
    const looking = look(isBusy ? SOCKETS_IN_RECENT_LOOK : count);
    const recent: Recent = {
      at: now,
      look: isBusy ? looking : undefined,
      left: SOCKETS_IN_RECENT_LOOK - count,
    };
    this.#recent.delete(infoHash);
    this.#recent.set(infoHash, recent);
    this.#prune(now);
    if (!isBusy) return looking;
    return looking.then((looked) => {
      if (recent.look === looking) recent.look = looked;
      // The whole swarm is in it.
      if (looked !== undefined && looked.sockets.length < SOCKETS_IN_RECENT_LOOK)
        recent.left = Number.POSITIVE_INFINITY;
      return looked;
    });
  }

  /** A member of this node has changed. */
  forget(infoHash: InfoHash): void {
    const recent = this.#recent.get(infoHash);
    if (recent !== undefined) recent.look = undefined;
  }

  #prune(now: Millis): void {
    for (const [infoHash, { at }] of this.#recent) {
      if (now - at < RECENT_LOOK_MILLIS && this.#recent.size <= MAX_RECENT_LOOKS) return;
      this.#recent.delete(infoHash);
    }
  }
}
