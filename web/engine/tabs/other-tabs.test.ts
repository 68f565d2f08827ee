import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { OtherTabs } from "./other-tabs.ts";
import { MAX_TOLD_TORRENTS, type TabWord, type ToldTorrent } from "./tab-words.ts";

// Node 20 has no locks, like a page on plain http. `e2e/other-tabs.spec.ts` has tabs with them.

/** Instant delivery within this process, so that time is the test's own. */
class InstantChannel {
  static open: InstantChannel[] = [];
  onmessage: ((event: { data: unknown }) => void) | undefined;
  constructor() {
    InstantChannel.open.push(this);
  }
  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    for (const other of [...InstantChannel.open]) if (other !== this) other.onmessage?.({ data: copy });
  }
  close(): void {
    InstantChannel.open = InstantChannel.open.filter((one) => one !== this);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("BroadcastChannel", InstantChannel);
  InstantChannel.open = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("tabs show each other's torrents, whichever was there first, and tell of changes once a second", () => {
  const first = open("first", [told(1)]);
  const second = open("second", [told(2), told(3)]);
  vi.advanceTimersByTime(1_000);
  expect(first.shown()).toEqual([hash(2), hash(3)]);
  expect(second.shown()).toEqual([hash(1)]);

  const words = listen();
  for (let done = 1; done <= 20; done++) {
    first.own = [told(1, { bytesDone: done })];
    first.tabs.changed();
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(1_000);
  expect(second.tabs.torrents.value).toMatchObject([{ infoHash: hash(1), bytesDone: 20 }]);
  expect(words.length).toBeLessThanOrEqual(3);
});

test("a word has only what has changed, and at rest there is none", () => {
  const first = open("first", [told(1), told(2)]);
  const second = open("second", []);
  vi.advanceTimersByTime(1_000);
  const words = listen();
  first.own = [told(1), told(2, { state: "paused" })];
  first.tabs.changed();
  vi.advanceTimersByTime(1_000);
  expect(words).toMatchObject([{ infoHashes: [hash(1), hash(2)], changes: [told(2, { state: "paused" })] }]);
  expect(second.tabs.torrents.value).toMatchObject([{ state: "downloading" }, { state: "paused" }]);

  const shown = second.tabs.torrents.value;
  for (let time = 0; time < 10; time++) {
    first.tabs.changed();
    vi.advanceTimersByTime(1_000);
  }
  expect(words).toHaveLength(1);
  expect(second.tabs.torrents.value).toBe(shown);
  first.own = [told(2, { state: "paused" })];
  first.tabs.changed();
  vi.advanceTimersByTime(1_000);
  expect(second.shown()).toEqual([hash(2)]);
});

test("a tab alone says nothing, whatever changes in it", () => {
  const words = listen();
  const { tabs } = open("only", [told(1)]);
  tabs.changed();
  vi.advanceTimersByTime(10_000);
  expect(words).toEqual([{ type: "here", life: "only" }]);
  expect(vi.getTimerCount()).toBe(0);
});

test("the torrents of a tab that leaves go at once", () => {
  const first = open("first", [told(1)]);
  const second = open("second", []);
  vi.advanceTimersByTime(1_000);
  expect(second.shown()).toEqual([hash(1)]);
  first.tabs.leave();
  expect(second.shown()).toEqual([]);
});

test("without locks, those of a tab that was killed go when the person comes back to another one", () => {
  open("first", [told(1)]);
  const [killed] = InstantChannel.open;
  const second = open("second", []);
  const third = open("third", [told(3)]);
  vi.advanceTimersByTime(1_000);
  expect(second.shown().sort()).toEqual([hash(1), hash(3)]);
  killed?.close();
  vi.advanceTimersByTime(60_000);
  expect(second.shown().sort()).toEqual([hash(1), hash(3)]);
  second.tabs.cameBack();
  vi.advanceTimersByTime(3_000);
  expect(second.shown()).toEqual([hash(3)]);
  expect(third.shown()).toEqual([hash(1)]);
});

test("a torrent of several tabs is shown once, as it is where most of it is here", () => {
  open("first", [told(1, { bytesDone: 3 })]);
  open("second", [told(1, { bytesDone: 7, state: "paused" })]);
  open("third", [told(1, { bytesDone: 5 })]);
  const { tabs } = open("fourth", []);
  vi.advanceTimersByTime(1_000);
  expect(tabs.torrents.value).toMatchObject([{ bytesDone: 7, state: "paused" }]);
});

test("a torrent shares its data with another tab that has the same storage, and with no other", () => {
  open("first", [
    told(1, { storageId: "shared" }),
    told(2, { storageId: "theirs" }),
    told(3, { storageId: undefined }),
  ]);
  const second = open("second", []);
  vi.advanceTimersByTime(1_000);
  const sharing = () =>
    second.tabs.torrents.value.filter(({ sharesData }) => sharesData).map(({ infoHash }) => infoHash);
  expect(sharing()).toEqual([]);
  second.own = [
    told(1, { storageId: "shared" }),
    told(2, { storageId: "ours" }),
    told(3, { storageId: undefined }),
  ];
  second.tabs.changed();
  vi.advanceTimersByTime(1_000);
  expect(sharing()).toEqual([hash(1)]);
});

test("more tabs than anybody keeps open are not followed", () => {
  const { shown } = open("this", []);
  for (let tab = 0; tab < 65; tab++) open(`tab ${tab}`, [told(tab)]);
  vi.advanceTimersByTime(2_000);
  expect(shown()).toHaveLength(64);
});

test("of very many torrents the newest are told", () => {
  open("this", []);
  const words = listen();
  open(
    "full",
    Array.from({ length: MAX_TOLD_TORRENTS + 1 }, (_, at) => told(at)),
  );
  vi.advanceTimersByTime(1_000);
  expect(words.find((word) => word.type === "torrents" && word.life === "full")).toMatchObject({
    infoHashes: { 0: hash(0), length: MAX_TOLD_TORRENTS },
  });
});

test("what is no word of a tab changes nothing", () => {
  const { shown } = open("this", [told(1)]);
  const stranger = new InstantChannel();
  for (const data of [null, 7, "here", {}, { type: "torrents", life: "x" }]) stranger.postMessage(data);
  expect(shown()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

function open(life: string, own: readonly ToldTorrent[]) {
  const tab = { own };
  const tabs = new OtherTabs(life, () => tab.own);
  const shown = (): InfoHash[] => tabs.torrents.value.map(({ infoHash }) => infoHash);
  return Object.assign(tab, { tabs, shown });
}

/** All that tabs say from now on. */
function listen(): TabWord[] {
  const words: TabWord[] = [];
  new InstantChannel().onmessage = ({ data }) => void words.push(data as TabWord);
  return words;
}

function hash(number: number): InfoHash {
  return number.toString(16).padStart(40, "0") as InfoHash;
}

function told(number: number, change: Partial<ToldTorrent> = {}): ToldTorrent {
  return {
    infoHash: hash(number),
    name: `Torrent ${number}`,
    state: "downloading",
    bytesDone: 1,
    bytesTotal: 100,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    isOwn: false,
    isWaiting: false,
    storageId: `storage ${number}`,
    ...change,
  };
}
