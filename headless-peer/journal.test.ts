import { expect, test } from "vitest";
import type { PeerAddress } from "#shared/announce/compact.ts";
import {
  type InfoHash,
  type LinkId,
  millis,
  type PeerId,
  type PieceIndex,
  type TrackerUrl,
} from "#shared/base/ids.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { PeerView } from "#shared/session/view.ts";
import { Journal, MAX_ENTRIES } from "./journal.ts";

const infoHash = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const tracker = "http://localhost:8000/announce" as TrackerUrl;
const address = "\xc0\x00\x02\x01\x1a\xe1" as PeerAddress;
const link = 7 as LinkId;

/** A journal, what it has logged, and a clock moved by hand. */
function open(level = "debug") {
  const written: [level: string, facts: object, words: string][] = [];
  const writer = (at: string) => (facts: object, words: string) => void written.push([at, facts, words]);
  const isLevelEnabled = (asked: string): boolean => level === "debug" || asked !== "debug";
  const log = { isLevelEnabled, debug: writer("debug"), info: writer("info"), warn: writer("warn") };
  const world = { now: 0 };
  const journal = new Journal(log, { now: () => millis(world.now) });
  const hear = (...all: Happening[]): void => {
    for (const what of all) journal.happened(infoHash, what);
  };
  const take = () => written.splice(0);
  return { journal, hear, take, world };
}

const DEEDS = { downloadedBytes: 10, uploadedBytes: 20, goodPieces: 3, failedPieces: 1 };
const peer = { link, kind: "tcp", address, client: "aria2", ...DEEDS } as PeerView;
const NAME = { infoHash, link: 7, kind: "tcp", address: "192.0.2.1:6881", client: "aria2" };

test("a link is logged when it opens, and with its transfers and the reason when it has ended", () => {
  const { hear, take } = open();
  hear({ type: "linkOpened", peer }, { type: "linkClosed", peer, reason: "theyLeft" });
  expect(take()).toEqual([
    ["info", NAME, "link opened"],
    ["info", { ...NAME, reason: "theyLeft", ...DEEDS }, "link closed"],
  ]);
});

test("a link that another peer introduced is logged as such", () => {
  const { hear, take } = open();
  hear({ type: "linkOpened", peer: { ...peer, isIntroduced: true } });
  expect(take()).toEqual([["info", { ...NAME, introduced: true }, "link opened"]]);
});

test("a link to a peer that broke the rules is logged with what it did", () => {
  const { hear, take } = open();
  const broke = { reason: "brokeTheRules", brokenRule: "a message of 300000 bytes" } as const;
  hear({ type: "linkClosed", peer, ...broke }, { type: "linkFailed", link, ...broke });
  expect(take()).toEqual([
    ["info", { ...NAME, ...broke, ...DEEDS }, "link closed"],
    ["info", { infoHash, link, ...broke }, "link given up"],
  ]);
});

test("ignored parts of a peer's messages are logged at debug level", () => {
  const { hear, take } = open();
  const what = "extended message 0: no dictionary";
  hear({ type: "leftOut", link, what });
  expect(take()).toEqual([["debug", { infoHash, link: 7, what }, "ignored part of what a peer sent"]]);
});

test("a banned peer is logged as a warning that says what it sent", () => {
  const { hear, take } = open();
  const peerId = "2d".repeat(20) as PeerId;
  hear(
    { type: "peerBanned", peerId, badPiece: 4 as PieceIndex },
    { type: "peerBanned", peerId, badPiece: undefined },
    { type: "linkClosed", peer, reason: "banned" },
  );
  expect(take()).toEqual([
    ["warn", { infoHash, peerId, sent: "bad blocks of piece 4" }, "peer banned"],
    ["warn", { infoHash, peerId, sent: "bad metadata" }, "peer banned"],
    ["warn", { ...NAME, reason: "banned", ...DEEDS }, "link closed"],
  ]);
});

test("phases and problems are logged", () => {
  const { hear, take } = open();
  hear(
    { type: "phaseChanged", phase: "error" },
    { type: "problemChanged", problem: "The disk is full." },
    { type: "problemChanged", problem: undefined },
  );
  expect(take()).toEqual([
    ["info", { infoHash, phase: "error" }, "torrent changed phase"],
    ["warn", { infoHash, problem: "The disk is full." }, "torrent has a problem"],
  ]);
});

test("trackers' answers and failures are logged as they happen", () => {
  const { journal, hear, take } = open();
  const counts = { seeders: 1, leechers: 2, intervalSeconds: 120, minIntervalSeconds: 60 };
  hear(
    { type: "trackerAnswered", tracker, ...counts, warning: undefined },
    { type: "trackerRefused", tracker, reason: "not here", retryIn: "never" },
    { type: "trackerLost", tracker, reason: "nothing listens there" },
  );
  journal.leftOut(tracker, "trailing bytes: 1");
  journal.happened(undefined, { type: "trackerLost", tracker, reason: "no answer" });
  const piece = 5 as PieceIndex;
  hear(
    { type: "metadataUnusable", reason: "it is not what the hash names" },
    { type: "pieceVerified", piece, wasStored: false },
    { type: "pieceFailed", piece },
  );
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
    const { hear, take } = open(level);
    hear({ type: "dialling", link, address }, { type: "linkFailed", link, reason: "noRoute" });
    expect(take()).toHaveLength(count);
  }
});

test("the entries in a minute are limited, and the next minute says how many were left out", () => {
  const { hear, take, world } = open();
  for (let at = 0; at < MAX_ENTRIES + 5; at++) hear({ type: "trackerLost", tracker, reason: "gone" });
  expect(take()).toHaveLength(MAX_ENTRIES);
  world.now = 60_000;
  hear({ type: "trackerLost", tracker, reason: "gone" });
  expect(take()).toEqual([
    ["warn", { leftOut: 5 }, "log entries left out"],
    ["warn", { infoHash, tracker, reason: "gone" }, "tracker lost"],
  ]);
});

test("keys in announce URLs stay out of the log", () => {
  const { hear, take } = open();
  const secret = `${tracker}/${"k".repeat(43)}` as TrackerUrl;
  hear(
    { type: "torrentAdded", displayName: "film", trackers: [[secret]] },
    { type: "trackerLost", tracker: secret, reason: "gone" },
  );
  expect(JSON.stringify(take())).not.toContain("kkk");
});
