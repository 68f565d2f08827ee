import { expect, test } from "vitest";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, type LinkId, millis, type PieceIndex, type TrackerUrl } from "#shared/base/ids.ts";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { Journal, LOOK_MILLIS, MAX_ENTRIES } from "./journal.ts";

const infoHash = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const tracker = "http://localhost:8000/announce" as TrackerUrl;
const address = "\xc0\x00\x02\x01\x1a\xe1" as PeerAddress;

/** A journal, what it has logged, and a clock moved by hand. */
function open(level = "debug") {
  const written: [level: string, facts: object, words: string][] = [];
  const writer = (at: string) => (facts: object, words: string) => void written.push([at, facts, words]);
  const isLevelEnabled = (asked: string): boolean => level === "debug" || asked !== "debug";
  const log = { isLevelEnabled, debug: writer("debug"), info: writer("info"), warn: writer("warn") };
  const world: { now: number; wake: { at: number; call: () => void } | undefined; views: TorrentView[] } = {
    now: 0,
    wake: undefined,
    views: [],
  };
  const clock = {
    now: () => millis(world.now),
    wakeAt: (at: number, call: () => void) => {
      world.wake = { at, call };
      return () => (world.wake = undefined);
    },
  };
  const journal = new Journal(log, clock, () => world.views);
  const pass = (millisPassed: number, ...views: TorrentView[]): void => {
    world.views = views;
    for (const end = world.now + millisPassed; world.wake !== undefined && world.wake.at <= end; ) {
      world.now = world.wake.at;
      world.wake.call();
    }
  };
  const take = () => written.splice(0);
  return { journal, pass, take, world };
}

function view(parts: Partial<TorrentView>): TorrentView {
  const nothing = { phase: "downloading", problem: undefined, bannedPeers: 0, peers: [] };
  return { infoHash, ...nothing, ...parts } as TorrentView;
}

function peer(parts: Partial<PeerView> = {}): PeerView {
  const deeds = { downloadedBytes: 10, uploadedBytes: 20, goodPieces: 3, failedPieces: 1 };
  return { link: 7 as LinkId, kind: "tcp", address, client: "aria2", ...deeds, ...parts } as PeerView;
}

const NAME = { infoHash, link: 7, kind: "tcp", address: "192.0.2.1:6881", client: "aria2" };
const DEEDS = { downloadedBytes: 10, uploadedBytes: 20, goodPieces: 3, failedPieces: 1 };

test("a link is logged when it opens, and with its transfers and the reason when it has ended", () => {
  const { journal, pass, take } = open();
  pass(LOOK_MILLIS, view({ peers: [peer()] }));
  expect(take()).toEqual([
    ["info", { infoHash, phase: "downloading" }, "torrent changed phase"],
    ["info", NAME, "link opened"],
  ]);
  pass(5 * LOOK_MILLIS, view({ peers: [peer()] }));
  expect(take()).toEqual([]);
  journal.heard({ type: "linkClosed", link: 7 as LinkId, reason: "theyLeft" });
  pass(LOOK_MILLIS, view({}));
  expect(take()).toEqual([["info", { ...NAME, reason: "theyLeft", ...DEEDS }, "link closed"]]);
});

test("a link is logged as soon as its handshake arrives, but the looks are limited however many somebody opens", () => {
  const { journal, pass, take, world } = open();
  world.now = 500;
  const bytes = new Uint8Array(68);
  journal.heard({ type: "linkOpened", link: 7 as LinkId });
  journal.heard({ type: "bytesArrived", link: 7 as LinkId, bytes });
  world.views = [view({ peers: [peer()] })];
  journal.heard({ type: "linkOpened", link: 8 as LinkId });
  expect(take().map(([, , words]) => words)).toEqual(["torrent changed phase", "link opened"]);
  journal.heard({ type: "bytesArrived", link: 8 as LinkId, bytes });
  world.views = [view({ peers: [peer(), peer({ link: 8 as LinkId })] })];
  journal.heard({ type: "deadlinePassed" });
  expect(take()).toEqual([]);
  pass(LOOK_MILLIS, ...world.views);
  expect(take().map(([, , words]) => words)).toEqual(["link opened"]);
});

test("ignored parts of a peer's messages are logged at debug level", () => {
  const { journal, take } = open();
  journal.ordered({
    type: "leftOut",
    link: 7 as LinkId,
    infoHash,
    what: "extended message 0: no dictionary",
  });
  const facts = { infoHash, link: 7, what: "extended message 0: no dictionary" };
  expect(take()).toEqual([["debug", facts, "ignored part of what a peer sent"]]);
});

test("a banned peer is logged as a warning", () => {
  const { journal, pass, take } = open();
  pass(LOOK_MILLIS, view({ peers: [peer()] }));
  take();
  journal.ordered({ type: "close", link: 7 as LinkId, reason: "banned" });
  pass(LOOK_MILLIS, view({ bannedPeers: 1 }));
  expect(take()).toEqual([
    ["warn", { infoHash, bannedPeers: 1 }, "peer banned"],
    ["warn", { ...NAME, reason: "banned", ...DEEDS }, "link closed"],
  ]);
});

test("phases and problems are logged once", () => {
  const { pass, take } = open();
  pass(3 * LOOK_MILLIS, view({ phase: "error", problem: "The disk is full." }));
  expect(take()).toEqual([
    ["info", { infoHash, phase: "error" }, "torrent changed phase"],
    ["warn", { infoHash, problem: "The disk is full." }, "torrent has a problem"],
  ]);
});

test("trackers' answers and failures are logged as they happen", () => {
  const { journal, take } = open();
  const counts = { seeders: 1, leechers: 2, intervalSeconds: 120, minIntervalSeconds: 60 };
  journal.heard({ type: "announceAnswered", infoHash, tracker, ...counts, warning: undefined });
  journal.heard({ type: "announceRefused", infoHash, tracker, reason: "not here", retryIn: "never" });
  journal.heard({ type: "announceUnanswered", infoHash, tracker, reason: "nothing listens there" });
  journal.leftOut(tracker, "trailing bytes: 1");
  journal.heard({ type: "trackerLost", tracker, reason: "no answer" });
  journal.heard({ type: "metadataChecked", infoHash, metadata: undefined, problem: undefined });
  journal.heard({ type: "pieceChecked", infoHash, piece: 4 as PieceIndex, good: true, badCopies: [] });
  journal.heard({ type: "pieceChecked", infoHash, piece: 5 as PieceIndex, good: false, badCopies: [] });
  expect(take()).toEqual([
    ["info", { infoHash, tracker, ...counts, warning: undefined }, "tracker answered"],
    ["warn", { infoHash, tracker, reason: "not here", retryIn: "never" }, "tracker refused"],
    ["warn", { infoHash, tracker, reason: "nothing listens there" }, "tracker lost"],
    ["warn", { tracker, what: "trailing bytes: 1" }, "ignored part of what a tracker sent"],
    ["warn", { tracker, reason: "no answer" }, "tracker lost"],
    ["warn", { infoHash, reason: "it is not what the hash names" }, "metadata unusable"],
    ["warn", { infoHash, piece: 5 }, "piece failed its check"],
  ]);
});

test("dials that led nowhere are logged at debug level", () => {
  for (const [level, count] of [
    ["debug", 2],
    ["info", 0],
  ] as const) {
    const { journal, pass, take } = open(level);
    journal.ordered({ type: "dial", link: 7 as LinkId, address });
    journal.heard({ type: "linkClosed", link: 7 as LinkId, reason: "noRoute" });
    pass(LOOK_MILLIS);
    expect(take()).toHaveLength(count);
  }
});

test("the entries in a minute are limited, and the next minute says how many were left out", () => {
  const { journal, pass, take } = open();
  for (let at = 0; at < MAX_ENTRIES + 5; at++)
    journal.heard({ type: "trackerLost", tracker, reason: "gone" });
  expect(take()).toHaveLength(MAX_ENTRIES);
  pass(60_000);
  journal.heard({ type: "trackerLost", tracker, reason: "gone" });
  expect(take()).toEqual([
    ["warn", { leftOut: 5 }, "log entries left out"],
    ["warn", { tracker, reason: "gone" }, "tracker lost"],
  ]);
});

test("on close it logs what is left, and wakes no more", () => {
  const { journal, pass, take, world } = open();
  pass(LOOK_MILLIS, view({ peers: [peer()] }));
  take();
  world.views = [];
  journal.close();
  expect(take().map(([, , words]) => words)).toEqual(["link closed", "peer stopped"]);
  expect(world.wake).toBeUndefined();
});
