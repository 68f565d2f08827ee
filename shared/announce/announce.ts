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

/** What a client may say to a tracker over a socket. */
export type ClientMessage =
  | { readonly type: "announce"; readonly announce: Announce }
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "scrape"; readonly infoHashes: readonly InfoHash[] };

/** The tracker heard an announce. */
export interface AnnounceReply {
  readonly type: "announceReply";
  readonly infoHash: InfoHash;
  /** When to announce again. */
  readonly intervalSeconds: number;
  /** Undefined: announcing earlier is not forbidden. */
  readonly minIntervalSeconds: number | undefined;
  /** The peer that announced is counted, too. */
  readonly seeders: number;
  readonly leechers: number;
  readonly trackerId: string | undefined;
  /** A sentence for the person; the announce was heard all the same. */
  readonly warning: string | undefined;
}

/** An offer or an answer that another peer sent through the tracker. */
export interface RelayedSdp {
  readonly type: "offer" | "answer";
  readonly infoHash: InfoHash;
  /** Who sent it, as it calls itself. */
  readonly peerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: string;
}

/** Swarms the tracker does not know may be missing. */
export interface ScrapeReply {
  readonly type: "scrapeReply";
  readonly swarms: ReadonlyMap<InfoHash, SwarmCounts>;
}

/** The tracker refuses one request; its socket stays open and its other torrents are not concerned. */
export interface Failure {
  readonly type: "failure";
  readonly action: "announce" | "scrape";
  /** Undefined: the request named none, or none that could be read. */
  readonly infoHash: InfoHash | undefined;
  /** A sentence for the person. */
  readonly reason: string;
}

/** What a tracker may say to a client over a socket. */
export type TrackerMessage = AnnounceReply | RelayedSdp | ScrapeReply | Failure;
