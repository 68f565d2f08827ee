import type { LinkId } from "#shared/base/ids.ts";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { peerName } from "./peer-table.ts";

/** A peer in a swarm. */
export interface SwarmPeer {
  /** Its address over TCP, or `browser`. */
  readonly peer: string;
  readonly client: string;
  readonly kind: PeerView["kind"];
  /** Another peer introduced it. */
  readonly introduced: boolean;
  /** Share of the torrent that it has, 0 to 1. Undefined: we have no metadata yet. */
  readonly progress: number | undefined;
  readonly seeding: boolean;
  /** It would serve us now. Undefined: it has nothing to ask for. */
  readonly idle: boolean | undefined;
}

/** No news for this long: quick peers have had time to say what they have. */
export const QUIET_MILLIS = 3_000;
/** The same while an upload slot may still come free: clients choose anew every 10 s whom to unchoke (BEP 3). */
export const IDLE_QUIET_MILLIS = 11_000;
/** The longest wait for peers that trackers count but we cannot reach. */
export const MAX_WATCH_MILLIS = 20_000;

/** Watches a swarm until there is nothing new to expect. The caller tells it the time. */
export class SwarmWatch {
  readonly #idleOnly: boolean;
  readonly #most: number;
  /** Links that unchoke us, in the order in which they did. */
  readonly #idle = new Set<LinkId>();
  #view: TorrentView | undefined;
  #state = "";
  #begunAt: number | undefined;
  #newsAt = 0;
  #lookAgainAt = 0;

  constructor(idleOnly: boolean, most: number) {
    this.#idleOnly = idleOnly;
    this.#most = most;
  }

  /** When it will have seen enough if nothing happens, on the clock of `look`. */
  get lookAgainAt(): number {
    return this.#lookAgainAt;
  }

  /** Looks at the swarm; `now` is in milliseconds. True: it has seen enough. */
  look(now: number, view: TorrentView): boolean {
    this.#view = view;
    for (const { link, theyChoke } of view.peers) {
      if (theyChoke) this.#idle.delete(link);
      else this.#idle.add(link);
    }
    this.#begunAt ??= now;
    const state = stateOf(view);
    if (state !== this.#state) this.#newsAt = now;
    this.#state = state;

    const isKnown = view.phase !== "metadata"; // Else we cannot say what they have.
    if (this.#idleOnly && isKnown && this.peers().length >= this.#most) return true;
    const mayComeFree = this.#idleOnly && view.peers.some(({ theyChoke }) => theyChoke);
    const quietAt = this.#newsAt + (mayComeFree ? IDLE_QUIET_MILLIS : QUIET_MILLIS);
    const endAt = this.#begunAt + MAX_WATCH_MILLIS;
    this.#lookAgainAt = isSettled(view) ? Math.min(quietAt, endAt) : endAt;
    return now >= this.#lookAgainAt;
  }

  /** The peers found so far: those that would serve us first, then those that have most. */
  peers(): readonly SwarmPeer[] {
    const view = this.#view;
    if (view === undefined) return [];
    const ranks = new Map([...this.#idle].map((link, at) => [link, at]));
    const rank = ({ link }: PeerView): number => ranks.get(link) ?? ranks.size;
    return view.peers
      .filter(({ link }) => !this.#idleOnly || this.#idle.has(link))
      .sort((left, right) => rank(left) - rank(right) || right.progress - left.progress)
      .slice(0, this.#most)
      .map((peer) => swarmPeer(peer, view.phase !== "metadata"));
  }
}

function swarmPeer(peer: PeerView, isKnown: boolean): SwarmPeer {
  const { client, kind, progress, theyChoke } = peer;
  return {
    peer: peerName(peer),
    client,
    kind,
    introduced: peer.isIntroduced,
    progress: isKnown ? progress : undefined,
    seeding: isKnown && progress === 1,
    idle: progress > 0 ? !theyChoke : undefined,
  };
}

/** All that counts as news. */
function stateOf({ phase, trackers, peers }: TorrentView): string {
  return JSON.stringify([
    phase,
    trackers.map(({ state }) => state),
    peers.map(({ link, progress, theyChoke }) => [link, progress > 0, theyChoke]),
  ]);
}

/** Every tracker has answered or failed, and we have links to as many peers as they count. */
function isSettled({ trackers, peers }: TorrentView): boolean {
  const counted = Math.max(0, ...trackers.map(({ seeders, leechers }) => seeders + leechers - 1)); // We are one of them.
  const isHeard = trackers.every(({ state }) => state !== "waiting" && state !== "connecting");
  return isHeard && peers.length >= counted;
}
