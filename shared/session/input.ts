import type { RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { FetchId, InfoHash, LinkId, OfferId, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { Info } from "../meta/info.ts";
import type { Block } from "../meta/layout.ts";
import type { NamedWebSeed } from "../meta/web-seeds.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import type { TorrentControls } from "./controls.ts";
import type { LinkEnd, Routes } from "./link-end.ts";
import type { Rates } from "./rates.ts";
import type { Totals } from "./totals.ts";
import type { FetchProblem } from "./web-seed.ts";

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
  /** Web servers that have its files (BEP 19). Absent: none. Have no effect where the session has no `WebSeeding`. */
  readonly webSeeds?: readonly NamedWebSeed[] | undefined;
  /** Verified pieces in the storage. */
  readonly held: Bitfield | undefined;
  /** The files to fetch, by index (BEP 53). Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
  /** Those of them whose pieces come before all others. Absent: none. */
  readonly firstFiles?: readonly number[] | undefined;
  /** Absent: `NO_CONTROLS`. */
  readonly controls?: TorrentControls | undefined;
  /** Absent: it is new. */
  readonly before?: Totals | undefined;
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

/** A problem that whoever shows it treats apart. `storageFull`: a piece found no room. */
export type ProblemKind = "storageFull";

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
  /**
   * What the files of an encrypted share are, which was in its pieces. They take the place of the one file in its metadata, in the same
   * layout; `selectedFiles` means them, and is as in `filesChosen`.
   */
  | {
      readonly type: "filesRevealed";
      readonly infoHash: InfoHash;
      readonly info: Info;
      readonly selectedFiles: readonly number[] | undefined;
    }
  /** What the person wants of one torrent from now on. */
  | {
      readonly type: "controlsChanged";
      readonly infoHash: InfoHash;
      readonly controls: TorrentControls;
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
  /** The driver hashed a piece that was in the storage all along, or that somebody else has put there. */
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
      readonly kind?: ProblemKind | undefined;
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
  /** The link began with an encrypted handshake. */
  | { readonly type: "linkEncrypted"; readonly link: LinkId }
  /** Both sides of a WebRTC link have said how they can be reached. */
  | { readonly type: "routesOffered"; readonly link: LinkId; readonly routes: Routes }
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
  /** A block of a range came, in the order of the range. The bytes are borrowed like those of `bytesArrived`. */
  | {
      readonly type: "blockFetched";
      readonly infoHash: InfoHash;
      readonly link: LinkId;
      readonly fetch: FetchId;
      readonly block: Block;
      readonly bytes: Uint8Array;
    }
  /** All of a range came, or no more of it will come. */
  | {
      readonly type: "fetchEnded";
      readonly infoHash: InfoHash;
      readonly link: LinkId;
      readonly fetch: FetchId;
      /** Undefined: all of it came. */
      readonly problem: FetchProblem | undefined;
      /** The number of the file that could not be fetched. Undefined: the problem is not one of a file. */
      readonly file: number | undefined;
    }
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
      /** To how many peers it passed on our offers. Absent: it does not say, or there were none. */
      readonly offersRelayed?: number | undefined;
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
  /** We may have no more links than this from now on: at least `MIN_PEERS`. Undefined: as many as the config says. */
  | { readonly type: "linksLimited"; readonly maxLinks: number | undefined }
  | { readonly type: "deadlinePassed" };
