import type { ReadonlySignal } from "@preact/signals-core";
import type { OfferedShare } from "#shared/announce/nearby.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type {
  Controls,
  Entry,
  EntryKey,
  FileChoice,
  LoggedEvent,
  PickedFile,
  PieceMap,
  Play,
  Speeds,
  StorageUse,
  TorrentElsewhere,
} from "./entry.ts";
import type { NearbyView, OfferKey, PersonKey } from "./nearby/view.ts";
import type { Settings } from "./settings-choice.ts";
import type { TrackerDesk } from "./tracker-desk.ts";

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
export type * from "./entry.ts";
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
export type * from "./settings-choice.ts";
export type * from "./tracker-desk.ts";
export { isUnread } from "./unread.ts";

/** A sentence for the person: what happened and what to do. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
  /** It is about a condition that lasts, so it stays until somebody dismisses it. Otherwise it leaves by itself. */
  readonly lasts?: boolean;
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
  /** Whether the page can make encrypted shares. Never on plain http, where somebody on the way may have changed the page itself. */
  readonly canEncrypt: boolean;
  readonly mostPeers: MostPeers;
  /**
   * Undefined: this browser has the torrents. Otherwise a daemon has them, and the page saves, reads and stores nothing: what a
   * person can do with files of the browser does nothing.
   */
  readonly daemon: DaemonDesk | undefined;

  /** Hashes the files and seeds them as one torrent, encrypted if the settings say so. Undefined: it cannot, and has said why. Never rejects. */
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
  /**
   * The first `MAX_PREVIEW_BYTES` of one file that is complete, or all of it if it is shorter, without a type. Undefined: it is not
   * complete, or cannot be read. Never rejects.
   */
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
  /** Shares files, never encrypted, and asks these people whether they want them. Never rejects. */
  send(to: readonly PersonKey[], files: readonly PickedFile[]): Promise<void>;
  /** Answers an offer. An accepted one is downloaded. */
  answer(offer: OfferKey, isAccepted: boolean): void;
}
