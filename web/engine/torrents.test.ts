import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ShareKey } from "#shared/base/ids.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import type { StopAt } from "./client.ts";
import { NEVER } from "./controls.ts";
import { type Database, keepRecord, openDatabase, type TorrentRecord, tabRecords } from "./database.ts";
import { fakeTorrent } from "./fake-scenes.ts";
import { newRecord } from "./item.ts";
import { pageLoad, TAB } from "./page-load.test-support.ts";
import type { PageInput } from "./worker/messages.ts";

const VIEW = fakeTorrent(1, { name: "film", bytesTotal: 100, bytesDone: 10, phase: "downloading" });
const { infoHash } = VIEW;
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
  const torrent = { infoHash, displayName: "film", infoBytes: undefined };
  await keepRecord(database, TAB.id, newRecord(torrent, { type: "stored", storageId: "s" }));
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

const load = (stopAt: StopAt = NEVER, asksFirst = false) => pageLoad(database, [VIEW], { stopAt, asksFirst });

/** What a torrent enters the engine with. */
const entered = (fed: readonly PageInput[]) =>
  fed.flatMap((input) => (input.type === "torrentAdded" ? [input.source.controls] : []));

test("the peers and the order that a person chooses reach the engine at once, and the next page load's", async () => {
  const { torrents, fed, entry } = await load();
  fed.length = 0;
  await torrents.changeControls(entry.key, { maxPeers: 5 });
  await torrents.changeControls(entry.key, { inOrder: true });
  expect(fed).toMatchObject([
    { type: "controlsChanged", infoHash, controls: { maxPeers: 5, inOrder: false } },
    { type: "controlsChanged", infoHash, controls: { maxPeers: 5, inOrder: true } },
  ]);
  expect(torrents.entries()).toMatchObject([{ controls: { maxPeers: 5, inOrder: true } }]);
  expect(entered((await load()).fed)).toMatchObject([{ maxPeers: 5, inOrder: true }]);
});

test("a paused download goes on once the person accepts it from somebody nearby, and a link alone leaves it paused", async () => {
  const { torrents, entry } = await load();
  vi.stubGlobal("location", new URL("http://a.example:8000/"));
  const link = `magnet:?xt=urn:btih:${infoHash}`;
  await torrents.pause(entry.key);
  await torrents.addLink(link);
  expect(torrents.entries()).toMatchObject([{ state: "paused" }]);
  await torrents.accept(infoHash, link);
  expect(torrents.entries()).toMatchObject([{ state: "downloading" }]);
});

const KEY = `${"k".repeat(42)}A`;
const keptKeys = async () => (await tabRecords(database, TAB.id)).map(({ shareKey }) => shareKey);

test("a share whose key is missing learns it from the whole link, passes it on in share links, and keeps it", async () => {
  const { torrents } = await load();
  vi.stubGlobal("location", new URL("http://a.example:8000/"));
  await torrents.addLink(`http://a.example:8000/#${infoHash}&k=${KEY}`);
  expect(torrents.entries()).toMatchObject([
    { lock: "open", shareLink: expect.stringMatching(`#${infoHash}&k=${KEY}$`) },
  ]);
  expect(await keptKeys()).toEqual([KEY]);
  expect((await load()).torrents.entries()).toMatchObject([{ lock: "open" }]);
  expect(torrents.told()).toMatchObject([{ infoHash }]);
  expect(JSON.stringify(torrents.told())).not.toContain(KEY); // Other tabs read it where it is stored.
});

const PLAN = planTorrent([{ path: "film", bytes: 10 }]);
const ORDINARY = encodeInfo(PLAN, new Uint8Array(20), false);
const OTHER_KEY = `${"m".repeat(42)}A` as ShareKey;

/** A stored torrent that the page load finds. */
async function stored(change: Partial<TorrentRecord>): Promise<void> {
  const torrent = { infoHash, displayName: "film", infoBytes: undefined };
  await keepRecord(database, TAB.id, {
    ...newRecord(torrent, { type: "stored", storageId: "s" }),
    ...change,
  });
  vi.stubGlobal("location", new URL("http://a.example:8000/"));
}

test("a link with a key changes nothing about a torrent that everybody can read, and says why", async () => {
  await stored({ infoBytes: ORDINARY });
  const { torrents } = await load();
  await expect(torrents.addLink(`#${infoHash}&k=${KEY}`)).rejects.toThrow(/has a key.*no encrypted share/);
  expect(await keptKeys()).toEqual([undefined]);
  expect(torrents.entries()[0]).not.toHaveProperty("lock");
});

test("the whole link of a paused share that lacks its key is the wish to download it", async () => {
  await stored({ isPaused: true, waitsBecause: "large" });
  const { torrents, fed } = await load();
  fed.length = 0;
  await torrents.addLink(`#${infoHash}&k=${KEY}`);
  expect(fed).toEqual([{ type: "torrentResumed", infoHash }]);
  const [record] = await tabRecords(database, TAB.id);
  expect(record).toMatchObject({ shareKey: KEY, isPaused: false });
  expect(record?.waitsBecause).toBeUndefined();
});

test("another key takes the place of one that has not failed yet, but not of the one that has read the share", async () => {
  await stored({ shareKey: OTHER_KEY });
  const { torrents, show } = await load();
  show(infoHash, { files: [] });
  await torrents.addLink(`#${infoHash}&k=${KEY}`);
  expect(await keptKeys()).toEqual([KEY]);
  show(infoHash, { files: VIEW.files, phase: "error" });
  await torrents.addLink(`#${infoHash}&k=${OTHER_KEY}`);
  expect(await keptKeys()).toEqual([KEY]);
});

test("an ordinary torrent whose link had a key goes on with the link without one, which drops that key", async () => {
  await stored({ shareKey: OTHER_KEY, infoBytes: ORDINARY, selectedFiles: [0] });
  const { torrents, fed, entry } = await load();
  fed.length = 0;
  await torrents.addLink(`#${infoHash}`);
  expect(await keptKeys()).toEqual([undefined]);
  expect(fed).toMatchObject([
    { type: "torrentRemoved" },
    { type: "torrentAdded", source: { infoHash, paused: false, selectedFiles: [0] } },
  ]);
  expect(torrents.entries()).toMatchObject([{ key: entry.key }]);
  expect(torrents.entries()[0]).not.toHaveProperty("lock");
});

test("an ordinary torrent whose link had a key waits without it as any new download does", async () => {
  await stored({ shareKey: OTHER_KEY, infoBytes: ORDINARY });
  const { torrents, fed } = await load(NEVER, true);
  await torrents.addLink(`#${infoHash}`);
  expect(fed.at(-1)).toMatchObject({ type: "torrentAdded", source: { paused: true } });
  expect(torrents.entries()).toMatchObject([{ waitsBecause: "asked" }]);
});

test("a link without a key leaves a key alone that fits, or may fit", async () => {
  await stored({ shareKey: OTHER_KEY });
  const { torrents } = await load();
  await torrents.addLink(`#${infoHash}`);
  expect(await keptKeys()).toEqual([OTHER_KEY]);
});

test("while one file is saved the card shows it, and saving all of them at the same time works", async () => {
  await stored({ infoBytes: ORDINARY });
  await database.put("pieces", new Blob(["0123456789"]), ["s", 0]);
  const { torrents, entry } = await load();
  const clicked: string[] = [];
  const link = { download: "", click: () => clicked.push(link.download) };
  vi.stubGlobal("document", { createElement: () => link });
  const saving = torrents.files.saveOne(entry.key, 0);
  expect(torrents.entries()).toMatchObject([{ saving: 0 }]);
  await torrents.files.saveAll(entry.key, async () => void clicked.push("all"));
  await saving;
  expect(clicked.toSorted()).toEqual(["all", "film"]);
  expect(torrents.entries()[0]).not.toHaveProperty("saving");
});

test("a limit of peers that hardly anybody could get through is none, and reaches no engine", async () => {
  const { torrents, fed, entry } = await load();
  await torrents.changeControls(entry.key, { maxPeers: 1 });
  expect(fed.at(-1)).toMatchObject({ type: "controlsChanged", controls: { maxPeers: undefined } });
});

test("a download stops sharing as the settings say, unless its own choice says otherwise", async () => {
  const stopAt = { ratio: 2, minutes: undefined };
  const { torrents, fed, entry } = await load(stopAt);
  expect(entered(fed)).toMatchObject([{ stopAt }]);
  await torrents.changeControls(entry.key, { stopAt: { ratio: undefined, minutes: 9 } });
  expect(fed.at(-1)).toMatchObject({ controls: { stopAt: { ratio: undefined, minutes: 9 } } });
  torrents.controlAgain(); // The settings have changed.
  expect(fed.at(-1)).toMatchObject({ controls: { stopAt: { ratio: undefined, minutes: 9 } } });
});
