import type { AnnounceEvent, RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, LinkId, OfferId, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { Info } from "../meta/info.ts";

/** How a link came to be, as far as glare and the view care. */
export type LinkKind = "rtc" | "tcp";

/**
 * Who named a peer's address: a tracker of the torrent, the link that was opened (BEP 9), another peer (BEP 11), its own call on
 * this network (BEP 14), or the DHT (BEP 5).
 */
export type AddressSource = "tracker" | "link" | "exchange" | "local" | "dht";

/** Why a link ended or never came to be. */
export type LinkEnd =
  /** Nobody answered our offer in time. */
  | "offerExpired"
  /** The browser or the WebRTC library could not make an offer or answer, or refused theirs. */
  | "negotiationFailed"
  /** Both sides were introduced and found no way to reach each other. */
  | "noRoute"
  /** The link was open and the other side closed it or vanished. */
  | "theyLeft";

/** Why we end a link. */
export type CloseReason =
  /** Nobody answered, or no way to each other was found, in time. */
  | "neverOpened"
  /** There are as many links as there may be. */
  | "noRoom"
  /** There were, and this one was of less use than a newcomer may be, or one of too many from one place. */
  | "madeRoom"
  | "unknownTorrent"
  | "ourselves"
  /** Another link to the same peer stays. */
  | "twin"
  /** It sent bad data. */
  | "banned"
  | "brokeTheRules"
  /** It said far more than a download needs, and answering it kept others waiting. */
  | "tooManyMessages"
  /** It reads nothing while more and more is to be said to it. */
  | "readsNothing"
  | "silent"
  /** Both sides have everything. */
  | "nothingToShare"
  /** A private torrent's peers come from its trackers. */
  | "notFromTracker"
  /** A piece that was announced cannot be read any more: a new link tells what is still here. */
  | "pieceLost"
  /** The torrent was paused or removed, or has a problem. */
  | "stopped";

/** What a torrent is when it enters the session. */
export interface TorrentSource {
  readonly infoHash: InfoHash;
  /** Shown until the metadata says the real one. */
  readonly displayName: string | undefined;
  /** Undefined: to be fetched from peers (BEP 9). */
  readonly metadata: TorrentMetadata | undefined;
  readonly trackers: TrackerTiers;
  /** Verified pieces in the storage. */
  readonly held: Bitfield | undefined;
  /** What is to be fetched, file by file (BEP 53). Undefined: everything. */
  readonly selectedFiles: readonly number[] | undefined;
  readonly paused: boolean;
  /** The storage's pieces have yet to be hashed: until `checkEnded` nothing is asked for. */
  readonly checking: boolean;
}

export interface TorrentMetadata {
  readonly info: Info;
  /** The info dictionary's own bytes: what peers ask for (BEP 9). */
  readonly infoBytes: Uint8Array;
}

/** Blocks of an earlier, bad copy of a piece that differ from the good one: who sent them lied. */
export interface BadCopy {
  /** Which failed check of this piece, counted from 0. */
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
  /** The torrent is announced to these from now on, and to no others. */
  | {
      readonly type: "trackersChanged";
      readonly infoHash: InfoHash;
      readonly trackers: TrackerTiers;
    }
  /** A piece that was in the storage all along was hashed while the torrent is being checked. */
  | {
      readonly type: "storedPieceChecked";
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly good: boolean;
    }
  | { readonly type: "checkEnded"; readonly infoHash: InfoHash }
  /** Metadata that came from peers belongs to files that may be here already: they are hashed until `checkEnded`. */
  | { readonly type: "checkBegan"; readonly infoHash: InfoHash }
  /** `checkMetadata` was carried out. A problem: it is what the hash names, but nothing we can use. Neither: a fake. */
  | {
      readonly type: "metadataChecked";
      readonly infoHash: InfoHash;
      readonly metadata: TorrentMetadata | undefined;
      readonly problem: string | undefined;
      /** What is to be fetched, chosen now that the files are known. Absent: what the torrent was added with. */
      readonly selectedFiles?: readonly number[] | undefined;
    }
  /** `checkPiece` was carried out. Good also means stored for good. */
  | {
      readonly type: "pieceChecked";
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly good: boolean;
      readonly badCopies: readonly BadCopy[];
    }
  /** Its storage refused, a piece that was being written if one is named, or we have a bug: it stops with this sentence. */
  | {
      readonly type: "torrentFailed";
      readonly infoHash: InfoHash;
      readonly problem: string;
      readonly piece: PieceIndex | undefined;
    }
  /** `readBlock` was carried out. No bytes: the piece can no longer be read and is not held any more. */
  | {
      readonly type: "blockRead";
      readonly link: LinkId;
      readonly infoHash: InfoHash;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly length: number;
      readonly bytes: Uint8Array | undefined;
    }
  /** Somebody took up our offer: the link opens soon, or never. */
  | { readonly type: "offerAnswered"; readonly link: LinkId }
  | { readonly type: "linkOpened"; readonly link: LinkId }
  /** Somebody dialled us; the link is open. Which torrent is meant, its handshake will say. */
  | { readonly type: "linkAccepted"; readonly link: LinkId; readonly address: PeerAddress }
  /** Somebody tried to reach us in a way that we do not take. */
  | { readonly type: "knocked" }
  /** Somebody named peers that take links over TCP. */
  | {
      readonly type: "addressesFound";
      readonly infoHash: InfoHash;
      readonly source: AddressSource;
      readonly addresses: readonly PeerAddress[];
    }
  /** Borrowed until the effects of this input have been carried out. */
  | { readonly type: "bytesArrived"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** So many bytes handed to the link are still unsent: fewer than its low-water mark. */
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
      /** Undefined: announcing earlier is not forbidden. */
      readonly minIntervalSeconds: number | undefined;
      readonly seeders: number;
      readonly leechers: number;
      readonly warning: string | undefined;
    }
  /** The tracker said no (`failure reason`) to one torrent. */
  | {
      readonly type: "announceRefused";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly reason: string;
      /** Undefined: the tracker does not say when to ask again. */
      readonly retryIn: RetryIn | undefined;
    }
  /** An announce of one torrent got no answer. */
  | {
      readonly type: "announceUnanswered";
      readonly tracker: TrackerUrl;
      readonly infoHash: InfoHash;
      readonly reason: string;
    }
  /** The tracker cannot be reached, or its connection ended: it has forgotten all our torrents. */
  | {
      readonly type: "trackerLost";
      readonly tracker: TrackerUrl;
      readonly reason: string;
      /** For so long the tracker wants to be left alone. Absent: it does not say. */
      readonly retryInSeconds?: number | undefined;
    }
  | { readonly type: "cameOnline" }
  | { readonly type: "deadlinePassed" };

/** A WebRTC link that begins with an offer of ours. */
export interface OfferedLink {
  readonly link: LinkId;
  readonly offerId: OfferId;
}

/** Orders. The only way out of the session. */
export type Effect =
  /** To be kept until it is sent; the bytes are never changed afterwards. */
  | { readonly type: "send"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** Nothing is to be done: a peer said something that was not taken. For whoever looks on. */
  | { readonly type: "leftOut"; readonly link: LinkId; readonly infoHash: InfoHash; readonly what: string }
  /** Also gives up a link that is not open yet. No `linkClosed` follows. */
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
      readonly offers: readonly OfferedLink[];
    }
  /** Open a link over TCP. It ends in `linkOpened` or `linkClosed`. */
  | { readonly type: "dial"; readonly link: LinkId; readonly address: PeerAddress }
  /** Look for peers without a tracker, and let them find us, until `endDiscovery`. */
  | { readonly type: "discover"; readonly infoHash: InfoHash }
  /** May come when there is nothing to end. */
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
  /** All blocks of the piece are in its buffer: hash it, store it if it is good, say so with `pieceChecked`. */
  | { readonly type: "checkPiece"; readonly infoHash: InfoHash; readonly piece: PieceIndex }
  /** Hash what claims to be the info dictionary, read it, say so with `metadataChecked`. The bytes are a copy. */
  | { readonly type: "checkMetadata"; readonly infoHash: InfoHash; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The metadata came from peers and is right: keep it and make the storage ready for pieces. */
  | { readonly type: "keepMetadata"; readonly infoHash: InfoHash; readonly metadata: TorrentMetadata }
  /** The blocks received of this piece are worth nothing any more. */
  | { readonly type: "dropPiece"; readonly infoHash: InfoHash; readonly piece: PieceIndex }
  /** Something threw that must not. If a torrent is named, it is to fail with `torrentFailed`. */
  | { readonly type: "reportBug"; readonly infoHash: InfoHash | undefined; readonly error: unknown }
  /** Let go of every buffer and cached piece of this torrent. */
  | { readonly type: "dropBuffers"; readonly infoHash: InfoHash };
