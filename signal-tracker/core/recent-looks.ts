import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import {
  LOOK_KEPT_MILLIS,
  MAX_RECENT_LOOKS,
  RECENT_LOOK_MILLIS,
  SOCKETS_IN_RECENT_LOOK,
} from "../limits/nodes.ts";
import type { SwarmLook } from "./shared-swarms.ts";

/** A look, or undefined if the others cannot be reached. */
type Looked = SwarmLook | undefined;

interface Recent {
  readonly at: Millis;
  look: Looked | Promise<Looked>;
  /** How many more offers its sockets are good for. */
  left: number;
  /** Until then it may be used. */
  until: Millis;
}

/**
 * Spares swarms that nodes share most of their looks: announces that change nothing choose from the last one. When another node
 * has told of a change there, it is used for a moment longer, so that a busy swarm needs one look in that time.
 *
 * Invariant: the oldest is first. A look that is kept shows all members of this node as they are.
 */
export class RecentLooks {
  readonly #recent = new Map<InfoHash, Recent>();

  /** The look to choose that many sockets from. Undefined: ask. */
  take(infoHash: InfoHash, count: number, now: Millis): SwarmLook | Promise<Looked> | undefined {
    const recent = this.#recent.get(infoHash);
    if (recent?.look === undefined || recent.left < count || now >= recent.until) return undefined;
    recent.left -= count;
    return recent.look;
  }

  /** Asks by `look` for that many sockets, or for as many as further announces may want, and keeps what comes. */
  ask(
    infoHash: InfoHash,
    count: number,
    now: Millis,
    look: (sockets: number) => Promise<Looked>,
    isForMore = true,
  ): Promise<Looked> {
    const asked = isForMore ? Math.max(count, SOCKETS_IN_RECENT_LOOK) : count;
    const looking = look(asked);
    const recent: Recent = {
      at: now,
      look: looking,
      left: asked - count,
      until: millis(now + LOOK_KEPT_MILLIS),
    };
    this.#recent.delete(infoHash);
    this.#recent.set(infoHash, recent);
    this.#prune(now);
    return looking.then((looked) => {
      recent.look = looked;
      // The next look removes more.
      if (looked?.isStale === true) recent.until = now;
      // The whole swarm is in it.
      if (looked !== undefined && looked.sockets.length < asked) recent.left = Number.POSITIVE_INFINITY;
      return looked;
    });
  }

  /** Another node has told of a change. */
  changedElsewhere(infoHash: InfoHash, now: Millis): void {
    const recent = this.#recent.get(infoHash);
    if (recent !== undefined) recent.until = millis(Math.min(recent.until, now + RECENT_LOOK_MILLIS));
  }

  /** A member of this node has changed. */
  forget(infoHash: InfoHash): void {
    this.#recent.delete(infoHash);
  }

  /** We may have missed what others told us, or have lost one of them. */
  forgetAll(): void {
    this.#recent.clear();
  }

  #prune(now: Millis): void {
    for (const [infoHash, { at }] of this.#recent) {
      if (now - at < LOOK_KEPT_MILLIS && this.#recent.size <= MAX_RECENT_LOOKS) return;
      this.#recent.delete(infoHash);
    }
  }
}
