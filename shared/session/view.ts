import type { PeerAddress } from "../announce/compact.ts";
import type { DeviceKind } from "../base/device.ts";
import type { InfoHash, LinkId, PieceIndex, TrackerUrl, WebSeedUrl } from "../base/ids.ts";
import type { StopReason } from "./controls.ts";
import type { ProblemKind } from "./input.ts";
import type { FailedAttempts, LinkKind } from "./link-end.ts";

/** `seeding`: we hold everything selected. */
export type TorrentPhase = "metadata" | "checking" | "downloading" | "seeding" | "paused" | "error";

/** A torrent as others see it: plain data that never changes. */
export interface TorrentView {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly phase: TorrentPhase;
  /** Of the selected files. 0 until we know the metadata. */
  readonly bytesTotal: number;
  readonly bytesDone: number;
  readonly pieceCount: number;
  readonly piecesHeld: number;
  /** Pieces that came from peers since the torrent was added. The others that we hold were here before. */
  readonly piecesFetched: number;
  readonly pieceLength: number;
  /** Of blocks, without protocol overhead. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Also of earlier sessions, as far as the torrent's source tells. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** The same for how long it was shared while it was complete. Whole minutes, so that views seldom change. */
  readonly sharedMinutes: number;
  /** Undefined: nothing arrives, or nothing is missing. */
  readonly secondsLeft: number | undefined;
  /** Pieces that failed their check since the torrent was added. */
  readonly failedPieces: number;
  /** Peers banned for sending bad data. */
  readonly bannedPeers: number;
  /** Attempts to reach peers since one last worked. */
  readonly failedAttempts: FailedAttempts;
  /** A connected peer has something that we lack, as far as we know. */
  readonly hasSource: boolean;
  readonly isPrivate: boolean;
  readonly files: readonly FileView[];
  /** Its symbolic links (BEP 47), which we neither save nor share. */
  readonly linksLeftOut: number;
  readonly peers: readonly PeerView[];
  /** Peers that had everything when their link ended, until a tracker counts again. */
  readonly completePeers: number;
  /**
   * Peers that lacked something and had everything when their link ended, the latest last; we forget old ones. Some may be gone by
   * now: only trackers tell.
   */
  readonly finishedPeers: readonly PeerView[];
  /**
   * How many peers lacked something when they came, and have had everything since: these, those that are still linked, those that we
   * have forgotten, and those of earlier sessions, as far as the torrent's source tells.
   */
  readonly finishedInAll: number;
  /** Peers that have left, if they sent us anything, the latest last; we forget old ones. */
  readonly formerPeers: readonly PeerView[];
  readonly trackers: readonly TrackerView[];
  /** Web servers that have its files (BEP 19). */
  readonly webSeeds: readonly WebSeedView[];
  /** Which limit of sharing it has reached, while it is paused for that. */
  readonly stopped: StopReason | undefined;
  /** Why the torrent is in phase `error`, or what trouble it has while it goes on. A sentence. */
  readonly problem: string | undefined;
  /** Undefined: any other, or none. */
  readonly problemKind: ProblemKind | undefined;
}

export interface FileView {
  /** Safe for any file system: see `safePath`. */
  readonly path: string;
  readonly bytes: number;
  readonly selected: boolean;
  /** Selected, and its pieces come before those of other files. */
  readonly isFirst: boolean;
  /** Its number in the info dictionary. */
  readonly index: number;
}

export interface PeerView {
  readonly link: LinkId;
  readonly kind: LinkKind;
  /** Where its TCP link comes from or leads to. Undefined: it is a WebRTC link. */
  readonly address: PeerAddress | undefined;
  /** Another peer introduced it. */
  readonly isIntroduced: boolean;
  /** The client, as it names itself or as its peer id does, such as `WebTorrent 3.0`. */
  readonly client: string;
  /** What the person there calls the device: fit to be shown, and a claim. Undefined: they did not say. */
  readonly deviceName: string | undefined;
  /** The kind of client, as it says. */
  readonly device: DeviceKind | undefined;
  /** It is on our own network, as far as we know. */
  readonly isNearby: boolean;
  /** Share of the torrent it has, 0 to 1. */
  readonly progress: number;
  /** It lacked something when it came, this time or before, and has everything now. */
  readonly hasFinished: boolean;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Good pieces to which it sent at least one block. */
  readonly goodPieces: number;
  /** Failed pieces to which it sent at least one block. */
  readonly failedPieces: number;
  /** 0 to 100: see `policy/scores.ts`. */
  readonly score: number;
  readonly weChoke: boolean;
  readonly theyChoke: boolean;
  /** It says that it lacks pieces which we have. */
  readonly isInterested: boolean;
  readonly lastPiece: PieceIndex | undefined;
}

export interface WebSeedView {
  readonly url: WebSeedUrl;
  /** `waiting`: nothing is wanted of it now. `resting`: it failed, and is asked again later. `banned`: it sent bad data. */
  readonly state: "waiting" | "fetching" | "resting" | "banned";
  readonly downBytesPerSecond: number;
  readonly downloadedBytes: number;
  /** Good pieces of which it sent at least one block. */
  readonly goodPieces: number;
  readonly failedPieces: number;
  /** 0 to 100: see `policy/scores.ts`. */
  readonly score: number;
  readonly lastPiece: PieceIndex | undefined;
  /** Why it does not send everything: words that fit after its name and a colon. Safe to print. */
  readonly problem: string | undefined;
  /** Whole seconds until it is asked again, while it rests. */
  readonly nextInSeconds: number | undefined;
}

export interface TrackerView {
  readonly url: TrackerUrl;
  /** From 1, in the order of the torrent. We announce to one tracker of each tier (BEP 12). See `separateTiers`. */
  readonly tier: number;
  /** `standby`: another tracker of its tier is current. */
  readonly state: "waiting" | "connecting" | "working" | "refused" | "unreachable" | "standby";
  /** As the tracker counts them, including us. */
  readonly seeders: number;
  readonly leechers: number;
  /** To how many peers it passed on the offers of our latest announce that had any. Undefined: it does not say. */
  readonly offersRelayed: number | undefined;
  /** Whole seconds until the next announce. */
  readonly nextInSeconds: number | undefined;
  /** Its `failure reason` or `warning message`, or why we cannot reach it. */
  readonly message: string | undefined;
}
