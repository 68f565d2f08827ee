import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type InfoHash, parseInfoHash, type TrackerUrl } from "#shared/base/ids.ts";
import { MAX_TRACKER_URL_CHARACTERS, MAX_TRACKERS, parseTrackerUrl } from "#shared/base/tracker-url.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import type { Database, TabId, TorrentRecord } from "./database.ts";
import { openDatabase, tabRecords } from "./database.ts";
import { entryOf, type Item, newRecord } from "./item.ts";
import { lasting } from "./lasting.test-support.ts";
import { addTracker, removeTracker } from "./named-trackers.ts";
import { readPageConfig } from "./page-config.ts";
import type { Tab } from "./tab.ts";
import { TorrentLinks } from "./torrent-links.ts";
import { type Kept, TorrentList } from "./torrent-list.ts";
import type { PageEngine } from "./worker/page-engine.ts";

const TAB = { id: "tab" as TabId } as Tab;
const INFO_HASH = parseInfoHash("1".repeat(40)) as InfoHash;
const OWN = "ws://a.example:8000/announce";
const OTHER = "wss://tracker.example.org/announce";
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

/** A list with one torrent, and to which trackers the engine was told to announce it, in each input about them. */
function listed(change: Partial<TorrentRecord> = {}, { isSecure = false } = {}) {
  const announced: (readonly TrackerUrl[])[] = [];
  const engine = {
    feed: (input: { type: string; trackers: readonly TrackerUrl[][] }) =>
      input.type === "trackersChanged" && announced.push(input.trackers.flat()),
  } as unknown as PageEngine;
  const location = new URL("http://a.example:8000/") as unknown as Location;
  const links = new TorrentLinks(readPageConfig({}, location), OWN as TrackerUrl, isSecure);
  const kept = { database, databases: lasting(database), tab: TAB } as Kept;
  const deaf = { metadata: () => {}, revealed: () => {}, stopped: () => {} };
  const list = new TorrentList(
    kept,
    links,
    () => {
      throw new Error("nobody asks");
    },
    () => engine,
    deaf,
  );
  const torrent = { infoHash: INFO_HASH, displayName: "film", infoBytes: undefined };
  const record = { ...newRecord(torrent, { type: "stored", storageId: "s" }), ...change };
  const item = list.add(record);
  const refusal = (address: string) => addTracker(list, item, address).catch((error: Error) => error.message);
  return { list, item, announced, refusal };
}

const shareLink = ({ links }: TorrentList, item: Item): string =>
  decodeURIComponent(links.shareLink({ ...item.record, name: "film", isPrivate: false }));

test("a tracker that a person adds is announced to beside the others, stored, listed, and in the share link", async () => {
  const { list, item, announced } = listed({ trackers: ["udp://desktop.example:80" as TrackerUrl] });
  await addTracker(list, item, " WSS://Tracker.Example.org/announce ");
  expect(announced).toEqual([[OWN, OTHER]]);
  expect((await tabRecords(database, TAB.id))[0]?.trackers).toEqual(["udp://desktop.example:80", OTHER]);
  expect(shareLink(list, item)).toContain(`tr=${OTHER}`);
  const { trackers } = entryOf(
    item,
    { infoHash: INFO_HASH, trackers: [], webSeeds: [] } as never,
    list.links,
  ) as {
    trackers: unknown;
  };
  expect(trackers).toEqual([
    { url: OWN, isOwn: true, isReachable: true },
    { url: OTHER, isOwn: false, isReachable: true },
    { url: "udp://desktop.example:80", isOwn: false, isReachable: false },
  ]);
});

test("a tracker that a person takes out is left for good, whatever key its address has; the page's own stays", async () => {
  const withKey = `${OTHER}/${"k".repeat(32)}` as TrackerUrl;
  const { list, item, announced } = listed({ trackers: [withKey, OWN as TrackerUrl] });
  await removeTracker(list, item, OTHER as TrackerUrl);
  expect(announced).toEqual([[OWN]]);
  expect((await tabRecords(database, TAB.id))[0]?.trackers).toEqual([OWN]);
  expect(shareLink(list, item)).not.toContain("tr=");
  await removeTracker(list, item, OWN as TrackerUrl);
  expect(item.record.trackers).toEqual([OWN]);
  expect(announced).toHaveLength(1);
});

test.each([
  ["", "no address of a tracker"],
  ["tracker.example.org", "no address of a tracker"],
  ["wss://user:password@tracker.example.org/", "no address of a tracker"],
  ["https://tracker.example.org/announce", "begins with wss:// or ws://. If tracker.example.org speaks"],
  ["udp://tracker.example.org:6969", "begins with wss:// or ws://. If tracker.example.org:6969 speaks"],
  ["ws://192.168.1.1/cgi-bin/reboot", "does not look like a tracker's"],
  ["ws://192.168.1.1:80/announce?x=1", undefined],
  [OTHER, "has that tracker already"],
  [`${OTHER}/${"k".repeat(32)}`, "has that tracker already"],
  ["ws://a.example:8000/", "has that tracker already"],
])("asked to add %j, the page says why it cannot, if so", async (address, reason) => {
  const { refusal, announced, item } = listed({ trackers: [OTHER as TrackerUrl] });
  const said = await refusal(address);
  if (reason === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(reason);
  expect(announced).toHaveLength(reason === undefined ? 1 : 0);
  expect(item.record.trackers).toHaveLength(reason === undefined ? 2 : 1);
});

test("an address that is too long is none", async () => {
  const { refusal } = listed();
  const start = "wss://tracker.example.org/";
  const longest = start + "a".repeat(MAX_TRACKER_URL_CHARACTERS - start.length);
  expect(await refusal(`${longest}a`)).toContain("no address of a tracker");
  expect(await refusal(longest)).toBeUndefined();
});

test("a page on https adds no tracker on plain http", async () => {
  const { refusal } = listed({}, { isSecure: true });
  expect(await refusal("ws://tracker.example.org/")).toContain(
    "only trackers whose address begins with wss://",
  );
  expect(await refusal(OTHER)).toBeUndefined();
});

test("a torrent gets no more trackers than it is announced to at most", async () => {
  const trackers = Array.from(
    { length: MAX_TRACKERS - 2 },
    (_, at) => parseTrackerUrl(`wss://t${at}.example/`) as TrackerUrl,
  );
  const { refusal, list, item } = listed({ trackers });
  expect(await refusal(OTHER)).toBeUndefined();
  expect(await refusal("wss://one-more.example/")).toContain("20 trackers at most");
  await removeTracker(list, item, OTHER as TrackerUrl);
  expect(await refusal("wss://one-more.example/")).toBeUndefined();
});

test("the trackers of a private torrent stay as they are (BEP 27)", async () => {
  const plan = planTorrent([{ path: "film", bytes: 4 }]);
  const infoBytes = new Uint8Array(encodeInfo(plan, new Uint8Array(20), true));
  const { refusal, announced, list, item } = listed({ infoBytes, trackers: [OTHER as TrackerUrl] });
  expect(item.metadata?.info.isPrivate).toBe(true);
  expect(await refusal("wss://one-more.example/")).toContain("private");
  await removeTracker(list, item, OTHER as TrackerUrl);
  expect(item.record.trackers).toEqual([OTHER]);
  expect(announced).toEqual([]);
});
