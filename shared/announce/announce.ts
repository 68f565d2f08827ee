import type { InfoHash, OfferId, PeerId } from "../base/ids.ts";

/** What a peer tells a tracker happened to it. `update` is the regular announce and is sent as no event at all. */
export type AnnounceEvent = "started" | "update" | "completed" | "stopped" | "paused";

/** A WebRTC offer to be handed to one peer, whoever the tracker picks. */
export interface Offer {
  readonly offerId: OfferId;
  readonly sdp: string;
}

/** One announce, by whatever transport it travels. */
export interface Announce {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly event: AnnounceEvent;
  /** Bytes, as the peer counts them. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing. Undefined: not known, which counts as not complete. */
  readonly left: number | undefined;
  /** Each is for one peer. Empty over HTTP and UDP. */
  readonly offers: readonly Offer[];
}

/** The answer to an offer, on its way back to the peer that made it. */
export interface Answer {
  readonly infoHash: InfoHash;
  /** Who answers. */
  readonly peerId: PeerId;
  /** Who offered. */
  readonly toPeerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: string;
}

/** What a tracker knows of one swarm (BEP 48). */
export interface SwarmCounts {
  readonly seeders: number;
  readonly leechers: number;
  readonly downloaded: number;
}
