import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry, EntryKey } from "./client.ts";
import { NEVER, NO_CONTROLS } from "./controls.ts";
import { type Database, keepRecord, openDatabase, type TorrentRecord } from "./database.ts";
import { fakeTorrent } from "./fake-scenes.ts";
import { FileHashing } from "./hash-picked.ts";
import { newRecord } from "./item.ts";
import { endedMeanwhile } from "./link-ends.ts";
import { pageLoad, TAB } from "./page-load.test-support.ts";

const HOUR = 3_600_000;
const WHOLE = fakeTorrent(1, { name: "film", bytesTotal: 100 });
const { infoHash } = WHOLE;
const HALF = fakeTorrent(1, { name: "film", bytesTotal: 100, bytesDone: 50, phase: "downloading" });
const RECORD = newRecord(
  { infoHash, displayName: "film", infoBytes: undefined },
  { type: "stored", storageId: "s" },
);
const OWN: TorrentRecord = { ...RECORD, bytes: { type: "files", files: [] } };
const until = (at: number) => ({ controls: { ...NO_CONTROLS, stopAt: { ...NEVER, at } } });
let database: Database;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
  await keepRecord(database, TAB.id, RECORD);
});
afterEach(() => {
  database.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function page(view = WHOLE) {
  const { torrents, fed, show } = await pageLoad(database, [view]);
  const entry = (): Exclude<Entry, { state: "hashing" }> => {
    const [only] = torrents.entries();
    if (only === undefined || only.state === "hashing") throw new Error("it is not in the list");
    return only;
  };
  const { key } = entry();
  const choose = (stopAt: Partial<typeof NEVER & { at: number; downloads: number }>) =>
    torrents.changeControls(key, { stopAt: { ...NEVER, ...stopAt } });
  return { torrents, fed, show, entry, key, choose };
}

test("sharing ends at the chosen time, and the next page load neither shares nor forgets why", async () => {
  const { choose, entry } = await page();
  await choose({ at: Date.now() + HOUR + 500 });
  vi.advanceTimersByTime(HOUR + 499);
  expect(entry().state).toBe("seeding");
  vi.advanceTimersByTime(1);
  expect(entry()).toMatchObject({ state: "paused", stoppedBecause: "moment" });
  const next = await page();
  expect(next.entry()).toMatchObject({ stoppedBecause: "moment" });
  expect(next.fed).toContainEqual(
    expect.objectContaining({ type: "torrentAdded", source: expect.objectContaining({ paused: true }) }),
  );
});

test("it ends soon after a sleep, or a change of the clock, during which the time came", async () => {
  const { choose, entry } = await page();
  await choose({ at: Date.now() + 10 * HOUR });
  vi.setSystemTime(Date.now() + 11 * HOUR);
  expect(entry().state).toBe("seeding");
  vi.advanceTimersByTime(60_000);
  expect(entry()).toMatchObject({ state: "paused", stoppedBecause: "moment" });
});

test("a time that came while the page was closed counts", async () => {
  await keepRecord(database, TAB.id, { ...RECORD, ...until(Date.now() + HOUR) });
  vi.setSystemTime(Date.now() + HOUR);
  expect((await page()).entry()).toMatchObject({ state: "paused", stoppedBecause: "moment" });
});

test("the person's own files are not shared again for a moment after such a time", () => {
  const ended = { isPaused: true, stoppedBecause: "moment" };
  expect(endedMeanwhile({ ...OWN, ...until(Date.now()) })).toEqual(ended);
  expect(endedMeanwhile({ ...OWN, ...until(Date.now() + 1) })).toEqual({});
  expect(endedMeanwhile({ ...OWN, ...until(Date.now()), stoppedBecause: "ratio" })).toEqual({});
  expect(endedMeanwhile({ ...RECORD, ...until(Date.now()) })).toEqual({}); // A download may not be complete.
});

test("a download goes on to its end first", async () => {
  const { choose, entry, show } = await page(HALF);
  await choose({ at: Date.now() + HOUR });
  vi.advanceTimersByTime(2 * HOUR);
  expect(entry().state).toBe("downloading");
  show(infoHash, { phase: "seeding", bytesDone: 100 });
  vi.advanceTimersByTime(60_000);
  expect(entry()).toMatchObject({ state: "paused", stoppedBecause: "moment" });
});

test("what is resumed is shared without the limits of which it reached one", async () => {
  const { torrents, choose, entry, key, fed } = await page();
  await choose({ at: Date.now() + HOUR, downloads: 3 });
  vi.advanceTimersByTime(HOUR);
  await torrents.resume(key);
  vi.advanceTimersByTime(HOUR);
  expect(entry().state).toBe("seeding");
  expect(entry()).not.toHaveProperty("stoppedBecause");
  expect(entry().controls.stopAt).toEqual(NEVER);
  expect(fed.slice(-2)).toMatchObject([
    { type: "controlsChanged", controls: { stopAt: NEVER } },
    { type: "torrentResumed" },
  ]);
});

test("a link that the person has ended stays so, and keeps its limits when they bring it back", async () => {
  const { torrents, choose, key } = await page();
  await choose({ downloads: 3 });
  await torrents.endLink(key);
  const next = await page();
  expect(next.entry()).toMatchObject({ stoppedBecause: "person" });
  await next.torrents.resume(next.key);
  expect(next.entry()).toMatchObject({ controls: { stopAt: { downloads: 3 } } });
  expect(next.entry()).not.toHaveProperty("stoppedBecause");
  expect((await page()).entry()).not.toHaveProperty("stoppedBecause");
});

test("one that ends while it rests stays paused when the reason to rest is gone", async () => {
  const { torrents, entry, key } = await page();
  torrents.rest("metered");
  await torrents.endLink(key);
  torrents.rest("metered");
  expect(entry()).not.toHaveProperty("restsBecause");
  torrents.rest(undefined);
  expect(entry()).toMatchObject({ state: "paused", stoppedBecause: "person" });
});

test("limits that nobody can have chosen are none", async () => {
  const { choose, entry } = await page();
  await choose({ downloads: 0, at: -1 });
  expect(entry().controls.stopAt).toEqual(NEVER);
  await choose({ downloads: 10_001, at: Number.MAX_VALUE });
  expect(entry().controls.stopAt).toEqual(NEVER);
  await choose({ downloads: 2.4, at: Number.NaN });
  expect(entry().controls.stopAt).toEqual({ ...NEVER, downloads: 2 });
});

test("the person's own files are shared on once they are chosen again, without the limit", async () => {
  const picked = [{ path: "poem.txt", file: new File(["hello"], "poem.txt") }];
  const hashed = await new FileHashing("own" as EntryKey, picked, {
    pieceLength: undefined,
    encrypts: false,
  }).run();
  const own = { infoHash: hashed.infoHash, displayName: "poem.txt", infoBytes: hashed.infoBytes };
  const record = newRecord(own, { type: "files", files: hashed.files });
  await keepRecord(database, TAB.id, { ...record, ...until(Date.now()) });
  const view = { ...fakeTorrent(2, { name: "poem.txt", bytesTotal: 5 }), infoHash: hashed.infoHash };
  const { torrents, entry, key, fed } = await page(view);
  expect(entry()).toMatchObject({ state: "needs-file", needs: "files", stoppedBecause: "moment" });
  await torrents.supplyFiles(key, picked);
  expect(entry()).toMatchObject({ state: "seeding", controls: { stopAt: NEVER } });
  expect(entry()).not.toHaveProperty("stoppedBecause");
  expect(fed.map(({ type }) => type)).toContain("torrentResumed");
});
