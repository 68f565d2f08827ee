import { ProtocolError } from "../base/errors.ts";
import type { InfoHash, OfferId, PeerId } from "../base/ids.ts";
import type { CompactPeers, PeerAddress } from "./compact.ts";

/** The event of an announce. `update` is the regular announce, which is sent without an event. */
export type AnnounceEvent = "started" | "update" | "completed" | "stopped" | "paused";

/** Parses an event's name from any transport. Absent or empty means `update`. Throws a `ProtocolError` for an unknown name. */
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

/** A WebRTC offer, which the tracker relays to one peer of its choice. A tracker does not need to know what `Sdp` is. */
export interface Offer<Sdp = string> {
  readonly offerId: OfferId;
  readonly sdp: Sdp;
}

/** The fields of an announce over any transport. */
interface AnnounceBase {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly event: AnnounceEvent;
  /** Bytes, as counted by the peer. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing. Undefined: unknown, which counts as incomplete. */
  readonly left: number | undefined;
  /** To how many more peers it would upload now. Absent: it does not say. A field of our own, which others ignore. */
  readonly freeSlots?: number | undefined;
}

/** An announce over WebSocket, from a peer that connects over WebRTC. */
export interface Announce<Sdp = string> extends AnnounceBase {
  /** The tracker relays each to a different peer. */
  readonly offers: readonly Offer<Sdp>[];
}

/** An announce over HTTP or UDP, from a peer that listens for TCP. The tracker sees its address. */
export interface AddressAnnounce extends AnnounceBase {
  /** Where the peer listens: 1 to 65535. */
  readonly port: number;
  /** Identifies the client to the tracker, and to nobody else. One character for each byte; empty: no key. */
  readonly key: string;
  /** How many peers it wants. Undefined: the tracker decides. */
  readonly peersWanted: number | undefined;
}

/** What clients send as `left` before they know a torrent's size: trackers take a missing value for 0. */
export const UNKNOWN_LEFT_BYTES = 16_384;

/** Peers that we read from one reply: more than we could dial before the next one. */
export const MAX_REPLY_PEERS = 1_000;

/** The form in which a client wants peers: compact (BEP 23, BEP 7) or a list of dictionaries (BEP 3). */
export type PeersForm = "compact" | "list" | "listWithoutIds";

/** The answer to an offer, on its way back to the peer that made it. */
export interface Answer<Sdp = string> {
  readonly infoHash: InfoHash;
  /** The peer that answers. */
  readonly peerId: PeerId;
  /** The peer that made the offer. */
  readonly toPeerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: Sdp;
}

/** A tracker's counts for one swarm (BEP 48). */
export interface SwarmCounts {
  readonly seeders: number;
  readonly leechers: number;
  readonly downloaded: number;
}

/** A client's message to a tracker over WebSocket. */
export type ClientMessage<Sdp = string> =
  | { readonly type: "announce"; readonly announce: Announce<Sdp> }
  | { readonly type: "answer"; readonly answer: Answer<Sdp> }
  | { readonly type: "scrape"; readonly infoHashes: readonly InfoHash[] };

/** The fields of every reply to an announce. */
interface ReplyBase {
  /** Announce again after this. */
  readonly intervalSeconds: number;
  /** Undefined: the tracker allows earlier announces. */
  readonly minIntervalSeconds: number | undefined;
  /** Includes the announcing peer. */
  readonly seeders: number;
  readonly leechers: number;
  readonly trackerId: string | undefined;
  /** A sentence for the person. The tracker accepted the announce even so. */
  readonly warning: string | undefined;
}

/** The reply to an announce over WebSocket. */
export interface AnnounceReply extends ReplyBase {
  readonly type: "announceReply";
  readonly infoHash: InfoHash;
  /** To how many peers the tracker passed on the announce's offers. Absent: it does not say, or there were none. */
  readonly offersRelayed?: number | undefined;
}

/** Seconds between announces over HTTP and UDP: our tracker's interval, and the default if another names none. */
export const ADDRESS_INTERVAL_SECONDS = 600;

/** The reply to an announce over HTTP or UDP. */
export interface AddressReply extends ReplyBase {
  readonly type: "addressReply";
  readonly peers: readonly TcpPeer[];
}

/** Our tracker's usual form of the same reply, with packed peers. */
export interface CompactReply extends ReplyBase {
  readonly type: "compactReply";
  readonly peers: CompactPeers;
}

/** A peer that listens for TCP, from a tracker's reply. */
export interface TcpPeer {
  readonly address: PeerAddress;
  /** Undefined: the tracker did not send it. */
  readonly peerId: PeerId | undefined;
}

/** Another peer's offer or answer, relayed by the tracker. */
export interface RelayedSdp<Sdp = string> {
  readonly type: "offer" | "answer";
  readonly infoHash: InfoHash;
  /** The sender, by its own claim. */
  readonly peerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: Sdp;
}

/** May lack swarms that the tracker does not know. */
export interface ScrapeReply {
  readonly type: "scrapeReply";
  readonly swarms: ReadonlyMap<InfoHash, SwarmCounts>;
}

/** The tracker refuses one request. A WebSocket stays open, and other torrents are unaffected. */
export interface Failure {
  readonly type: "failure";
  readonly action: "announce" | "scrape";
  /** Undefined: the request named none that could be read. */
  readonly infoHash: InfoHash | undefined;
  /** A sentence for the person. */
  readonly reason: string;
  /** When the tracker may be asked again. Absent: it does not say. */
  readonly retryIn?: RetryIn | undefined;
  /** Why, for programs. Absent: it is about something else, or the tracker does not say. */
  readonly code?: FailureCode | undefined;
}

const FAILURE_CODES = [
  /** The tracker asks who announces: a page logs in and connects again, a program announces with a key in the URL. */
  "loginNeeded",
  "keyMalformed",
  "keyUnknown",
  "keyRevoked",
  "keyExpired",
  "accountBanned",
  "tooManyOfAccount",
  /** The operator's lists do not allow the torrent. */
  "torrentNotAllowed",
  /** The client announces the torrent far more often than the tracker asks. */
  "tooEarly",
] as const;

/** Why a tracker refuses an announce. */
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Reads the code of a refusal. Undefined: not one that we know. */
export function readFailureCode(value: unknown): FailureCode | undefined {
  return FAILURE_CODES.find((code) => code === value);
}

/** Seconds until a tracker that refused may be asked again, or `never` (BEP 31). */
export type RetryIn = number | "never";

/**
 * Reads when a client may retry after a refusal: `retry in`, in minutes or "never" (BEP 31), or else the interval that some
 * trackers send with a refusal. Undefined if there is neither.
 */
export function readRetryIn(retryIn: unknown, intervalSeconds: number): RetryIn | undefined {
  if (retryIn === "never") return retryIn;
  const isWritten = typeof retryIn === "number" || typeof retryIn === "string";
  const seconds = isWritten ? Number(retryIn) * 60 : 0; // An object may have a toString of its own, or none that works.
  if (seconds === Number.POSITIVE_INFINITY) return "never"; // A timer for it would go off at once.
  return (seconds > 0 ? seconds : intervalSeconds) || undefined;
}

/** The value of `retry in` (BEP 31): minutes, or "never". */
export function encodeRetryIn(retryIn: RetryIn | undefined): number | "never" | undefined {
  return typeof retryIn === "number" ? Math.ceil(retryIn / 60) : retryIn;
}

/** A tracker's message to a client over WebSocket. */
export type TrackerMessage<Sdp = string> = AnnounceReply | RelayedSdp<Sdp> | ScrapeReply | Failure;
