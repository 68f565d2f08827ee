import { type InfoHash, type Millis, millis, type TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { PeerView } from "#shared/session/view.ts";
import { formatPeerAddress } from "./peer-address.ts";
import type { EndReason } from "./sharing-ends.ts";

/** Takes entries: facts for programs, and a few words. */
export interface Log {
  isLevelEnabled(level: string): boolean;
  debug(facts: object, words: string): void;
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
}

/** Entries in a minute. Others decide how often they dial us, and must not fill our disk. */
export const MAX_ENTRIES = 600;
const MINUTE_MILLIS = 60_000;

/** What an entry tells. */
interface Facts {
  readonly tracker?: TrackerUrl;
  readonly trackers?: TrackerTiers;
  readonly [name: string]: unknown;
}

type Level = "debug" | "info" | "warn";
type Entry = readonly [level: Level, words: string, facts: Facts];

/** What the log says of each thing that can happen. Undefined: nothing. */
type Entries = {
  readonly [Type in Happening["type"]]?: (
    what: Extract<Happening, { readonly type: Type }>,
  ) => Entry | undefined;
};

const ENTRIES: Entries = {
  torrentAdded: ({ displayName: name, trackers }) => ["info", "torrent added", { name, trackers }],
  torrentRemoved: () => ["info", "torrent removed", {}],
  phaseChanged: ({ phase }) => ["info", "torrent changed phase", { phase }],
  problemChanged: ({ problem }) =>
    problem === undefined ? undefined : ["warn", "torrent has a problem", { problem }],
  metadataArrived: ({ name }) => ["info", "metadata arrived", { name }],
  metadataUnusable: ({ reason }) => ["warn", "metadata unusable", { reason }],
  pieceFailed: ({ piece }) => ["warn", "piece failed its check", { piece }],
  torrentCompleted: () => ["info", "torrent completed", {}],
  sharingStopped: ({ because }) => sharingStopped(because),
  peerBanned: ({ peerId, badPiece }) => [
    "warn",
    "peer banned",
    { peerId, sent: badPiece === undefined ? "bad metadata" : `bad blocks of piece ${badPiece}` },
  ],
  webSeedFailed: ({ webSeed, reason, retryInSeconds }) => [
    "warn",
    "web seed failed",
    { webSeed: withoutQuery(webSeed), reason, retryInSeconds },
  ],
  webSeedBanned: ({ webSeed, badPiece }) => [
    "warn",
    "web seed banned",
    { webSeed: withoutQuery(webSeed), sent: `bad blocks of piece ${badPiece}` },
  ],
  dialling: ({ link, address }) => ["debug", "dialling", { link, address: formatPeerAddress(address) }],
  linkOpened: ({ peer }) => ["info", "link opened", nameOf(peer)],
  linkClosed: ({ peer, reason, brokenRule }) => [
    reason === "banned" ? "warn" : "info",
    "link closed",
    { ...nameOf(peer), reason, ...(brokenRule !== undefined && { brokenRule }), ...deedsOf(peer) },
  ],
  linkFailed: ({ type: _, ...failed }) => [
    failed.brokenRule === undefined ? "debug" : "info",
    "link given up",
    failed,
  ],
  leftOut: ({ link, what }) => ["debug", "ignored part of what a peer sent", { link, what }],
  trackerAnswered: ({ type: _, ...answer }) => [
    answer.warning === undefined ? "info" : "warn",
    "tracker answered",
    answer,
  ],
  trackerRefused: ({ type: _, ...refusal }) => ["warn", "tracker refused", refusal],
  trackerLost: ({ type: _, ...loss }) => ["warn", "tracker lost", loss],
};

/**
 * Logs what happens to a peer: trackers' answers and refusals, links and why they ended, pieces that failed, banned peers,
 * problems.
 */
export class Journal {
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  #minuteEnds: Millis = millis(0);
  #entries = 0;

  constructor(log: Log, clock: Pick<Clock, "now">) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Something happened, to this torrent if it concerns one. */
  happened(infoHash: InfoHash | undefined, what: Happening): void {
    const entryFor = ENTRIES[what.type] as ((what: Happening) => Entry | undefined) | undefined;
    const entry = entryFor?.(what);
    if (entry === undefined) return;
    const [level, words, facts] = entry;
    this.#write(level, infoHash === undefined ? facts : { infoHash, ...facts }, words);
  }

  /** A torrent is no longer shared, as its time has come. */
  timeCame(infoHash: InfoHash): void {
    const [level, words, facts] = sharingStopped("moment");
    this.#write(level, { infoHash, ...facts }, words);
  }

  /** Part of what a tracker sent was ignored. */
  leftOut(tracker: TrackerUrl, what: string): void {
    this.#write("warn", { tracker, what }, "ignored part of what a tracker sent");
  }

  close(): void {
    this.#write("info", {}, "peer stopped");
  }

  #write(level: Level, facts: Facts, words: string): void {
    if (!this.#log.isLevelEnabled(level)) return;
    const now = this.#clock.now();
    if (now >= this.#minuteEnds) {
      const leftOut = this.#entries - MAX_ENTRIES;
      if (leftOut > 0) this.#log.warn({ leftOut }, "log entries left out");
      this.#minuteEnds = millis(now + MINUTE_MILLIS);
      this.#entries = 0;
    }
    this.#entries += 1;
    if (this.#entries <= MAX_ENTRIES) this.#log[level](withoutKeys(facts), words);
  }
}

function sharingStopped(because: EndReason): Entry {
  return ["info", "torrent stopped sharing", { because }];
}

/** Logs are shown to others, so the keys in announce URLs stay out of them. */
function withoutKeys(facts: Facts): object {
  const { tracker, trackers } = facts;
  return {
    ...facts,
    ...(tracker !== undefined && { tracker: withoutKey(tracker) }),
    ...(trackers !== undefined && { trackers: trackers.map((tier) => tier.map(withoutKey)) }),
  };
}

function nameOf({ link, kind, address, isIntroduced, client }: PeerView): Facts {
  const introduced = isIntroduced || undefined; // By another peer; otherwise it is not worth a word.
  return { link, kind, address: address && formatPeerAddress(address), introduced, client };
}

function deedsOf({ downloadedBytes, uploadedBytes, goodPieces, failedPieces }: PeerView): Facts {
  return { downloadedBytes, uploadedBytes, goodPieces, failedPieces };
}
