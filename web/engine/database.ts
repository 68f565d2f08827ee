import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { ProtocolError } from "#shared/base/errors.ts";
import {
  type InfoHash,
  parseInfoHash,
  type ShareKey,
  type TrackerUrl,
  type WebSeedUrl,
} from "#shared/base/ids.ts";
import { parseShareKey } from "#shared/base/share-key.ts";
import { parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import { type Info, parseInfo } from "#shared/meta/info.ts";
import { readWebSeeds } from "#shared/meta/web-seeds.ts";
import type { Totals } from "#shared/session/totals.ts";
import type { Controls, EndReason, WaitReason } from "./client.ts";
import { controlsIn } from "./controls.ts";
import { totalsIn } from "./totals.ts";

/** Names a tab across reloads. */
export type TabId = string & { readonly tabId: unique symbol };

/** One of the person's own files, as it was when the page hashed it. */
export interface SharedFile {
  /** As in the torrent's plan. */
  readonly path: string;
  readonly bytes: number;
  /** Undefined: this browser has no handles. */
  readonly handle: FileSystemFileHandle | undefined;
  /** All of it, if the person typed it into the page. */
  readonly typed?: string | undefined;
}

/** Where a torrent's bytes are: in the piece store, under an id that outlives the tab, or in the person's own files. */
export type TorrentBytes =
  | { readonly type: "stored"; readonly storageId: string }
  | { readonly type: "files"; readonly files: readonly SharedFile[] };

/** What the browser stores of a torrent for the next page load. */
export interface TorrentRecord {
  readonly infoHash: InfoHash;
  readonly displayName: string | undefined;
  readonly infoBytes: Uint8Array<ArrayBuffer> | undefined;
  /** The encoding of its names, from its .torrent file. */
  readonly encoding?: string | undefined;
  /** As its link or .torrent file names them. */
  readonly trackers: readonly TrackerUrl[];
  /** Web servers that have its files (BEP 19). Absent in records of older pages. */
  readonly webSeeds?: readonly WebSeedUrl[] | undefined;
  /** The key of an encrypted share, from its link. It leaves this browser in share links alone. Absent: there is none. */
  readonly shareKey?: ShareKey | undefined;
  /** Of an encrypted share, numbers of the files in it. */
  readonly selectedFiles: readonly number[] | undefined;
  /** Those of them that come before the others. */
  readonly firstFiles?: readonly number[] | undefined;
  readonly isPaused: boolean;
  /** Why it is paused until the person starts it for the first time. */
  readonly waitsBecause?: WaitReason | undefined;
  /** The person has saved everything at least once. */
  readonly isSaved: boolean;
  /** No longer in the list, but its pieces stay for when the person adds it again. */
  readonly isRemoved: boolean;
  /** Wall-clock milliseconds: the order of the list. */
  readonly addedAt: number;
  readonly bytes: TorrentBytes;
  /** Absent: the person has chosen nothing for it. */
  readonly controls?: Controls | undefined;
  /** It is paused because it is no longer shared. */
  readonly stoppedBecause?: EndReason | undefined;
  /** What it has done so far, as last written: at least once a minute while it moves. Absent: nothing. */
  readonly totals?: Totals | undefined;
}

/** The stores. Keys are ours; values count as untrusted, because an older page or a fault may have written them. */
export interface Schema extends DBSchema {
  /** Keyed by tab and info-hash: two tabs may have the same torrent, with the same storage or each with its own. */
  torrents: {
    key: [tab: string, infoHash: string];
    value: unknown;
    indexes: { infoHash: string; storageId: string };
  };
  /** Keyed by storage id and piece index. */
  pieces: { key: [storageId: string, piece: number]; value: unknown };
  /** Keyed by tab: the page load that owns it, so that two of them never hold the same torrents. */
  lives: { key: string; value: unknown };
  /** Keyed by info-hash: what this browser's tabs have published, for all of them. */
  publications: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Schema>;

/** A change of what is stored of torrents. */
export type Change = IDBPTransaction<Schema, ("lives" | "torrents" | "pieces")[], "readwrite">;

const NAME = "tabswarm";
/** 1: torrents, pieces, lives. 2: publications. 3: tabs may share a storage, which older pages would delete. */
const VERSION = 3;

const NO_DATABASE =
  "This browser does not let the page store anything, so you cannot download. Leave private browsing or allow site data, then reload.";
const NEWER_PAGE = "You opened a newer version of this page in another tab. Reload this tab to continue.";
const NOT_KEPT =
  "The browser could not store this, so it will be lost when you close the page. Free space on this device and reload.";
const DATABASE_DELETED = "Somebody deleted this page's data in the browser. Reload the page to start again.";
const DATABASE_GONE = "The browser closed this page's storage. Reload the page to continue.";

/**
 * Opens the browser's database. Rejects with a `StorageError` if there is none, as in some private windows.
 * Calls `closed` with a sentence for the person if the browser or a newer page takes the database away later. `isForGood`: it cannot
 * be opened again by this page.
 */
export async function openDatabase(
  closed: (problem: string, isForGood: boolean) => void,
  name = NAME,
): Promise<Database> {
  try {
    return await openDB<Schema>(name, VERSION, {
      upgrade(database, oldVersion, _newVersion, transaction) {
        if (oldVersion < 1) {
          database.createObjectStore("torrents");
          database.createObjectStore("pieces");
          database.createObjectStore("lives");
        }
        if (oldVersion < 2) database.createObjectStore("publications");
        if (oldVersion < 3) {
          transaction.objectStore("torrents").createIndex("infoHash", "infoHash");
          transaction.objectStore("torrents").createIndex("storageId", "bytes.storageId");
        }
      },
      // Another page wants to upgrade or delete the database. Without this it would wait until this tab is closed.
      blocking(_current, wanted, { target }) {
        if (target instanceof IDBDatabase) target.close();
        if (wanted === null) closed(DATABASE_DELETED, false);
        else closed(NEWER_PAGE, true);
      },
      terminated: () => closed(DATABASE_GONE, false),
    });
  } catch (error) {
    const isOlder = error instanceof DOMException && error.name === "VersionError";
    throw new StorageError(isOlder ? NEWER_PAGE : NO_DATABASE);
  }
}

/** Whether the browser or somebody else has closed it. */
export function isClosed(database: Database): boolean {
  try {
    database.transaction("lives"); // It ends by itself.
    return false;
  } catch {
    return true;
  }
}

/** A tab's torrents, oldest first, without records that cannot be read. */
export async function tabRecords(database: Database, tab: TabId): Promise<TorrentRecord[]> {
  const values = await database.getAll("torrents", tabRange(tab));
  return values.flatMap(readRecord).sort((left, right) => left.addedAt - right.addedAt);
}

/** A torrent removed from this tab's list whose pieces were kept. */
export async function removedRecord(
  database: Database,
  tab: TabId,
  infoHash: InfoHash,
): Promise<TorrentRecord | undefined> {
  const [record] = readRecord(await database.get("torrents", [tab, infoHash]));
  return record?.isRemoved ? record : undefined;
}

/** Replaces a record. Rejects with a `StorageError` if the browser refuses. */
export async function keepRecord(database: Database, tab: TabId, record: TorrentRecord): Promise<void> {
  try {
    await database.put("torrents", record, [tab, record.infoHash]);
  } catch {
    throw new StorageError(NOT_KEPT);
  }
}

/** Deletes a record, but not its pieces. */
export async function dropRecord(database: Database, tab: TabId, infoHash: InfoHash): Promise<void> {
  await database.delete("torrents", [tab, infoHash]);
}

/** The keys of a tab's torrents. */
export function tabRange(tab: string): IDBKeyRange {
  return IDBKeyRange.bound([tab], [tab, []]); // An array sorts behind every string and every number.
}

/** The keys of the pieces under one storage id. */
export function pieceRange(storageId: string): IDBKeyRange {
  return IDBKeyRange.bound([storageId], [storageId, []]);
}

/** Deletes the pieces under a storage id, unless a record names it: another tab uses them. False: one does. */
export async function freeUnnamed(change: Change, storageId: string): Promise<boolean> {
  const users = await change.objectStore("torrents").index("storageId").count(storageId);
  if (users === 0) await change.objectStore("pieces").delete(pieceRange(storageId));
  return users === 0;
}

/** A stored record as a list of one, or an empty list if it is broken. */
export function readRecord(value: unknown): TorrentRecord[] {
  if (typeof value !== "object" || value === null) return [];
  const said: Partial<Record<string, unknown>> = { ...value };
  const { displayName, encoding, trackers, webSeeds, selectedFiles, firstFiles, addedAt } = said;
  const infoHash = typeof said["infoHash"] === "string" ? parseInfoHash(said["infoHash"]) : undefined;
  const infoBytes = said["infoBytes"] instanceof Uint8Array ? new Uint8Array(said["infoBytes"]) : undefined;
  const info = readInfo(infoBytes);
  const shareKey = isString(said["shareKey"]) ? parseShareKey(said["shareKey"]) : undefined;
  const bytes = readBytes(said["bytes"]);
  if (infoHash === undefined || bytes === undefined) return [];
  // The torrent of an encrypted share has one file, whatever is in it.
  const isSealed = info !== undefined && shareKey !== undefined && isEncryptedShare(info);
  if (bytes.type === "files" && bytes.files.length !== info?.files.length && !isSealed) return [];
  return [
    {
      infoHash,
      bytes,
      displayName: isString(displayName) ? displayName : undefined,
      infoBytes: info === undefined ? undefined : infoBytes, // If it cannot be read, peers send it again.
      encoding: isString(encoding) ? encoding : undefined,
      trackers: parseTrackerUrls(Array.isArray(trackers) ? trackers.filter(isString) : []),
      webSeeds: Array.isArray(webSeeds) ? readWebSeeds(webSeeds.filter(isString)).webSeeds : undefined,
      shareKey,
      selectedFiles: Array.isArray(selectedFiles) ? selectedFiles.filter(isIndex) : undefined,
      firstFiles: Array.isArray(firstFiles) ? firstFiles.filter(isIndex) : undefined,
      isPaused: said["isPaused"] === true,
      waitsBecause: readWaitReason(said["waitsBecause"]),
      isSaved: said["isSaved"] === true,
      isRemoved: said["isRemoved"] === true,
      addedAt: typeof addedAt === "number" ? addedAt : 0,
      stoppedBecause: readEndReason(said["stoppedBecause"]),
      totals: totalsIn(said["totals"]),
      controls: said["controls"] === undefined ? undefined : controlsIn(said["controls"]),
    },
  ];
}

function readWaitReason(value: unknown): WaitReason | undefined {
  return value === "large" || value === "metered" || value === "asked" ? value : undefined;
}

const END_REASONS: readonly EndReason[] = ["ratio", "time", "downloads", "moment", "person"];

function readEndReason(value: unknown): EndReason | undefined {
  return END_REASONS.find((reason) => reason === value);
}

function readInfo(infoBytes: Uint8Array | undefined): Info | undefined {
  try {
    return infoBytes && parseInfo(infoBytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function readBytes(value: unknown): TorrentBytes | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  if (value.type === "stored" && "storageId" in value && isString(value.storageId)) {
    return { type: "stored", storageId: value.storageId };
  }
  if (value.type !== "files" || !("files" in value) || !Array.isArray(value.files)) return undefined;
  const files = value.files.flatMap(readSharedFile);
  return files.length === value.files.length ? { type: "files", files } : undefined;
}

function readSharedFile(value: unknown): SharedFile[] {
  if (typeof value !== "object" || value === null) return [];
  const { path, bytes, handle, typed }: Partial<Record<string, unknown>> = { ...value };
  if (!isString(path) || typeof bytes !== "number") return [];
  const isHandle = typeof FileSystemFileHandle === "function" && handle instanceof FileSystemFileHandle;
  return [{ path, bytes, handle: isHandle ? handle : undefined, typed: isString(typed) ? typed : undefined }];
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
