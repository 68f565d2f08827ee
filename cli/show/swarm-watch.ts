import type { LinkId } from "#shared/base/ids.ts";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { peerName } from "./peer-table.ts";

/** One of those in a swarm. */
export interface SwarmPeer {
  /** Its address over TCP, or `browser`. */
  readonly peer: string;
  readonly client: string;
  readonly kind: PeerView["kind"];
  /** Share of the torrent that it has, 0 to 1. Undefined: nobody has told us yet what is in the torrent. */
  readonly progress: number | undefined;
  readonly seeding: boolean;
  /** It would serve us now. Undefined: it has nothing that could be asked for. */
  readonly idle: boolean | undefined;
}

/** Nothing new for so long: everybody who is quick has said what there is to say. */
export const QUIET_MILLIS = 3_000;
/** The same while an upload slot may still come free: clients choose every 10 s whom to serve (BEP 3). */
export const IDLE_QUIET_MILLIS = 11_000;
/** Peers that trackers count and that nobody reaches are waited for no longer. */
export const MAX_WATCH_MILLIS = 20_000;

/** Watches who is in a swarm, until nothing new is to be expected. Knows no clock. */
export class SwarmWatch {
  readonly #idleOnly: boolean;
  readonly #most: number;
  /** Those that serve us, the first to say so first. */
  readonly #idle = new Set<LinkId>();
  #view: TorrentView | undefined;
  #state = "";
  #begunAt: number | undefined;
  #newsAt = 0;

  constructor(idleOnly: boolean, most: number) {
    this.#idleOnly = idleOnly;
    this.#most = most;
  }

  /** Looks at the swarm as it is now, in milliseconds. True: enough has been seen. */
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

    if (now - this.#begunAt >= MAX_WATCH_MILLIS) return true;
    if (this.#idleOnly && this.peers().length >= this.#most) return true;
    const mayComeFree = this.#idleOnly && view.peers.some(({ theyChoke }) => theyChoke);
    return isSettled(view) && now - this.#newsAt >= (mayComeFree ? IDLE_QUIET_MILLIS : QUIET_MILLIS);
  }

  /** Those found so far: who serves us first, and then who has most. */
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

/** Every tracker has been heard, and everybody whom they count is here. */
function isSettled({ trackers, peers }: TorrentView): boolean {
  const counted = Math.max(0, ...trackers.map(({ seeders, leechers }) => seeders + leechers - 1)); // We are one of them.
  const isHeard = trackers.every(({ state }) => state !== "waiting" && state !== "connecting");
  return isHeard && peers.length >= counted;
}
