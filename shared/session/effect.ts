import type { AnnounceEvent } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { FetchId, InfoHash, LinkId, OfferId, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { Block } from "../meta/layout.ts";
import type { WebRange } from "../meta/web-ranges.ts";
import type { Happening } from "./happening.ts";
import type { TorrentMetadata } from "./input.ts";
import type { CloseReason } from "./link-end.ts";

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
  /** Open a link over TCP. It ends in `linkOpened` or `linkClosed`. `prefersEncryption`: of the peer, as its last link showed or somebody says. */
  | {
      readonly type: "dial";
      readonly link: LinkId;
      readonly address: PeerAddress;
      readonly prefersEncryption: boolean;
    }
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
  /**
   * Fetch ranges of files from a web seed, one after the other: together they are these blocks. Report each block by `blockFetched`, and the
   * end by `fetchEnded`, unless `cancelFetch` comes before that.
   */
  | {
      readonly type: "fetchRanges";
      readonly fetch: FetchId;
      readonly infoHash: InfoHash;
      readonly link: LinkId;
      /** The person named the web seed: it may be in a private network. */
      readonly isTrusted: boolean;
      readonly ranges: readonly WebRange[];
      readonly blocks: readonly Block[];
    }
  /** Nobody waits for the rest of it. It may have ended. */
  | { readonly type: "cancelFetch"; readonly fetch: FetchId }
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
