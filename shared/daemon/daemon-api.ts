import type { InfoHash } from "../base/ids.ts";
import type { Happening } from "../session/happening.ts";
import type { FileView, PeerView, TorrentView } from "../session/view.ts";

// What a daemon's HTTP API says and takes, as JSON. docs/daemon.md describes it, and `/api/openapi.json` every field.

/** What may be chosen for one torrent. Absent: no limit. */
export interface TorrentLimitsJson {
  /** Bytes a second. */
  readonly rateUp?: number;
  readonly rateDown?: number;
  /** Peers at most. */
  readonly maxPeers?: number;
  /** Pieces come in order, not the rarest first. */
  readonly inOrder?: boolean;
  /** It stops sharing once it has sent its size so many times, */
  readonly stopRatio?: number;
  /** was shared for so many minutes, */
  readonly stopAfter?: number;
  /** so many peers have got everything, */
  readonly stopAfterDownloads?: number;
  /** or this time has come: ISO 8601. */
  readonly stopAt?: string;
}

/** Limits of all torrents together. Absent: no limit. */
export interface DaemonLimitsJson {
  /** Bytes a second. */
  readonly rateUp?: number;
  readonly rateDown?: number;
  /** Peers of all torrents at most. */
  readonly maxPeers?: number;
}

/** The same limits, changed: null lifts one, and one that is absent stays. */
export type Changed<Limits> = { readonly [Name in keyof Limits]?: Limits[Name] | null };

/** A torrent in the list: what changes is counted, not listed. */
export interface ListedTorrent
  extends Omit<TorrentView, "files" | "peers" | "finishedPeers" | "formerPeers"> {
  readonly fileCount: number;
  readonly peerCount: number;
  /** ISO 8601. */
  readonly addedAt: string;
  /** The same. Absent: it was never complete, or all of it was here when it was added. */
  readonly completedAt?: string;
  /** Where a download goes. Absent: it shares the person's own files where they are. */
  readonly folder?: string;
  /** Bytes sent for each byte of its selected size. 0: the size is not known. */
  readonly ratio: number;
  readonly limits: TorrentLimitsJson;
  /** Why it is no longer shared, while it is paused for that. */
  readonly endReason?: "ratio" | "time" | "downloads" | "moment";
  /** It is an encrypted share, and the daemon has its key (`open`) or not (`closed`). Absent: everybody can read it. */
  readonly lock?: "open" | "closed";
  readonly magnetLink: string;
  /** Of an encrypted share that it can read: with the key. Absent: it is none, and no tracker of the daemon has a page. */
  readonly shareLink?: string;
}

/** A peer. */
export interface PeerJson extends Omit<PeerView, "address"> {
  /** Such as `192.168.1.5:6881`. Absent: it is linked over WebRTC. */
  readonly address?: string;
}

/** A torrent with everything about it. */
export interface DaemonTorrent extends ListedTorrent {
  /** Those that it names itself, besides the daemon's own, without their keys: they can be taken out. */
  readonly namedTrackers: readonly string[];
  readonly files: readonly FileView[];
  readonly peers: readonly PeerJson[];
  readonly finishedPeers: readonly PeerJson[];
  readonly formerPeers: readonly PeerJson[];
}

/** Files that are hashed before they become a torrent. */
export interface HashingJson {
  readonly name: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** `GET /api/torrents`. */
export interface TorrentListJson {
  /** The oldest first. */
  readonly items: readonly ListedTorrent[];
  readonly hashing: readonly HashingJson[];
}

/** `POST /api/torrents`: exactly one of `link`, `torrent` and `paths`. */
export interface NewTorrentJson {
  /** A magnet link, share link or info-hash, or several in one text. */
  readonly link?: string;
  /** The bytes of a `.torrent` file, in base64. */
  readonly torrent?: string;
  /** Absolute paths on the daemon's machine: files and folders that become one torrent. */
  readonly paths?: readonly string[];
  /** Of the torrent that is made of paths. Absent: the name of the file or folder. */
  readonly name?: string;
  /** Whether the peers of that torrent come from its trackers only (BEP 27). */
  readonly isPrivate?: boolean;
  /** Whether only those who have its share link can read it, or learn names and sizes: an encrypted share. */
  readonly encrypt?: boolean;
  /** The share link of such a share, made of the same files before: it goes on. */
  readonly again?: string;
  /** The folder for what is downloaded: an absolute path on the daemon's machine. Absent: that of the daemon. */
  readonly folder?: string;
  /** Globs of the files to fetch. Absent: what the link selects, or all. */
  readonly select?: readonly string[];
  /** Whether an encrypted share is kept as it is, and carried for others. Absent: no, its link needs a key. */
  readonly withoutKey?: boolean;
  /** It waits until it is resumed. */
  readonly isPaused?: boolean;
  readonly limits?: TorrentLimitsJson;
}

/** Its answer. What was there already stays as it was. */
export interface AddedJson {
  readonly items: readonly { readonly infoHash: InfoHash; readonly name: string; readonly isNew: boolean }[];
  /** Sentences about what was left out. */
  readonly warnings: readonly string[];
}

/** `PATCH /api/torrents/<infohash>`. */
export interface TorrentChangeJson {
  readonly isPaused?: boolean;
  /** The files to fetch, by their `index`. Null: all. */
  readonly selectedFiles?: readonly number[] | null;
  /** Those of them that come before all others. */
  readonly firstFiles?: readonly number[];
  readonly limits?: Changed<TorrentLimitsJson>;
  /** It is announced there, too, from now on. */
  readonly addTrackers?: readonly string[];
  /** And no longer there: some of its `namedTrackers`. */
  readonly removeTrackers?: readonly string[];
}

/** `GET /api/torrents/<infohash>/pieces`. Absent: the metadata is not known, or the files are not open. */
export interface PiecesJson {
  /**
   * One byte for each piece, in base64. The two highest bits: 0 missing, 1 being fetched, 2 here, 3 not wanted. The others: how many
   * connected peers have it, 63 for more.
   */
  readonly map?: string;
  /** How many bytes of each file are here, by its index. */
  readonly fileBytes?: readonly number[];
}

/** `POST /api/torrents/<info-hash>/files/<index>/address`. */
export interface FileAddressJson {
  /** Below the daemon's own address, with a query. It is good for half a day, and while this daemon runs. */
  readonly path: string;
}

/** `GET /api/status`. */
export interface DaemonStatusJson {
  /** Of Tabswarm. */
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Where peers reach it over TCP. Absent: it uses no TCP. */
  readonly port?: number;
  /** How many torrents are in each state. */
  readonly torrents: Readonly<Record<TorrentView["phase"], number>>;
  readonly peers: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Of all torrents in the list, earlier runs included. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  readonly limits: DaemonLimitsJson;
  /** Where downloads go. */
  readonly folder: string;
}

// `GET /api/events` sends these as server-sent events: `fact`, `daemon`, `torrent`, `removed` and `listed`, each with one of these as
// its data. With `?of=facts` or `?of=torrents`, only the first or the others.

/** Something that happened. */
export interface FactJson {
  /** ISO 8601. */
  readonly at: string;
  /** Absent: it is about the whole peer. */
  readonly infoHash?: InfoHash;
  readonly what: Happening;
}

/** A torrent that is new or has changed. `files` is there at first, and whenever they have changed. */
export type TorrentNews = Omit<DaemonTorrent, "files"> & { readonly files?: readonly FileView[] };

/** A torrent that has left the list. */
export interface RemovedJson {
  readonly infoHash: InfoHash;
}

/** About the daemon itself: at first, and whenever it has changed. */
export interface DaemonNews {
  readonly limits: DaemonLimitsJson;
  readonly hashing: readonly HashingJson[];
  /** The daemon's own trackers, without their keys: every torrent is announced there. */
  readonly trackers: readonly string[];
}

/** Once, as soon as all torrents of the list have been told. */
export type ListedJson = Readonly<Record<string, never>>;
