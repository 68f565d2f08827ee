import { ProtocolError } from "../base/errors.ts";
import type { InfoHash, OfferId, PeerId } from "../base/ids.ts";
import type { CompactPeers, PeerAddress } from "./compact.ts";

/** What a peer tells a tracker happened to it. `update` is the regular announce and is sent as no event at all. */
export type AnnounceEvent = "started" | "update" | "completed" | "stopped" | "paused";

/** Reads the event's name, by whatever transport it came. Absent and empty are `update`, others a `ProtocolError`. */
export function parseAnnounceEvent(value: unknown): AnnounceEvent {
  switch (value) {
    case "started":
    case "update":
    case "completed":
    case "stopped":
    case "paused":
      return value;
    case undefined:
    case null:
    case "":
      return "update";
    default:
      throw new ProtocolError(
        "malformedTrackerMessage",
        "event must be started, update, completed, stopped, paused or absent",
      );
  }
}

/** A WebRTC offer to be handed to one peer, whoever the tracker picks. */
export interface Offer {
  readonly offerId: OfferId;
  readonly sdp: string;
}

/** What every announce says, by whatever transport it travels. */
interface AnnounceBase {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly event: AnnounceEvent;
  /** Bytes, as the peer counts them. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing. Undefined: not known, which counts as not complete. */
  readonly left: number | undefined;
}

/** The announce of a peer that is reached over WebRTC: it travels over a WebSocket. */
export interface Announce extends AnnounceBase {
  /** Each is for one peer. */
  readonly offers: readonly Offer[];
}

/** The announce of a peer that listens for TCP: it travels over HTTP or UDP, and the tracker sees from which address. */
export interface AddressAnnounce extends AnnounceBase {
  /** Where the peer listens: 1 to 65535. */
  readonly port: number;
  /** By this the tracker knows the client again. Bytes, one character each; empty: none. Told to nobody else. */
  readonly key: string;
  /** How many peers it would like to hear of. Undefined: the tracker decides. */
  readonly peersWanted: number | undefined;
}

/** What clients say is left of a magnet's torrent before they know its size: to trackers, absent is none. */
export const UNKNOWN_LEFT_BYTES = 16_384;

/** Peers of one reply that are read: more than any tracker sends, and than a client can dial before the next one. */
export const MAX_REPLY_PEERS = 1_000;

/** How a client wants to be told of peers: packed (BEP 23, BEP 7), or one by one (BEP 3). */
export type PeersForm = "compact" | "list" | "listWithoutIds";

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

/** What every reply to an announce says. */
interface ReplyBase {
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

/** The tracker heard an announce over a WebSocket. */
export interface AnnounceReply extends ReplyBase {
  readonly type: "announceReply";
  readonly infoHash: InfoHash;
}

/** Seconds between announces over HTTP and UDP: what our tracker says, and what holds where another says nothing. */
export const ADDRESS_INTERVAL_SECONDS = 600;

/** The tracker heard an announce over HTTP or UDP. */
export interface AddressReply extends ReplyBase {
  readonly type: "addressReply";
  readonly peers: readonly TcpPeer[];
}

/** The same, as our tracker says it most of the time: the peers are packed already. */
export interface CompactReply extends ReplyBase {
  readonly type: "compactReply";
  readonly peers: CompactPeers;
}

/** A peer that listens for TCP, as a tracker tells of it. */
export interface TcpPeer {
  readonly address: PeerAddress;
  /** As it calls itself. Undefined: the tracker does not say. */
  readonly peerId: PeerId | undefined;
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

/** The tracker refuses one request. A socket it came over stays open, and other torrents are not concerned. */
export interface Failure {
  readonly type: "failure";
  readonly action: "announce" | "scrape";
  /** Undefined: the request named none, or none that could be read. */
  readonly infoHash: InfoHash | undefined;
  /** A sentence for the person. */
  readonly reason: string;
  /** How long to leave the tracker alone. Absent: it does not say. */
  readonly retryIn?: RetryIn | undefined;
}

/** Hears, in a few words, of what was left out of a message that is otherwise good. */
export type LeftOut = (what: string) => void;

/** Seconds until a tracker that refuses may be asked again, or that it never may (BEP 31). */
export type RetryIn = number | "never";

/**
 * Reads how long a refusal keeps a client away: `retry in`, which is minutes or "never" (BEP 31), or else the intervals that
 * some trackers send with a refusal. Undefined: it does not say.
 */
export function readRetryIn(retryIn: unknown, intervalSeconds: number): RetryIn | undefined {
  if (retryIn === "never") return retryIn;
  const minutes = Number(retryIn);
  return (minutes > 0 ? minutes * 60 : intervalSeconds) || undefined;
}

/** What a tracker may say to a client over a socket. */
export type TrackerMessage = AnnounceReply | RelayedSdp | ScrapeReply | Failure;
