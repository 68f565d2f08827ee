import type { DeviceKind } from "#shared/base/device.ts";
import type { InfoHash, PeerId, PieceIndex, ShareKey, TrackerUrl } from "#shared/base/ids.ts";
import type { FileList } from "#shared/meta/info.ts";
import type { StopReason } from "#shared/session/controls.ts";
import type { Input, TorrentMetadata } from "#shared/session/input.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { WaitReason } from "../client.ts";
import type { StartGate } from "../start-gate.ts";

// What the page and its engine say to each other. The engine may run in a worker, so all of this can be cloned; what loses its
// class on the way gets it back in `revive.ts`.

/** The inputs that come from the page. The engine's own parts find out all others. */
export type PageInput = Extract<
  Input,
  {
    readonly type:
      | "torrentAdded"
      | "torrentRemoved"
      | "torrentPaused"
      | "torrentResumed"
      | "filesChosen"
      | "filesRevealed"
      | "controlsChanged"
      | "trackersChanged"
      | "metadataChecked"
      | "checkBegan"
      | "storedPieceChecked"
      | "checkEnded"
      | "cameOnline"
      | "deviceNamed"
      | "ratesChanged"
      | "linksLimited";
  }
>;

/** Where the engine finds a torrent's bytes. */
export type BytesHere =
  /** In the piece store. `shareKey`: they are encrypted with it. */
  | {
      readonly type: "stored";
      readonly storageId: string;
      readonly shareKey?: ShareKey | undefined;
    }
  /** In the person's own files, in the order of the info dictionary. */
  | { readonly type: "files"; readonly files: readonly File[] }
  /** They are what the person's own files encrypt to, which are in the order of `list`. */
  | {
      readonly type: "sealed";
      readonly files: readonly File[];
      readonly list: FileList;
      readonly shareKey: ShareKey;
    };

/** How to start the engine. */
export interface Start {
  readonly type: "start";
  readonly peerId: PeerId;
  /** What peers are told of this browser. */
  readonly device: DeviceKind | undefined;
  /** The tracker that serves the page. It alone may be on this machine or its network. */
  readonly ownTracker: TrackerUrl;
  readonly hasRtc: boolean;
}

/** What the page says. */
export type ToEngine =
  | Start
  | { readonly type: "input"; readonly input: PageInput }
  /** In place of what was said before of this torrent's bytes. */
  | { readonly type: "bytesAre"; readonly infoHash: InfoHash; readonly bytes: BytesHere }
  /** Whether new downloads wait, as of now. */
  | { readonly type: "startGateIs"; readonly startGate: StartGate }
  /** Delete the pieces under this storage id. Answered by `done`. */
  | { readonly type: "clear"; readonly storageId: string; readonly ask: number }
  /** Tell what happened since the event with this number. Answered by `done` with `LoggedEvent`s. */
  | { readonly type: "tellEvents"; readonly infoHash: InfoHash; readonly after: number; readonly ask: number }
  /** Tell the state of each piece. Answered by `done` with the bytes of `pieceMap`, or undefined. */
  | { readonly type: "tellPieces"; readonly infoHash: InfoHash; readonly ask: number }
  /** Tell how fast it was lately. Answered by `done` with `Speeds`, or undefined. */
  | { readonly type: "tellSpeeds"; readonly infoHash: InfoHash; readonly ask: number }
  /** Read a piece, once it is here, for a reading that ends with the piece `last`. Answered by `done` with its bytes. */
  | {
      readonly type: "readPiece";
      readonly infoHash: InfoHash;
      readonly reading: number;
      readonly piece: PieceIndex;
      readonly last: PieceIndex;
      readonly ask: number;
    }
  /** Nobody waits for what this reading wants any more. */
  | { readonly type: "endReading"; readonly reading: number }
  /** Send what has changed. Answered by `done`. */
  | { readonly type: "show"; readonly ask: number }
  /** Connect to the own tracker again: it does not know yet who has logged in or out. */
  | { readonly type: "reconnect" }
  | { readonly type: "close" }
  | PeerFact;

/** What happened to a WebRTC peer. The page negotiates, because peer connections exist only there. */
export type PeerFact =
  /** Its data channel, to use from now on. */
  | { readonly type: "channel"; readonly peer: number; readonly channel: RTCDataChannel }
  | { readonly type: "peerDescribed"; readonly peer: number; readonly description: Description }
  /** The answer to `placePeer`. */
  | { readonly type: "peerPlaced"; readonly peer: number; readonly isNearby: boolean }
  | { readonly type: "peerFailed"; readonly peer: number; readonly code: string | undefined }
  | { readonly type: "peerClosed"; readonly peer: number };

/** What the engine says. */
export type FromEngine =
  /** It runs. Without `takesChannels` it cannot have WebRTC links here. */
  | { readonly type: "ready"; readonly takesChannels: boolean }
  | ({ readonly type: "views" } & ViewNews)
  /** Metadata came from peers. `waitsBecause`: the download has been paused until the person starts it. */
  | {
      readonly type: "metadata";
      readonly infoHash: InfoHash;
      readonly metadata: TorrentMetadata;
      readonly waitsBecause: WaitReason | undefined;
    }
  /** The files in an encrypted share are known. `waitsBecause` as for `metadata`. */
  | {
      readonly type: "revealed";
      readonly infoHash: InfoHash;
      readonly name: string;
      readonly waitsBecause: WaitReason | undefined;
    }
  /** A torrent has reached a limit of sharing, and is paused. */
  | { readonly type: "sharingStopped"; readonly infoHash: InfoHash; readonly because: StopReason }
  /** The browser did not let the engine run for a while. */
  | { readonly type: "heldUp" }
  /** A bug of ours. */
  | { readonly type: "bug"; readonly error: unknown }
  /** `problem`: a sentence for the person. */
  | {
      readonly type: "done";
      readonly ask: number;
      readonly problem: string | undefined;
      readonly value?: unknown;
    }
  | PeerOrder;

/** What to do with a WebRTC peer. */
export type PeerOrder =
  | {
      readonly type: "openPeer";
      readonly peer: number;
      readonly initiator: boolean;
      readonly iceCompleteTimeout: number;
    }
  /** The other side's offer or answer. */
  | { readonly type: "signalPeer"; readonly peer: number; readonly description: Description }
  /** Whether its connection leads to a device on this one's own network. */
  | { readonly type: "placePeer"; readonly peer: number }
  | { readonly type: "destroyPeer"; readonly peer: number };

/** An offer or answer. */
export interface Description {
  readonly type: string;
  readonly sdp: string;
}

/** What has changed in the views since the last news. */
export interface ViewNews {
  /** All torrents, in order. */
  readonly infoHashes: readonly InfoHash[];
  /** The fields that changed, or all of a torrent that is new. */
  readonly changes: readonly ViewChange[];
  /** Those that are new: all of their fields are there. */
  readonly whole: readonly InfoHash[];
}

/** The changed fields of one torrent's view. */
export type ViewChange = Partial<TorrentView> & Pick<TorrentView, "infoHash">;

/** The engine's end of the line: `channel` cannot be cloned, only given away. */
export type Say<Message> = (message: Message, given?: readonly Transferable[]) => void;
