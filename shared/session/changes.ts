import type { PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { Peer } from "./peer.ts";

/** What can change of a torrent as a whole. */
type Mark =
  /** The storage is hashed: what we hold beyond what we held before was there all along. */
  | "checkEnded"
  /** Peers sent the metadata. */
  | "metadataKnown"
  /** Somebody offers metadata, refused it, sent some of it, or is late. */
  | "metadata"
  /** A peer that tells of its pieces one by one told us of one that is wanted soon. */
  | "revealed"
  /** Blocks are free that we may request from anybody. */
  | "blocks"
  /** A web seed may be asked, or has room for another range. */
  | "webSeeds"
  /** A peer became interested, lost interest or left, or may have no more, or the torrent has other slots. */
  | "contenders"
  /** Peers wait for a slot, and it is time to look whether others use theirs. */
  | "idleSlots"
  /** The time for a round of choking has come. */
  | "round"
  /** Leechers came, left or became complete. */
  | "leechers"
  /** Links ended, or a tracker counted peers: more may be wanted. */
  | "swarm"
  /** Peers can introduce us to others that we did not know of, or take part no more. */
  | "introducible"
  /** We know new addresses, or may dial known ones again. */
  | "addresses"
  /** An announce may be due. */
  | "announces";

/** Peers that an input concerns, each once, in the order in which they came: mostly none or one. To empty a `Set` would allocate. */
class FewPeers implements Iterable<Peer> {
  readonly #peers: Peer[] = [];

  add(peer: Peer): void {
    if (!this.#peers.includes(peer)) this.#peers.push(peer);
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#peers.values();
  }

  clear(): void {
    while (this.#peers.length > 0) this.#peers.pop(); // Keeps its memory for the next input.
  }
}

/**
 * What inputs have changed of a torrent since it was last settled: the first stroke marks it here, `settle` derives what
 * follows. A mark says what changed, never what to do about it.
 */
export interface Changes {
  readonly marks: Set<Mark>;
  /** Pieces that we hold from now on, and have told no peer of. */
  readonly held: PieceIndex[];
  /** Links on which both sides have said who they are, and that nobody was told of: its client may come with the next message. */
  readonly opened: Set<Peer>;
  /** These peers have more pieces than we knew. */
  readonly theirPieces: FewPeers;
  /** These peers may take more requests, or we may ask them for other pieces. */
  readonly downloads: FewPeers;
  /** These peers requested blocks, or their links have room for more. */
  readonly uploads: FewPeers;
  /** These peers read too little of what we send. */
  readonly overfull: FewPeers;
  /** The torrent has other trackers: these it had before. */
  formerTrackers: readonly TrackerUrl[] | undefined;
}

export function noChanges(): Changes {
  return {
    marks: new Set(),
    held: [],
    opened: new Set(),
    theirPieces: new FewPeers(),
    downloads: new FewPeers(),
    uploads: new FewPeers(),
    overfull: new FewPeers(),
    formerTrackers: undefined,
  };
}
