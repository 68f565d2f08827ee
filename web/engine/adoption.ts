import type { IDBPTransaction, StoreNames } from "idb";
import { type Database, pieceRange, readRecord, type TabId, tabRange, type TorrentRecord } from "./database.ts";

// Invariants: a torrent's record lies under one tab; a tab's records belong to the page load ("life") that claimed the
// tab last; every storage id with pieces is named by one record, or `sweep` frees it.

/** A tab that has torrents, as it was when it was looked at. */
export interface Owner {
  readonly tab: TabId;
  /** Undefined: no page load has claimed it. */
  readonly life: string | undefined;
}

type Schema = Database extends import("idb").IDBPDatabase<infer Known> ? Known : never;
type Change = IDBPTransaction<Schema, ArrayLike<StoreNames<Schema>>, "readwrite">;
