import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import type { EntryKey, StoredTorrent } from "./client.ts";
import {
  type Database,
  dropRecord,
  keepRecord,
  openDatabase,
  type TabId,
  type TorrentRecord,
} from "./database.ts";
import { newRecord } from "./item.ts";
import { freeStorage, storageUse } from "./storage-use.ts";
import type { TorrentList } from "./torrent-list.ts";

const [HERE, THERE] = ["here", "there"] as TabId[] as [TabId, TabId];
const PIECE_LENGTH = 16_384;
/** Three pieces, of which the last has one byte. */
const BYTES = 2 * PIECE_LENGTH + 1;
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

/** A torrent with the first so many of its pieces, in the list of a tab or removed from it. */
async function stored(
  name: string,
  tab: TabId,
  pieces: number,
  change: Partial<TorrentRecord> = {},
): Promise<TorrentRecord> {
  const plan = planTorrent([{ path: name, bytes: BYTES }], { pieceLength: PIECE_LENGTH });
  const infoBytes = encodeInfo(plan, new Uint8Array(60), false);
  const infoHash = Buffer.from(name).toString("hex").padEnd(40, "0").slice(0, 40) as InfoHash;
  const bytes = { type: "stored", storageId: name } as const;
  const record = { ...newRecord({ infoHash, displayName: undefined, infoBytes }, bytes), ...change };
  await keepRecord(database, tab, record);
  for (let piece = 0; piece < pieces; piece++) await database.put("pieces", new Blob(["x"]), [name, piece]);
  return record;
}

function listOf(...records: readonly TorrentRecord[]): TorrentList {
  const items = records.map((record) => ({ record, key: record.displayName ?? "key" }));
  return { kept: { database, tab: { id: HERE } }, items: () => items } as unknown as TorrentList;
}

const told = async (): Promise<readonly StoredTorrent[]> => (await storageUse(listOf()))?.torrents ?? [];
const names = async (): Promise<readonly string[]> => (await told()).map(({ name }) => name);
const removeNothing = async (): Promise<void> => {
  throw new Error("nothing in the list was to go");
};

test("the page counts what each torrent stores, most first, and says whose it is", async () => {
  await stored("half", HERE, 2);
  await stored("whole", HERE, 3, { isSaved: true });
  await stored("other", THERE, 1);
  await stored("left", HERE, 1, { isRemoved: true });
  await stored("nothing", HERE, 0);
  await stored("own", HERE, 0, {
    bytes: { type: "files", files: [{ path: "own", bytes: BYTES, handle: undefined }] },
  });
  expect(await told()).toMatchObject([
    { name: "whole", bytes: BYTES, isWhole: true, isSaved: true, place: "here", storageId: "whole" },
    { name: "half", bytes: 2 * PIECE_LENGTH, isWhole: false, isSaved: false, place: "here" },
    { name: "left", bytes: PIECE_LENGTH, place: "removed" },
    { name: "other", bytes: PIECE_LENGTH, place: "elsewhere" },
  ]);
});

test("storage that two tabs share is counted once, and stays as long as another tab's list has it", async () => {
  await stored("film", HERE, 3, { isRemoved: true });
  await stored("film", THERE, 3);
  expect(await told()).toMatchObject([{ bytes: BYTES, place: "elsewhere" }]);
  await freeStorage(listOf(), ["film"], removeNothing);
  expect(await told()).toMatchObject([{ bytes: BYTES, place: "elsewhere" }]);
  await stored("film", THERE, 3, { isRemoved: true });
  expect(await told()).toMatchObject([{ bytes: BYTES, place: "removed" }]);
  await freeStorage(listOf(), ["film"], removeNothing);
  expect(await database.getAllKeys("pieces")).toEqual([]);
});

test("what is left of removed torrents goes by itself, and nothing else", async () => {
  await stored("listed", HERE, 3);
  await stored("left", HERE, 3, { isRemoved: true });
  await stored("kept", THERE, 3, { isRemoved: true });
  await freeStorage(listOf(), ["left"], removeNothing);
  expect(await names()).toEqual(["listed", "kept"]);
  expect(await database.getAllKeys("torrents")).toHaveLength(2);
});

test("a torrent of the list leaves it, also if a tab that removed it had kept the same data", async () => {
  const record = await stored("film", HERE, 3);
  await stored("film", THERE, 3, { isRemoved: true });
  const removed: EntryKey[] = [];
  await freeStorage(listOf(record), ["film"], async (key) => {
    removed.push(key);
    await dropRecord(database, HERE, record.infoHash);
  });
  expect(removed).toHaveLength(1);
  expect(await names()).toEqual([]);
  expect(await database.getAllKeys("pieces")).toEqual([]);
});

test("the browser's own count is told where there is one", async () => {
  expect(await storageUse(listOf())).toEqual({ torrents: [], allBytes: undefined, mostBytes: undefined });
  vi.stubGlobal("navigator", { storage: { estimate: async () => ({ usage: 5, quota: 9 }) } });
  expect(await storageUse(listOf())).toEqual({ torrents: [], allBytes: 5, mostBytes: 9 });
  expect(await storageUse({ kept: undefined } as TorrentList)).toBeUndefined();
});
