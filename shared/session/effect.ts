import type { AnnounceEvent, RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, LinkId, OfferId, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { Info } from "../meta/info.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import type { Happening } from "./happening.ts";
import type { CloseReason, LinkEnd, LinkKind } from "./link-end.ts";
import type { Rates } from "./rates.ts";

export type { CloseReason, LinkEnd, LinkKind };

/**
 * Who named a peer's address: a tracker of the torrent, the magnet link (BEP 9), another peer (BEP 11), the peer itself on
 * this network (BEP 14), or the DHT (BEP 5).
 */
export type AddressSource = "tracker" | "link" | "exchange" | "local" | "dht";

/** A torrent as it enters the session. */
export interface TorrentSource {
  readonly infoHash: InfoHash;
  /** Shown until the metadata names the torrent. */
  readonly displayName: string | undefined;
  /** Undefined: fetch it from peers (BEP 9). */
  readonly metadata: TorrentMetadata | undefined;
  readonly trackers: TrackerTiers;
  /** Verified pieces in the storage. */
  readonly held: Bitfield | undefined;
  /** The files to fetch, by index (BEP 53). Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
  /** Those of them whose pieces come before all others. Absent: none. */
  readonly firstFiles?: readonly number[] | undefined;
  readonly paused: boolean;
  /** We only look who is there: we are interested in whatever others have, and request nothing. */
  readonly onlyLooks?: boolean;
}

export interface TorrentMetadata {
  readonly info: Info;
  /** The info dictionary's own bytes, as sent to peers (BEP 9). */
  readonly infoBytes: Uint8Array;
}

/** Blocks of an earlier, bad copy of a piece that differ from the good one: their senders lied. */
export interface BadCopy {
  /** Which failed copy of this piece, counted from 0. */
  readonly attempt: number;
  /** Indices of 16 KiB blocks. */
  readonly blocks: readonly number[];
}

/** Facts. The only way into the session. */
export type Input =
  | { readonly type: "torrentAdded"; readonly source: TorrentSource }
  | { readonly type: "torrentRemoved"; readonly infoHash: InfoHash }
  | { readonly type: "torrentPaused"; readonly infoHash: InfoHash }
  | { readonly type: "torrentResumed"; readonly infoHash: InfoHash }
  /**
   * Somebody waits for pieces at certain times, as for playback: these come first, if they are selected. In place of all deadlines
   * before; none: nobody waits any more. Kept while the torrent is paused, and until its metadata is known.
   */
  | { readonly type: "deadlinesSet"; readonly infoHash: InfoHash; readonly deadlines: readonly Deadline[] }
  /**
   * Fetch these files from now on, and no others, as in `TorrentSource`. What we hold of others stays. A complete torrent that lacks
   * some of them goes on downloading.
   */
  | {
      readonly type: "filesChosen";
      readonly infoHash: InfoHash;
      readonly selectedFiles: readonly number[] | undefined;
      readonly firstFiles: readonly number[];
    }
  /** Announce the torrent to these trackers from now on, and to no others. */
  | {
      readonly type: "trackersChanged";
      readonly infoHash: InfoHash;
      readonly trackers: TrackerTiers;
    }
  /**
   * The storage was opened, perhaps anew, and the driver hashes what may be in it until `checkEnded`: the session requests
   * nothing before that. `held`: these pieces are good, and we know of no others. Undefined: of those that we held before.
   * To check a torrent before it announces anything, add it paused and resume it after this.
   */
  | { readonly type: "checkBegan"; readonly infoHash: InfoHash; readonly held: Bitfield | undefined }
  /** While checking a torrent, the driver hashed a piece that was in the storage all along. */
  | {
      readonly type: "storedPieceChecked";
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly good: boolean;
    }
  | { readonly type: "checkEnded"; readonly infoHash: InfoHash }
  /** The result of `checkMetadata`. A problem: the hash is right, but we cannot use it. Neither: it is a fake. */
  | {
      readonly type: "metadataChecked";
      readonly infoHash: InfoHash;
      readonly metadata: TorrentMetadata | undefined;
      readonly problem: string | undefined;
      /** The files to fetch, chosen now that they are known. Absent: those that the torrent was added with. */
      readonly selectedFiles?: readonly number[] | undefined;
    }
  /** The result of `checkPiece`. Good also means stored. */
  | {
      readonly type: "pieceChecked";
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly good: boolean;
      readonly badCopies: readonly BadCopy[];
    }
  /** The storage failed, while writing `piece` if given, or we have a bug: the torrent stops with this sentence. */
  | {
      readonly type: "torrentFailed";
      readonly infoHash: InfoHash;
      readonly problem: string;
      readonly piece: PieceIndex | undefined;
    }
  /** The result of `readBlock`. No bytes: the storage can no longer read the piece, so we no longer hold it. */
  | {
      readonly type: "blockRead";
      readonly link: LinkId;
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly length: number;
      readonly bytes: Uint8Array | undefined;
    }
  /** Somebody answered our offer: the link opens soon, or never. */
  | { readonly type: "offerAnswered"; readonly link: LinkId }
  /** The result of `describe`: our offer or answer, with all candidates. */
  | { readonly type: "described"; readonly link: LinkId; readonly sdp: string }
  | { readonly type: "linkOpened"; readonly link: LinkId }
  /** The link leads to a device on our own network. */
  | { readonly type: "linkFoundNearby"; readonly link: LinkId }
  /** Somebody dialled us; the link is open. Its handshake will name the torrent. */
  | { readonly type: "linkAccepted"; readonly link: LinkId; readonly address: PeerAddress }
  /** Somebody tried to reach us in a way that we do not support. */
  | { readonly type: "knocked" }
  /** Somebody named peers that accept TCP links. */
  | {
      readonly type: "addressesFound";
      readonly infoHash: InfoHash;
      readonly source: AddressSource;
      readonly addresses: readonly PeerAddress[];
    }
  /** The bytes are borrowed until the driver has carried out the effects of this input. */
  | { readonly type: "bytesArrived"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** The link has fewer unsent bytes than its low-water mark: `queuedBytes`. */
  | { readonly type: "linkDrained"; readonly link: LinkId; readonly queuedBytes: number }
  | { readonly type: "linkClosed"; readonly link: LinkId; readonly reason: LinkEnd }
  | {
      readonly type: "offerArrived";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly peerId: PeerId;
      readonly offerId: OfferId;
      readonly sdp: string;
    }
  | {
      readonly type: "announceAnswered";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly intervalSeconds: number;
      /** Undefined: we may announce earlier. */
      readonly minIntervalSeconds: number | undefined;
      readonly seeders: number;
      readonly leechers: number;
      readonly warning: string | undefined;
    }
  /** The tracker refused one torrent (`failure reason`). */
  | {
      readonly type: "announceRefused";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly reason: string;
      /** Undefined: the tracker does not say when to retry. */
      readonly retryIn: RetryIn | undefined;
    }
  /** An announce of one torrent got no answer. */
  | {
      readonly type: "announceUnanswered";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly reason: string;
    }
  /** We cannot reach the tracker, or its connection ended: it may have forgotten all our torrents. */
  | {
      readonly type: "trackerLost";
      readonly tracker: TrackerUrl;
      readonly reason: string;
      /** How long the tracker wants us to stay away. Absent: it does not say. */
      readonly retryInSeconds?: number | undefined;
    }
  | { readonly type: "cameOnline" }
  /** The person has given this device a name, another one, or none. As `deviceName` leaves it. */
  | { readonly type: "deviceNamed"; readonly name: string | undefined }
  /** Limits all links together from now on. Has no effect where the session has no `Pace`. */
  | { readonly type: "ratesChanged"; readonly rates: Rates }
  | { readonly type: "deadlinePassed" };

/** A WebRTC link that begins with our offer. */
export interface OfferedLink {
  readonly link: LinkId;
  readonly offerId: OfferId;
}

/** Orders. The only way out of the session. */
export type Effect =
  /** The driver keeps the bytes until they are sent; nobody changes them. */
  | { readonly type: "send"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** Tell whoever watches. Of no torrent: it concerns several, or none yet. */
  | { readonly type: "happened"; readonly infoHash: InfoHash | undefined; readonly what: Happening }
  /** Close a link, even one that is not open yet. No `linkClosed` follows. */
  | { readonly type: "close"; readonly link: LinkId; readonly reason: CloseReason }
  /**
   * Tell a tracker about a torrent, with one fresh WebRTC offer for each of `offers`. Each of these links ends in
   * `linkOpened` or `linkClosed`.
   */
  | {
      readonly type: "announce";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly peerId: PeerId;
      readonly event: AnnounceEvent;
      readonly uploaded: number;
      readonly downloaded: number;
      readonly left: number | undefined;
      /** To how many more peers we would upload now. Undefined: we have nothing to give yet. */
      readonly freeSlots: number | undefined;
      readonly offers: readonly OfferedLink[];
    }
  /** Open a link over TCP. It ends in `linkOpened` or `linkClosed`. */
  | { readonly type: "dial"; readonly link: LinkId; readonly address: PeerAddress }
  /** Look for peers without a tracker, and be found, until `endDiscovery`. */
  | { readonly type: "discover"; readonly infoHash: InfoHash }
  /** May come without a `discover`. */
  | { readonly type: "endDiscovery"; readonly infoHash: InfoHash }
  /** No torrent uses this tracker any more. */
  | { readonly type: "leaveTracker"; readonly tracker: TrackerUrl }
  /** Answer an offer through the tracker it came from. The link ends in `linkOpened` or `linkClosed`. */
  | {
      readonly type: "answerOffer";
      readonly link: LinkId;
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly peerId: PeerId;
      readonly toPeerId: PeerId;
      readonly offerId: OfferId;
      readonly sdp: string;
    }
  /**
   * Make a WebRTC link: an offer, or the answer to `offer`, and report it by `described`. The link ends in `linkOpened` or
   * `linkClosed`.
   */
  | { readonly type: "describe"; readonly link: LinkId; readonly offer: string | undefined }
  /** Somebody answered the offer that `describe` made. */
  | { readonly type: "takeAnswer"; readonly link: LinkId; readonly sdp: string }
  | {
      readonly type: "readBlock";
      readonly link: LinkId;
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly length: number;
    }
  /** Put a block into its piece's buffer. The bytes are borrowed: copy them now. */
  | {
      readonly type: "writeBlock";
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly bytes: Uint8Array;
    }
  /** All blocks of the piece are in its buffer: hash it, store it if it is good, and report by `pieceChecked`. */
  | { readonly type: "checkPiece"; readonly infoHash: InfoHash; readonly piece: PieceIndex }
  /** Hash and parse what claims to be the info dictionary, and report by `metadataChecked`. The bytes are a copy. */
  | { readonly type: "checkMetadata"; readonly infoHash: InfoHash; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The metadata from peers is right: keep it and prepare the storage for pieces. */
  | { readonly type: "keepMetadata"; readonly infoHash: InfoHash; readonly metadata: TorrentMetadata }
  /** Discard the blocks received of this piece. */
  | { readonly type: "dropPiece"; readonly infoHash: InfoHash; readonly piece: PieceIndex }
  /** Report a bug: something threw. If it names a torrent, fail that by `torrentFailed`. */
  | { readonly type: "reportBug"; readonly infoHash: InfoHash | undefined; readonly error: unknown }
  /** Free every buffer and cached piece of this torrent. */
  | { readonly type: "dropBuffers"; readonly infoHash: InfoHash };
