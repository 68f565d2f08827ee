import type { RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { LinkId, PeerId, PieceIndex, TrackerUrl, WebSeedUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { StopReason } from "./controls.ts";
import type { CloseReason, LinkEnd } from "./link-end.ts";
import type { PeerView, TorrentPhase } from "./view.ts";

/** What happened to a torrent, for people and programs: nobody has to act on it. Views show the state that it led to. */
export type Happening =
  | {
      readonly type: "torrentAdded";
      readonly displayName: string | undefined;
      readonly trackers: TrackerTiers;
    }
  | { readonly type: "torrentRemoved" }
  | { readonly type: "phaseChanged"; readonly phase: TorrentPhase }
  /** It stopped with this sentence, or goes on in trouble. Undefined: the trouble is over. */
  | { readonly type: "problemChanged"; readonly problem: string | undefined }
  | { readonly type: "metadataArrived"; readonly name: string }
  /** What peers sent is a fake, or we cannot use it, for a reason. */
  | { readonly type: "metadataUnusable"; readonly reason: string }
  /** We hold one more piece: peers sent it, or it was in the storage all along. */
  | { readonly type: "pieceVerified"; readonly piece: PieceIndex; readonly wasStored: boolean }
  | { readonly type: "pieceFailed"; readonly piece: PieceIndex }
  /** We hold every piece of a file. `file` is its index in the info dictionary. */
  | { readonly type: "fileCompleted"; readonly file: number }
  /** The last piece that we wanted arrived. */
  | { readonly type: "torrentCompleted" }
  /** It has reached a limit of sharing, and is paused. */
  | { readonly type: "sharingStopped"; readonly because: StopReason }
  /** It sent bad data: blocks of this piece, or metadata. */
  | {
      readonly type: "peerBanned";
      readonly peerId: PeerId;
      readonly badPiece: PieceIndex | undefined;
    }
  /** A web seed did not send what we asked it for, for a reason. */
  | {
      readonly type: "webSeedFailed";
      readonly webSeed: WebSeedUrl;
      readonly reason: string;
      /** Undefined: it goes on with other files. */
      readonly retryInSeconds: number | undefined;
    }
  /** It sent bad blocks of this piece, and is not asked again. */
  | { readonly type: "webSeedBanned"; readonly webSeed: WebSeedUrl; readonly badPiece: PieceIndex }
  | { readonly type: "dialling"; readonly link: LinkId; readonly address: PeerAddress }
  /** Both sides have said who they are. */
  | { readonly type: "linkOpened"; readonly peer: PeerView }
  | {
      readonly type: "linkClosed";
      readonly peer: PeerView;
      readonly reason: LinkEnd | CloseReason;
      readonly brokenRule?: string | undefined;
    }
  /** A link ended before the other side had said who it is. */
  | {
      readonly type: "linkFailed";
      readonly link: LinkId;
      readonly reason: LinkEnd | CloseReason;
      /** What the peer did against the rules, such as `a message of 300000 bytes`. */
      readonly brokenRule?: string | undefined;
    }
  /** The peer serves us from now on, or no longer. */
  | { readonly type: "peerUnchoked" | "peerChoked"; readonly link: LinkId }
  /** We ignored something that a peer said. */
  | { readonly type: "leftOut"; readonly link: LinkId; readonly what: string }
  | {
      readonly type: "trackerAnswered";
      readonly tracker: TrackerUrl;
      readonly seeders: number;
      readonly leechers: number;
      readonly intervalSeconds: number;
      readonly minIntervalSeconds: number | undefined;
      readonly warning: string | undefined;
    }
  | {
      readonly type: "trackerRefused";
      readonly tracker: TrackerUrl;
      readonly reason: string;
      readonly retryIn: RetryIn | undefined;
    }
  /** It did not answer, or cannot be reached. */
  | { readonly type: "trackerLost"; readonly tracker: TrackerUrl; readonly reason: string };
