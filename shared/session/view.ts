import type { PeerAddress } from "../announce/compact.ts";
import type { InfoHash, LinkId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { LinkEnd, LinkKind } from "./effect.ts";

/** `seeding`: all that was selected is held. */
export type TorrentPhase = "metadata" | "checking" | "downloading" | "seeding" | "paused" | "error";

/** A torrent as somebody outside may see it: plain data, made anew at each look. */
export interface TorrentView {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly phase: TorrentPhase;
  /** Of the selected files. 0 while the metadata is unknown. */
  readonly bytesTotal: number;
  readonly bytesDone: number;
  readonly pieceCount: number;
  readonly piecesHeld: number;
  readonly pieceLength: number;
  /** Of pieces, wire overhead left out. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Undefined: nothing arrives, or nothing is missing. */
  readonly secondsLeft: number | undefined;
  /** Pieces that failed their check since the torrent was added. */
  readonly failedPieces: number;
  /** Peers cut off for sending bad data. */
  readonly bannedPeers: number;
  /** How the last attempt to reach a peer failed. Undefined: none did, or one has worked since. */
  readonly lastLinkFailure: LinkEnd | undefined;
  readonly isPrivate: boolean;
  readonly files: readonly FileView[];
  /** Symbolic links in it (BEP 47), which are neither saved nor shared. */
  readonly linksLeftOut: number;
  readonly peers: readonly PeerView[];
  /** Peers that had everything when their link ended, until a tracker counts anew. */
  readonly completePeers: number;
  /** Those that have left and had given anything, the latest last; not all for ever. */
  readonly formerPeers: readonly PeerView[];
  readonly trackers: readonly TrackerView[];
  /** Why the torrent is in phase `error`, or what it has trouble with while it goes on. A sentence. */
  readonly problem: string | undefined;
}

export interface FileView {
  /** Safe for any file system: see `safePath`. */
  readonly path: string;
  readonly bytes: number;
  readonly selected: boolean;
}

export interface PeerView {
  readonly link: LinkId;
  readonly kind: LinkKind;
  /** Where its link over TCP comes from or leads to. Undefined: it is a WebRTC link. */
  readonly address: PeerAddress | undefined;
  /** The client as its peer id names it, such as `WebTorrent 3.0`. */
  readonly client: string;
  /** Share of the torrent it has, 0 to 1. */
  readonly progress: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Pieces to which it gave at least one block and which proved good. */
  readonly goodPieces: number;
  /** Pieces it helped to spoil. */
  readonly failedPieces: number;
  /** 0 to 100: see `policy/scores.ts`. */
  readonly score: number;
  readonly weChoke: boolean;
  readonly theyChoke: boolean;
  readonly lastPiece: PieceIndex | undefined;
}

export interface TrackerView {
  readonly url: TrackerUrl;
  /** `standby`: it is not asked, because another tracker of its tier is. */
  readonly state: "waiting" | "connecting" | "working" | "refused" | "unreachable" | "standby";
  /** As the tracker counts them, us included. */
  readonly seeders: number;
  readonly leechers: number;
  /** Whole seconds until it is announced to again. */
  readonly nextInSeconds: number | undefined;
  /** Its `failure reason` or `warning message`, or why it cannot be reached. */
  readonly message: string | undefined;
}
