import type { ReadonlySignal } from "@preact/signals-core";
import type { OfferedShare } from "#shared/announce/nearby.ts";
import type {
  ApiAccountEntry,
  ApiKey,
  ApiPage,
  ApiPeer,
  ApiPublished,
  ApiStatus,
  ApiTorrent,
  ApiTorrentDetails,
  NewApiKey,
} from "#shared/announce/tracker-api.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { StopAt as EngineStopAt, StopReason } from "#shared/session/controls.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Trouble } from "./doctor/trouble.ts";
import type { NearbyView, OfferKey, PersonKey } from "./nearby/view.ts";
import type { OwnIceServer } from "./own-ice-server.ts";

export { mediaTypeOf } from "#shared/meta/media-type.ts";
/** The bounds of a speed limit. */
export { MAX_RATE, MIN_RATE } from "#shared/policy/rate-bounds.ts";
export type { StopReason } from "#shared/session/controls.ts";
export { MIN_PEERS } from "#shared/session/controls.ts";
export type { RouteKind } from "#shared/session/link-end.ts";
export {
  MAX_DOWNLOADS,
  MAX_RATIO,
  MAX_SHARED_MINUTES,
  MIN_RATIO,
} from "#shared/session/stop-bounds.ts";
export { MAX_MOMENT, MAX_PEERS, PIECE_LENGTHS } from "./choice-bounds.ts";
export type { Trouble } from "./doctor/trouble.ts";
export {
  ALONE,
  type NearbyView,
  type OfferKey,
  type OfferNearby,
  type PersonKey,
  type PersonNearby,
  type Place,
  type Sending,
} from "./nearby/view.ts";
export { type IceProblem, iceProblem, MAX_OWN_ICE_SERVERS, type OwnIceServer } from "./own-ice-server.ts";

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

/** What a person has chosen for this browser. All of its tabs follow. */
export interface Settings {
  /** What peers read in place of the kind of browser: see `deviceName`. Undefined: nothing. */
  readonly deviceName: string | undefined;
  /** People nearby see this device, and the person sees theirs. */
  readonly isNearby: boolean;
  /** `auto`: as the browser or the device has it. */
  readonly theme: Theme;
  /** Of the text size that the browser has, in percent. */
  readonly textPercent: TextPercent;
  /** The language of the page, by its BCP 47 tag without a region. Undefined: one that the browser wants. */
  readonly language: string | undefined;
  /** Bytes a second to and from all peers together, from `MIN_RATE`. Undefined: no limit. */
  readonly mostUp: number | undefined;
  readonly mostDown: number | undefined;
  /** Peers of all torrents together, from `MIN_PEERS` to `MAX_PEERS`. Undefined: as many as the page can have. */
  readonly maxPeers: number | undefined;
  /** Of what the person shares from now on, in bytes: one of `PIECE_LENGTHS`. Undefined: it follows from the size. */
  readonly pieceLength: number | undefined;
  /** When downloads stop sharing, unless they have a choice of their own. */
  readonly stopAt: StopAt;
  /** What only sends goes on for any `RestReason`. */
  readonly sharesAlways: boolean;
  /** New links use them besides the tracker's. Always ones that they can use, at most `MAX_OWN_ICE_SERVERS`. */
  readonly iceServers: readonly OwnIceServer[];
  /** Every new download waits until the person starts it. */
  readonly asksFirst: boolean;
  /** A download is saved as soon as it is complete. */
  readonly savesWhenComplete: boolean;
  /** A notification says so, if the tab is hidden and the browser allows it. */
  readonly notifies: boolean;
}

export type Theme = "auto" | "light" | "dark";
export type TextPercent = 100 | 115 | 130;

/** Which files of a torrent to fetch, by their numbers in its views. */
export interface FileChoice {
  /** Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
  /** Those of them that come before the others. */
  readonly firstFiles: readonly number[];
}

/** A sentence for the person: what happened and what to do. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
  /** It is about a condition that lasts, so it stays until somebody dismisses it. Otherwise it leaves by itself. */
  readonly lasts?: boolean;
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

/** Who is logged in at the tracker that serves this page. */
export type Account =
  /** The tracker has no accounts: nothing of them is shown. */
  | { readonly state: "none" }
  /** It has not answered yet. `problem`: why not, while the page keeps asking. */
  | { readonly state: "unknown"; readonly problem?: string }
  | { readonly state: "guest"; readonly isRegistrationOpen: boolean }
  | { readonly state: "member"; readonly name: string; readonly isAdmin: boolean };

/** What another app of the device has shared with the page, and nobody has answered yet. */
export interface Arrival {
  readonly files: readonly PickedFile[];
  /** How many more files there were than the page takes at once. */
  readonly leftOut: number;
  /** May be empty. */
  readonly text: string;
  /** The text as a file. */
  readonly textFile: PickedFile | undefined;
  /** The person has answered: the files stay in the browser only if they are wanted. */
  answer(isWanted: boolean): void;
}

/** A torrent made of the person's own files, in the words in which people nearby are offered it. */
export type SharedTorrent = OfferedShare;

/** Whether the page hears from the daemon. `lost`: it tries again by itself. */
export type DaemonReach =
  | { readonly state: "connecting" | "connected" | "lost" }
  /** The person has to show a token. `wasWrong`: the daemon does not know the one that the page has. */
  | { readonly state: "locked"; readonly wasWrong: boolean };

/** The daemon whose torrents the page shows. */
export interface DaemonDesk {
  readonly reach: ReadonlySignal<DaemonReach>;
  /** Shows the token in what a person typed from now on. False: there is none in it. */
  unlock(typed: string): boolean;
  /**
   * Shares a file or folder of the daemon's machine. Resolves once it is being hashed or shared, or else with the sentence that says
   * why it cannot be. Never rejects.
   */
  sharePath(path: string): Promise<string | undefined>;
}

/** The most peers that anybody can choose: for one torrent, and for all together. */
interface MostPeers {
  readonly ofOne: number;
  readonly ofAll: number;
}

/**
 * All that the page may ask of the engine. `live.ts` runs the real one, `fake.ts` a made-up one, and `daemon/daemon-client.ts` has a
 * daemon that runs it.
 */
export interface Client {
  /** Newest first. A new list at most four times a second. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** What other tabs have, this one's own torrents included if they have them, too. A new list at most about once a second. */
  readonly elsewhere: ReadonlySignal<readonly TorrentElsewhere[]>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** False while the client reads the stored list at the start. */
  readonly ready: ReadonlySignal<boolean>;
  /** Whether the tracker that serves this page has a catalog. False until it has said so. */
  readonly hasCatalog: ReadonlySignal<boolean>;
  /** Whether people nearby find each other through it. False until it has said so. */
  readonly hasNearby: ReadonlySignal<boolean>;
  /** Who is logged in there. */
  readonly account: ReadonlySignal<Account>;
  readonly settings: ReadonlySignal<Settings>;
  /** Whether the browser can let a person pick a folder to save into. */
  readonly canSaveToFolder: boolean;
  readonly mostPeers: MostPeers;
  /**
   * Undefined: this browser has the torrents. Otherwise a daemon has them, and the page saves, reads and stores nothing: what a
   * person can do with files of the browser does nothing.
   */
  readonly daemon: DaemonDesk | undefined;

  /** Hashes the files and seeds them as one torrent. Undefined: it cannot, and has said why. Never rejects. */
  share(files: readonly PickedFile[]): Promise<SharedTorrent | undefined>;
  /**
   * Adds the magnet links, share links and info-hashes in a text. May be called before `ready`. What it cannot add becomes
   * a notice.
   */
  addLink(text: string): void;
  /**
   * The same for text typed into a box: if nothing in it could be added, resolves with the sentence that says why, instead
   * of a notice. Never rejects.
   */
  addTyped(text: string): Promise<string | undefined>;
  /** The same for text pasted or dropped anywhere on the page. False, and nothing is added: nobody means it as a link. Never rejects. */
  addPasted(text: string): Promise<boolean>;
  /** The torrents that such a text names. Never rejects. */
  infoHashesIn(text: string): Promise<readonly InfoHash[]>;
  /** Adds a torrent of `elsewhere`. It reads what is stored already, and this tab becomes a peer of its own. */
  openHere(infoHash: InfoHash): void;
  /** Adds a .torrent file. A bad one becomes a notice. */
  addTorrentFile(file: File): void;
  pause(key: EntryKey): void;
  resume(key: EntryKey): void;
  /** Stops sharing the person's own files, until they resume them. */
  endLink(key: EntryKey): void;
  /** Asks the trackers that did not answer once more, at once. */
  tryNow(): void;
  /** Also stops hashing. Without `deleteData` the pieces stay for when the person adds the torrent again. */
  remove(key: EntryKey, deleteData: boolean): void;
  /** Saves the file, or several as one ZIP, as a browser download. Call it during a click. */
  save(key: EntryKey): void;
  /** Asks for a folder and writes every file into it. Call it during a click. */
  saveToFolder(key: EntryKey): void;
  /** Fetches these files of a download from now on, and no others. Ignores a choice of nothing. */
  chooseFiles(key: EntryKey, choice: FileChoice): void;
  /**
   * Announces an entry to one more tracker, at once and after every reload; links name it. Resolves with the sentence that says why
   * not. Never rejects.
   */
  addTracker(key: EntryKey, address: string): Promise<string | undefined>;
  /** Leaves a tracker of an entry for good, unless it is the page's own or the torrent is private. */
  removeTracker(key: EntryKey, url: TrackerUrl): void;
  /** Keeps what the person has chosen for an entry, made fit where it was not. What is left out stays. */
  changeControls(key: EntryKey, change: Partial<Controls>): void;
  /**
   * How many bytes of each file are here, by its number. Undefined: they are not known yet, or not here. Never
   * rejects. Reads the storage: ask only while somebody looks.
   */
  bytesOfFiles(key: EntryKey): Promise<readonly number[] | undefined>;
  /** The bytes of one file that is complete, without a type. Undefined: it is not, or cannot be read. Never rejects. */
  readFile(key: EntryKey, index: number): Promise<Blob | undefined>;
  /** Plays a video or audio file, also while it arrives. Never rejects. */
  play(key: EntryKey, index: number): Promise<Play>;
  /** Saves one file that is complete, though others are not, as a browser download. Call it during a click. */
  saveFile(key: EntryKey, index: number): void;
  /** Saves the .torrent file of an entry whose metadata is known, as a browser download. */
  saveTorrentFile(key: EntryKey): void;
  /** Asks for the lapsed permission. Call it during a click. */
  continueSharing(key: EntryKey): void;
  /** Gives a `needs-file` entry its files again. */
  supplyFiles(key: EntryKey, files: readonly PickedFile[]): void;
  /** What happened to an entry since the event with this number, the oldest first; we forget old events. Never rejects. */
  events(key: EntryKey, after: number): Promise<readonly LoggedEvent[]>;
  /** The pieces of an entry as they are now. Undefined: its metadata is not known. Never rejects. */
  pieces(key: EntryKey): Promise<PieceMap | undefined>;
  /** How fast an entry was lately. Undefined: nothing has moved for as long as the client keeps speeds. Never rejects. */
  speeds(key: EntryKey): Promise<Speeds | undefined>;
  /** What other apps have shared with the page, the oldest first. No two of its files have one name. Never rejects. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Undefined: the browser stores nothing for this page. Never rejects. Reads the storage: ask only while somebody looks. */
  storageUse(): Promise<StorageUse | undefined>;
  /**
   * Deletes what is stored under these ids. Torrents of this tab leave its list; what another tab has stays. Resolves once it is gone,
   * if need be with the sentence that says why it is not. Never rejects.
   */
  freeStorage(storageIds: readonly string[]): Promise<string | undefined>;
  dismissNotice(id: number): void;
  /** Keeps settings in this browser, made fit where they were not. What is left out stays. */
  changeSettings(change: Partial<Settings>): void;
  /** What else that tracker offers. Its code loads at the first call; rejects with a `StorageError` if it does not arrive. */
  tracker(): Promise<TrackerDesk>;
  /** People nearby. Its code loads at the first call; rejects with a `StorageError` if it does not arrive. */
  nearby(): Promise<Nearby>;
}

/** People nearby: on the same network once `Settings.isNearby` says so, and in the room that a code opens. */
export interface Nearby {
  readonly view: ReadonlySignal<NearbyView>;
  /** Opens a new room, or goes into the one of a code as people type it. False: that is no code. */
  enterRoom(code: string | undefined): boolean;
  leaveRoom(): void;
  /** Shares files, and asks these people whether they want them. Never rejects. */
  send(to: readonly PersonKey[], files: readonly PickedFile[]): Promise<void>;
  /** Answers an offer. An accepted one is downloaded. */
  answer(offer: OfferKey, isAccepted: boolean): void;
}

/** What came of a request to the tracker. If nothing did, `problem` is a sentence that says what to do. */
export type Told<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** The HTTP status. Undefined: the tracker did not answer, or not in words that we know. */
      readonly status: number | undefined;
      readonly problem: string;
    };

/** How the catalog is sorted: the newest first, the most seeders first, or by name. */
export type CatalogOrder = "newest" | "seeders" | "name";

/** What a person sees of the catalog. While a search runs, the list before it stays. */
export interface CatalogList {
  /** What the list was searched for. */
  readonly text: string;
  readonly items: readonly ApiTorrent[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly problem: string | undefined;
}

/** The tracker's catalog. */
export interface Catalog {
  readonly list: ReadonlySignal<CatalogList>;
  /**
   * Searches once the person stops typing, or at once if only the order changed. Only the latest answer counts. `count`:
   * how many entries to show at first, for somebody who comes back.
   */
  search(text: string, order: CatalogOrder, count?: number): void;
  /** Appends the next part of the list. */
  more(): void;
  /** Asks once more for the list, as far as it is shown. */
  refresh(): void;
  details(infoHash: InfoHash): Promise<Told<ApiTorrentDetails>>;
  peers(infoHash: InfoHash): Promise<Told<readonly ApiPeer[]>>;
  /** Saves its `.torrent` as a browser download. If the person is logged in, the file carries a key. */
  saveTorrentFile(infoHash: InfoHash, name: string): Promise<Told<undefined>>;

  /** The torrents that were published from this browser and are still in the catalog, as far as we know. */
  readonly published: ReadonlySignal<ReadonlySet<InfoHash>>;
  /** Publishes an entry of the list whose metadata is known. */
  publish(key: EntryKey, description: string): Promise<Told<ApiPublished>>;
  /** Publishes a `.torrent` file, without the trackers that it names. */
  publishFile(file: File, description: string): Promise<Told<ApiPublished>>;
  unpublish(infoHash: InfoHash): Promise<Told<undefined>>;
}

/** The account of whoever is logged in, and everybody's for administrators. */
export interface Accounts {
  /** Asks once more who is logged in. True: a session that was there has ended. */
  look(): Promise<boolean>;
  /** Asks once more whether anybody may register. */
  askRegistration(): Promise<void>;
  logIn(name: string, password: string): Promise<Told<undefined>>;
  /** With the code that the tracker's terminal shows once, it makes an administrator. Empty: without. */
  register(name: string, password: string, adminCode: string): Promise<Told<undefined>>;
  logOut(): Promise<Told<undefined>>;
  changePassword(current: string, fresh: string): Promise<Told<undefined>>;
  /** Also deletes its keys and its entries in the catalog. */
  deleteAccount(password: string): Promise<Told<undefined>>;
  /** Makes this person an administrator, with the same code. */
  becomeAdministrator(code: string): Promise<Told<undefined>>;

  keys(): Promise<Told<readonly ApiKey[]>>;
  /** Without `ttlSeconds` the key does not expire. */
  addKey(name: string, ttlSeconds: number | undefined): Promise<Told<NewApiKey>>;
  /** The old key works for `graceSeconds` more. */
  replaceKey(id: string, graceSeconds: number): Promise<Told<NewApiKey>>;
  revokeKey(id: string): Promise<Told<undefined>>;

  everybody(cursor: string | undefined): Promise<Told<ApiPage<ApiAccountEntry>>>;
  change(
    name: string,
    change: { readonly isBanned?: boolean; readonly isAdmin?: boolean },
  ): Promise<Told<undefined>>;
  remove(name: string): Promise<Told<undefined>>;
  isRegistrationOpen(): Promise<Told<boolean>>;
  openRegistration(isOpen: boolean): Promise<Told<undefined>>;
}

/** What the tracker offers besides introductions. No promise here rejects. */
export interface TrackerDesk {
  readonly catalog: Catalog;
  readonly accounts: Accounts;
  /** The path of the page that says how to trust the tracker's certificate. Undefined: there is none. */
  readonly trustPage: string | undefined;
  status(): Promise<Told<ApiStatus>>;
}
