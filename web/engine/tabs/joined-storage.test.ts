import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { parseShareKey } from "#shared/base/share-key.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { adopt, freeRemoved, sweep } from "../adoption.ts";
import {
  type Database,
  keepRecord,
  openDatabase,
  type TabId,
  type TorrentRecord,
  tabRecords,
} from "../database.ts";
import { lasting } from "../lasting.test-support.ts";
import { PieceStore } from "../piece-store.ts";
import { joinStorage, torrentElsewhere } from "./joined-storage.ts";

const INFO_HASH = "1".repeat(40) as InfoHash;
const [HERE, THERE, ELSEWHERE] = ["here", "there", "elsewhere"] as TabId[] as [TabId, TabId, TabId];
const KEY = parseShareKey(`${"k".repeat(42)}A`);
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

test("a tab joins the storage with most pieces, and learns the trackers that its record names", async () => {
  await keep(THERE, "poor", { trackers: ["wss://there.test/" as TrackerUrl] });
  await keep(ELSEWHERE, "rich", { trackers: ["wss://elsewhere.test/" as TrackerUrl], displayName: "Film" });
  await fill("poor", 1);
  await fill("rich", 2);
  const own = record("own", { trackers: ["wss://own.test/" as TrackerUrl] });
  expect(await joinStorage(database, HERE, own)).toMatchObject({
    bytes: { type: "stored", storageId: "rich" },
    displayName: "Film",
    trackers: ["wss://own.test/", "wss://elsewhere.test/"],
  });
  expect(await tabRecords(database, HERE)).toMatchObject([{ bytes: { storageId: "rich" } }]);
});

test("without pieces elsewhere, or with as many here, a tab keeps its own storage", async () => {
  expect(await joinStorage(database, HERE, record("own"))).toBeUndefined();
  await keep(THERE, "other");
  expect(await joinStorage(database, HERE, record("own"))).toBeUndefined();
  await fill("other", 2);
  await fill("own", 2);
  expect(await joinStorage(database, HERE, record("own"))).toBeUndefined();
  expect(await tabRecords(database, HERE)).toEqual([]);
});

test("a tab that joins a fuller storage frees what it had itself", async () => {
  await keep(HERE, "own", { isRemoved: true });
  await keep(THERE, "other");
  await fill("own", 1);
  await fill("other", 2);
  expect(await joinStorage(database, HERE, record("own"))).toMatchObject({ bytes: { storageId: "other" } });
  expect(await pieceCount("own")).toBe(0);
});

test("if the browser refuses to store the record, the tab keeps its own storage", async () => {
  await keep(THERE, "other");
  await fill("other", 1);
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("made by the test", "QuotaExceededError");
  });
  expect(await joinStorage(database, HERE, record("own"))).toBeUndefined();
  vi.restoreAllMocks();
  expect(await tabRecords(database, HERE)).toEqual([]);
});

test("what another tab's record says of a torrent is all that its link would, and this tab's own does not count", async () => {
  await keep(HERE, "own");
  expect(await torrentElsewhere(database, HERE, INFO_HASH)).toBeUndefined();
  await keep(THERE, "other", { displayName: "Film", shareKey: KEY });
  await keep(ELSEWHERE, "another");
  expect(await torrentElsewhere(database, HERE, INFO_HASH)).toMatchObject({
    infoHash: INFO_HASH,
    displayName: "Film",
    shareKey: KEY,
  });
});

test("a key that does not fit what another tab knows of a torrent is not taken over", async () => {
  const plan = planTorrent([{ path: "film", bytes: 10 }]);
  const infoBytes = encodeInfo(plan, new Uint8Array(20), false);
  await keep(THERE, "other", { shareKey: KEY });
  await keep(ELSEWHERE, "another", { infoBytes });
  expect(await torrentElsewhere(database, HERE, INFO_HASH)).toMatchObject({ infoBytes, shareKey: undefined });
  await keep(ELSEWHERE, "another", { infoBytes, shareKey: KEY });
  await fill("another", 2);
  expect(await joinStorage(database, HERE, record("own"))).toMatchObject({ shareKey: undefined });
  expect(await joinStorage(database, HERE, record("own", { shareKey: KEY }))).toMatchObject({
    shareKey: KEY, // The person's own link says so, and they get to hear that it is wrong.
  });
});

test("pieces stay until the last record that names them is gone, however it goes", async () => {
  const share = async (): Promise<void> => {
    await keep(THERE, "shared");
    await fill("shared", 2);
    await joinStorage(database, HERE, record("own"));
  };
  await share();
  await database.delete("torrents", [THERE, INFO_HASH]);
  await new PieceStore(lasting(database), "shared").clear();
  expect(await pieceCount("shared")).toBe(2);
  await database.delete("torrents", [HERE, INFO_HASH]);
  await new PieceStore(lasting(database), "shared").clear();
  expect(await pieceCount("shared")).toBe(0);

  await share();
  await keep(THERE, "shared", { isRemoved: true });
  expect(await freeRemoved(database)).toBe(false);
  expect(await pieceCount("shared")).toBe(2);
  await keep(HERE, "shared", { isRemoved: true });
  expect(await freeRemoved(database)).toBe(true);
  expect(await pieceCount("shared")).toBe(0);

  await share();
  expect(await adopt(database, { tab: THERE, life: undefined }, HERE)).toBe(true);
  await sweep(database, HERE);
  expect(await pieceCount("shared")).toBe(2);
});

function record(storageId: string, change: Partial<TorrentRecord> = {}): TorrentRecord {
  return {
    infoHash: INFO_HASH,
    displayName: undefined,
    infoBytes: undefined,
    trackers: [],
    selectedFiles: undefined,
    isPaused: false,
    isSaved: false,
    isRemoved: false,
    addedAt: 1,
    bytes: { type: "stored", storageId },
    ...change,
  };
}

function keep(tab: TabId, storageId: string, change: Partial<TorrentRecord> = {}): Promise<void> {
  return keepRecord(database, tab, record(storageId, change));
}

async function fill(storageId: string, count: number): Promise<void> {
  for (let piece = 0; piece < count; piece++)
    await database.put("pieces", new Blob(["x"]), [storageId, piece]);
}

async function pieceCount(storageId: string): Promise<number> {
  return (await new PieceStore(lasting(database), storageId).heldPieces(10)).count;
}
