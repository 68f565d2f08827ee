import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type InfoHash, parseInfoHash, type ShareKey } from "#shared/base/ids.ts";
import { parseShareKey } from "#shared/base/share-key.ts";
import { parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { SHARE_NAME } from "#shared/encrypted/share-torrent.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { NO_CONTROLS } from "./controls.ts";
import {
  type Database,
  dropRecord,
  keepRecord,
  openDatabase,
  removedRecord,
  type Schema,
  type TabId,
  type TorrentBytes,
  type TorrentRecord,
  tabRecords,
} from "./database.ts";

const TAB = "tab" as TabId;
const OTHER_TAB = "tab2" as TabId;
const open: Database[] = [];

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

afterEach(() => {
  for (const database of open.splice(0)) database.close();
  vi.unstubAllGlobals();
});

test("a tab finds its own records again, oldest first", async () => {
  const database = await opened();
  await keepRecord(database, TAB, record(1, { addedAt: 20, isPaused: true, selectedFiles: [0, 2] }));
  await keepRecord(database, TAB, record(2, { addedAt: 10, bytes: shared(1), infoBytes: infoOf(1) }));
  await keepRecord(database, OTHER_TAB, record(3));
  expect(await tabRecords(database, TAB)).toEqual([
    record(2, { addedAt: 10, bytes: shared(1), infoBytes: infoOf(1) }),
    record(1, { addedAt: 20, isPaused: true, selectedFiles: [0, 2] }),
  ]);

  await dropRecord(database, TAB, hash(2));
  expect(await tabRecords(database, TAB)).toHaveLength(1);
  expect(await tabRecords(database, OTHER_TAB)).toHaveLength(1);
});

test("the key of an encrypted share is kept, a broken one is not, and its files are more than the one of its torrent", async () => {
  const database = await opened();
  const key = parseShareKey(`${"k".repeat(42)}A`);
  const info = planTorrent([{ path: SHARE_NAME, bytes: 65_536 }], { pieceLength: 65_536 });
  const sealed = { infoBytes: encodeInfo(info, new Uint8Array(20), false), bytes: shared(3) };
  for (const [at, shareKey] of [key, "short" as ShareKey].entries())
    await keepRecord(database, TAB, record(at, { addedAt: at, shareKey, ...(at === 0 ? sealed : {}) }));
  await keepRecord(database, TAB, record(2, { addedAt: 2, ...sealed })); // Without a key its files cannot be those.
  expect(await tabRecords(database, TAB)).toEqual([
    record(0, { shareKey: key, ...sealed }),
    record(1, { shareKey: undefined }),
  ]);
});

test("a typed text is kept, and anything else in its place is not", async () => {
  const database = await opened();
  const typed = (text: unknown) => ({ path: "Text.txt", bytes: 2, handle: undefined, typed: text });
  for (const [at, text] of ["hi", 7, undefined].entries()) {
    const bytes = { type: "files", files: [typed(text)] } as TorrentBytes;
    await keepRecord(database, TAB, record(at, { addedAt: at, bytes, infoBytes: infoOf(1) }));
  }
  const kept = (await tabRecords(database, TAB)).map(({ bytes }) => bytes);
  expect(kept).toEqual(["hi", undefined, undefined].map((text) => ({ type: "files", files: [typed(text)] })));
});

test("a removed torrent is found only among removed ones", async () => {
  const database = await opened();
  await keepRecord(database, TAB, record(1, { isRemoved: true }));
  await keepRecord(database, TAB, record(2));
  expect(await removedRecord(database, TAB, hash(1))).toEqual(record(1, { isRemoved: true }));
  expect(await removedRecord(database, TAB, hash(2))).toBeUndefined();
  expect(await removedRecord(database, OTHER_TAB, hash(1))).toBeUndefined();
});

test.each([
  ["nothing", null],
  ["a text", "record"],
  ["a list", []],
  ["no info-hash", { ...record(1), infoHash: "xyz" }],
  ["no place for its bytes", { ...record(1), bytes: undefined }],
  ["an unknown place", { ...record(1), bytes: { type: "cloud" } }],
  ["a storage without a name", { ...record(1), bytes: { type: "stored", storageId: 7 } }],
  ["files that are no list", { ...record(1), bytes: { type: "files", files: {} } }],
  [
    "a file without a size",
    { ...record(1), infoBytes: infoOf(1), bytes: { type: "files", files: [{ path: "a" }] } },
  ],
  ["files of which nobody knows the torrent", { ...record(1), bytes: shared(1) }],
  ["files of another number than the torrent's", { ...record(1), infoBytes: infoOf(2), bytes: shared(1) }],
])("a record with %s is left out, and the others stay", async (_what, broken) => {
  const database = await opened();
  await database.put("torrents", broken, [TAB, hash(1)]);
  await keepRecord(database, TAB, record(2));
  expect(await tabRecords(database, TAB)).toEqual([record(2)]);
});

test("wrong minor fields of a record are dropped, and wrong metadata is downloaded again", async () => {
  const database = await opened();
  const odd = {
    ...record(1),
    displayName: 5,
    infoBytes: new Uint8Array([1, 2, 3]),
    trackers: ["no url", 7, "wss://tracker.test/"],
    selectedFiles: [0, -1, "2", 1.5, 3],
    isPaused: "yes",
    addedAt: "today",
    controls: { mostUp: 500_000.4, mostDown: 1, other: true, stopAt: { ratio: -1, minutes: 5 } },
    totals: { uploadedBytes: 5, downloadedBytes: -1, sharedMillis: 0 },
    stoppedBecause: "tired",
  };
  await database.put("torrents", odd, [TAB, hash(1)]);
  expect(await tabRecords(database, TAB)).toEqual([
    record(1, {
      displayName: undefined,
      trackers: parseTrackerUrls(["wss://tracker.test/"]),
      selectedFiles: [0, 3],
      addedAt: 0,
      controls: { ...NO_CONTROLS, mostUp: 500_000, stopAt: { ratio: undefined, minutes: 5 } },
    }),
  ]);
});

test("a database of the first version keeps its torrents and pieces when this page opens it", async () => {
  const old = await openDB<Schema>("tabswarm", 1, {
    upgrade(fresh) {
      for (const name of ["torrents", "pieces", "lives"] as const) fresh.createObjectStore(name);
    },
  });
  await old.put("torrents", record(1), [TAB, hash(1)]);
  await old.put("pieces", "a piece", ["storage 1", 0]);
  await old.put("lives", "a life", TAB);
  old.close();

  const database = await opened();
  expect(await tabRecords(database, TAB)).toEqual([record(1)]);
  expect(await database.get("pieces", ["storage 1", 0])).toBe("a piece");
  expect(await database.get("lives", TAB)).toBe("a life");
  expect(await database.getAll("publications")).toEqual([]);
  expect(await database.countFromIndex("torrents", "infoHash", hash(1))).toBe(1);
  expect(await database.countFromIndex("torrents", "storageId", "storage 1")).toBe(1);
});

test("without IndexedDB, or if it is refused, a StorageError names the next step", async () => {
  vi.stubGlobal("indexedDB", undefined);
  await expect(openDatabase(() => {})).rejects.toThrow(StorageError);
  vi.stubGlobal("indexedDB", {
    open() {
      throw new DOMException("denied", "SecurityError");
    },
  });
  await expect(openDatabase(() => {})).rejects.toThrow(/private browsing|site data/);
});

test("a record that cannot be written is a StorageError", async () => {
  const database = await opened();
  database.close();
  await expect(keepRecord(database, TAB, record(1))).rejects.toThrow(StorageError);
});

test("this page says so when a newer one takes the database over", async () => {
  const closed = vi.fn();
  open.push(await openDatabase(closed));
  await new Promise((resolve, reject) => {
    const upgrade = indexedDB.open("tabswarm", 99);
    upgrade.onsuccess = () => resolve(upgrade.result.close());
    upgrade.onerror = reject;
  });
  expect(closed.mock.calls).toEqual([[expect.stringMatching(/newer version.*Reload/), true]]);
  await expect(openDatabase(closed)).rejects.toThrow(/newer version.*Reload/);
});

test("a deleted database is not reported as a newer version", async () => {
  const closed = vi.fn();
  await openDatabase(closed);
  await new Promise((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase("tabswarm");
    deletion.onsuccess = resolve;
    deletion.onerror = reject;
  });
  expect(closed.mock.calls).toEqual([[expect.stringMatching(/deleted this page.*Reload/), false]]);
});

async function opened(): Promise<Database> {
  const database = await openDatabase(() => {});
  open.push(database);
  return database;
}

function hash(number: number): InfoHash {
  const infoHash = parseInfoHash(String(number).padStart(40, "0"));
  if (infoHash === undefined) throw new Error("the test has a wrong number");
  return infoHash;
}

function record(number: number, change: Partial<TorrentRecord> = {}): TorrentRecord {
  return {
    infoHash: hash(number),
    displayName: "Holiday",
    infoBytes: undefined,
    trackers: parseTrackerUrls(["wss://one.test/", "ws://two.test:8000/announce"]),
    selectedFiles: undefined,
    isPaused: false,
    isSaved: false,
    isRemoved: false,
    addedAt: number,
    bytes: { type: "stored", storageId: `storage ${number}` },
    ...change,
  };
}

function shared(count: number): TorrentRecord["bytes"] {
  const files = Array.from({ length: count }, (_, at) => ({
    path: `${at}.txt`,
    bytes: 4,
    handle: undefined,
  }));
  return { type: "files", files };
}

function infoOf(fileCount: number): Uint8Array<ArrayBuffer> {
  const plan = planTorrent(Array.from({ length: fileCount }, (_, at) => ({ path: `${at}.txt`, bytes: 4 })));
  return encodeInfo(plan, new Uint8Array(20), false);
}
