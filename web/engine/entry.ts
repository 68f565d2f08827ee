import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { StopAt as EngineStopAt, StopReason } from "#shared/session/controls.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Trouble } from "./doctor/trouble.ts";

// What the client says of torrents: those of this tab, of other tabs, and what the browser stores.

/** Names one entry of the list for as long as this page is open. */
export type EntryKey = string & { readonly entryKey: unique symbol };

/** A file that a person chose or dropped, alone or in a folder. */
export interface PickedFile {
  /** Its name, or its path from the chosen folder, with `/` between the parts: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly file: File;
  /** Lets the page read the same file again after a reload. Not every browser has one. */
  readonly handle?: FileSystemFileHandle;
  /** All of its text, if the person typed it into the page: the page keeps it, as no file on the device has it. */
  readonly typed?: string;
}

/** One torrent of the list: a union of the stages and their fields. */
export type Entry =
  | {
      readonly state: "hashing";
      readonly key: EntryKey;
      readonly name: string;
      readonly bytesTotal: number;
      readonly bytesDone: number;
    }
  | {
      readonly state: TorrentView["phase"] | "needs-file";
      readonly key: EntryKey;
      readonly infoHash: InfoHash;
      readonly torrent: TorrentView;
      readonly magnetLink: string;
      /** Undefined: no page opens it, as the daemon's trackers have none. */
      readonly shareLink: string | undefined;
      /**
       * Its files are on the disk of a daemon: a download in this folder, or, if that is undefined, the person's own where they are.
       * Absent: this browser has them.
       */
      readonly onDisk?: { readonly folder: string | undefined };
      /** It is an encrypted share, and we have its key (`open`) or not (`closed`). Absent: everybody can read it. */
      readonly lock?: "open" | "closed";
      /** The person can save everything: a complete download, not the person's own files. */
      readonly canSave: boolean;
      /** What `needs-file` needs: a click, because a stored handle's permission lapsed, or the files themselves. */
      readonly needs?: "permission" | "files";
      /** Progress of a running `Save`, 0 to 1. */
      readonly saving?: number;
      /** The person has saved everything at least once. */
      readonly isSaved: boolean;
      /** Why a new download is `paused` until the person starts it. */
      readonly waitsBecause?: WaitReason;
      /** It is `paused`, or would be if its files were here, because it is no longer shared. */
      readonly stoppedBecause?: EndReason;
      /** It is `paused` by itself, for as long as this is so: what only sends rests. */
      readonly restsBecause?: RestReason;
      readonly controls: Controls;
      /** Those that it is announced to come first. */
      readonly trackers: readonly ListedTracker[];
      /** Why nothing has moved on it for a while. */
      readonly trouble?: Trouble;
    };

/** A tracker of a torrent, also while the torrent is not announced. */
export interface ListedTracker {
  /** Without its key, and unique among those of its torrent. */
  readonly url: TrackerUrl;
  /** It belongs to the server of this page, so every torrent that is not private has it. */
  readonly isOwn: boolean;
  /** This page can ask it. Links pass on the others, for other programs. */
  readonly isReachable: boolean;
}

/** When a torrent stops sharing: whatever comes first. */
export interface StopAt extends EngineStopAt {
  /** At this time, in milliseconds since 1970, also if the page is closed then. Only the choice for one torrent has it. */
  readonly at?: number | undefined;
}

/** Why a torrent is no longer shared. `moment`: the time that the person chose has come. `person`: they have ended its link. */
export type EndReason = StopReason | "moment" | "person";

/** What a person has chosen for one torrent. */
export interface Controls {
  /** Bytes a second to and from its peers, from `MIN_RATE`, under the limits of all torrents. Undefined: no limit of its own. */
  readonly mostUp: number | undefined;
  readonly mostDown: number | undefined;
  /** Peers at most, from `MIN_PEERS` to `MAX_PEERS`. Undefined: as many as the page has links. */
  readonly maxPeers: number | undefined;
  /** Its pieces come in order, not the rarest first. */
  readonly inOrder: boolean;
  /** Undefined: a download stops sharing as the settings say, the person's own files never. */
  readonly stopAt: StopAt | undefined;
}

/** A torrent that is open in other tabs of this browser. */
export interface TorrentElsewhere {
  readonly infoHash: InfoHash;
  readonly name: string;
  /** If several tabs have it, of the one that has most of it; the rest as well. */
  readonly state: Exclude<Entry["state"], "hashing">;
  readonly bytesDone: number;
  /** 0: not known yet. */
  readonly bytesTotal: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** The other tab shares the person's own files. */
  readonly isOwn: boolean;
  /** The other tab waits until the person starts the download. */
  readonly isWaiting: boolean;
  /** This tab's entry has the same stored pieces: they stay if it is removed here. */
  readonly sharesData: boolean;
}

/**
 * `large`: so much data that the person should know first. `metered`: the connection may cost money by the byte. `asked`: the
 * person wants to be asked before every download.
 */
export type WaitReason = "large" | "metered" | "asked";

/** `metered`: the connection may cost money by the byte. `battery`: it is low and not charging. */
export type RestReason = "metered" | "battery";

/** What the browser stores for this page, as of one moment. */
export interface StorageUse {
  /** Those with most first. */
  readonly torrents: readonly StoredTorrent[];
  /** All that the browser counts for this page, the page itself included, and the most that it allows. Undefined: it does not say. */
  readonly allBytes: number | undefined;
  readonly mostBytes: number | undefined;
}

/** Verified pieces that the browser stores of one torrent. */
export interface StoredTorrent {
  /** Names it in `freeStorage`. */
  readonly storageId: string;
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly bytes: number;
  /** All of its pieces are here. */
  readonly isWhole: boolean;
  /** The person has saved everything at least once. */
  readonly isSaved: boolean;
  /** Whose list it is in. `removed`: nobody's, but its data was kept. */
  readonly place: "here" | "elsewhere" | "removed";
}

/** Which files of a torrent to fetch, by their numbers in its views. */
export interface FileChoice {
  /** Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
  /** Those of them that come before the others. */
  readonly firstFiles: readonly number[];
}

/** Something that happened to a torrent. Its addresses of trackers have no keys. */
export interface LoggedEvent {
  /** Higher than those of all events before it. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly what: Happening;
}

/** What is here of each piece, and how rare it is. */
export interface PieceMap {
  /** In the order of the torrent: 0 missing, 1 being fetched, 2 here, 3 not wanted. */
  readonly states: Uint8Array;
  /** How many connected peers have each piece. 63: that many or more. */
  readonly copies: Uint8Array;
}

/** A file that is played. */
export type Play =
  /** `url`: for a `video` or `audio` element on this page. Call `close` in the end. */
  | {
      readonly state: "plays";
      readonly kind: "video" | "audio";
      readonly url: string;
      readonly close: () => void;
    }
  /**
   * It cannot be played. `no-https`: the page was opened over plain http, where a file plays only once it is complete. `no-worker`: the
   * same, because the page has no service worker now. `not-chosen`: it is not fetched.
   */
  | {
      readonly state: "not";
      readonly why: "unknown" | "no-https" | "no-worker" | "not-chosen" | "not-readable";
    };

/** How fast an entry was lately, in bytes a second: one figure for each second and direction, the oldest first. */
export interface Speeds {
  /** When the last of these seconds began. Milliseconds since 1970. */
  readonly lastAt: number;
  readonly down: Float32Array;
  /** As many as of `down`. */
  readonly up: Float32Array;
}
