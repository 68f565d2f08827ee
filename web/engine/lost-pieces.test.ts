import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { SHARE_KEY, WEB_CIPHER } from "#shared/encrypted/share.test-support.ts";
import { EncryptedShare } from "#shared/encrypted/share.ts";
import { deriveKeys } from "#shared/encrypted/share-keys.ts";
import { SHARE_NAME } from "#shared/encrypted/share-torrent.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { type Database, keepRecord, openDatabase, tabRecords } from "./database.ts";
import { fakeTorrent } from "./fake-scenes.ts";
import { newRecord } from "./item.ts";
import { pageLoad, TAB } from "./page-load.test-support.ts";
import { MAX_UNASKED_BYTES } from "./start-gate.ts";

const PIECE = 1024 * 1024;
const FILES = [
  { path: "a/cover", bytes: 5 },
  { path: "a/film", bytes: 2 * MAX_UNASKED_BYTES },
];
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

/** A large share of which only the piece with its manifest is in the storage, or nothing. */
async function storeShare(isKnown: boolean, selectedFiles: readonly number[]): Promise<InfoHash> {
  const share = EncryptedShare.plan(planTorrent(FILES), await deriveKeys(WEB_CIPHER, SHARE_KEY), PIECE);
  const sealed = new Uint8Array(PIECE);
  await share.seal(0 as PieceIndex, new Uint8Array(share.plainLayout.pieceLength), sealed);
  const plan = planTorrent([{ path: SHARE_NAME, bytes: share.layout.totalBytes }], { pieceLength: PIECE });
  const infoBytes = encodeInfo(plan, new Uint8Array(20 * plan.layout.pieceCount), false);
  const { infoHash } = fakeTorrent(1, { name: "a", bytesTotal: 1 });
  const torrent = { infoHash, displayName: "a", infoBytes, shareKey: SHARE_KEY, selectedFiles };
  await keepRecord(database, TAB.id, newRecord(torrent, { type: "stored", storageId: "s" }));
  if (isKnown) await database.put("pieces", new Blob([sealed]), ["s", 0]);
  return infoHash;
}

test.each([
  ["a large file of it waits", true, [1], "large"],
  ["a small file of it does not wait", true, [0], undefined],
  ["if its list of files is lost, too, all of it counts", false, [0], "large"],
])(
  "what the browser has taken away of an encrypted share is fetched again: %s",
  async (_, isKnown, selectedFiles, waitsBecause) => {
    await storeShare(isKnown, selectedFiles);
    const view = fakeTorrent(1, { name: "a", bytesTotal: 2 * MAX_UNASKED_BYTES });
    const { torrents, fed } = await pageLoad(database, [view]);
    fed.length = 0;
    expect(await torrents.restoreRecords()).toBe(true);
    const paused = waitsBecause === undefined ? [] : ["torrentPaused"];
    expect(fed.map(({ type }) => type)).toEqual([...paused, "checkBegan", "checkEnded"]);
    const [record] = await tabRecords(database, TAB.id);
    expect([record?.isPaused, record?.waitsBecause]).toEqual([waitsBecause !== undefined, waitsBecause]);
  },
);
