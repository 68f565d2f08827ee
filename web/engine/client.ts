import type { ReadonlySignal } from "@preact/signals-core";
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
import type { InfoHash } from "#shared/base/ids.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { OwnIceServer } from "./own-ice-server.ts";

/** The bounds of a speed limit. */
export { MAX_RATE, MIN_RATE } from "#shared/policy/rate-bounds.ts";
export { type IceProblem, iceProblem, type OwnIceServer } from "./own-ice-server.ts";

/** Names one entry of the list for as long as this page is open. */
export type EntryKey = string & { readonly entryKey: unique symbol };

/** A file that a person chose or dropped, alone or in a folder. */
export interface PickedFile {
  /** Its name, or its path from the chosen folder, with `/` between the parts: `Holiday/beach/1.jpg`. */
  readonly path: string;
  readonly file: File;
  /** Lets the page read the same file again after a reload. Not every browser has one. */
  readonly handle?: FileSystemFileHandle;
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
      readonly shareLink: string;
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
    };

/**
 * `large`: so much data that the person should know first. `metered`: the connection may cost money by the byte. `asked`: the
 * person wants to be asked before every download.
 */
export type WaitReason = "large" | "metered" | "asked";

/** What a person has chosen for this browser. All of its tabs follow. */
export interface Settings {
  /** What peers read in place of the kind of browser: see `deviceName`. Undefined: nothing. */
  readonly deviceName: string | undefined;
  /** `auto`: as the browser or the device has it. */
  readonly theme: Theme;
  /** Of the text size that the browser has, in percent. */
  readonly textPercent: TextPercent;
  /** Bytes a second to and from all peers together, from `MIN_RATE`. Undefined: no limit. */
  readonly mostUp: number | undefined;
  readonly mostDown: number | undefined;
  /** New links use it besides the tracker's. Always one that they can use. */
  readonly iceServer: OwnIceServer | undefined;
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

/** All that the page may ask of the engine. `live.ts` runs the real one, `fake.ts` a made-up one. */
export interface Client {
  /** Newest first. A new list at most four times a second. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** False while the client reads the stored list at the start. */
  readonly ready: ReadonlySignal<boolean>;
  /** Whether the tracker that serves this page has a catalog. False until it has said so. */
  readonly hasCatalog: ReadonlySignal<boolean>;
  /** Who is logged in there. */
  readonly account: ReadonlySignal<Account>;
  readonly settings: ReadonlySignal<Settings>;
  /** Whether the browser can let a person pick a folder to save into. */
  readonly canSaveToFolder: boolean;

  /** Hashes the files and seeds them as one torrent. */
  share(files: readonly PickedFile[]): void;
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
  /** The same for text pasted anywhere on the page. Ignores text that nobody means as a link. */
  addPasted(text: string): void;
  /** The torrents that such a text names. Never rejects. */
  infoHashesIn(text: string): Promise<readonly InfoHash[]>;
  /** Adds a .torrent file. A bad one becomes a notice. */
  addTorrentFile(file: File): void;
  pause(key: EntryKey): void;
  resume(key: EntryKey): void;
  /** Also stops hashing. Without `deleteData` the pieces stay for when the person adds the torrent again. */
  remove(key: EntryKey, deleteData: boolean): void;
  /** Saves the file, or several as one ZIP, as a browser download. Call it during a click. */
  save(key: EntryKey): void;
  /** Asks for a folder and writes every file into it. Call it during a click. */
  saveToFolder(key: EntryKey): void;
  /** Fetches these files of a download from now on, and no others. Ignores a choice of nothing. */
  chooseFiles(key: EntryKey, choice: FileChoice): void;
  /**
   * How many bytes of each file are here, by its number. Undefined: they are the person's own files, or not known yet. Never
   * rejects. Reads the storage: ask only while somebody looks.
   */
  bytesOfFiles(key: EntryKey): Promise<readonly number[] | undefined>;
  /** The bytes of one file that is complete, without a type. Undefined: it is not, or cannot be read. Never rejects. */
  readFile(key: EntryKey, index: number): Promise<Blob | undefined>;
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
  /** What other apps have shared with the page, the oldest first. No two of its files have one name. Never rejects. */
  arrivals(): Promise<readonly Arrival[]>;
  dismissNotice(id: number): void;
  /** Keeps settings in this browser, made fit where they were not. What is left out stays. */
  changeSettings(change: Partial<Settings>): void;
  /** What else that tracker offers. Its code loads at the first call; rejects with a `StorageError` if it does not arrive. */
  tracker(): Promise<TrackerDesk>;
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
