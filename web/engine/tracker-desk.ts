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
import type { EntryKey } from "./entry.ts";

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
