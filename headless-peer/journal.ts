import { type LinkId, type Millis, millis, type TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { TrackerTiers } from "#shared/base/tracker-url.ts";
import type { Observer } from "#shared/driver/engine.ts";
import type { Clock } from "#shared/driver/ports.ts";
import type { Effect, Input } from "#shared/session/effect.ts";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { formatPeerAddress } from "./peer-address.ts";

/** Takes entries: facts for programs, and a few words. */
export interface Log {
  isLevelEnabled(level: string): boolean;
  debug(facts: object, words: string): void;
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
}

/** How often to compare links and phases when nothing says that they have changed. */
export const LOOK_MILLIS = 1_000;

/** A look takes long with thousands of files, and others decide how often they dial us. */
const LOOKS_APART_MILLIS = 50;

/** Entries in a minute. Others decide how often they dial us, and must not fill our disk. */
export const MAX_ENTRIES = 600;
const MINUTE_MILLIS = 60_000;

/** A torrent at the last look. */
interface Seen {
  readonly phase: TorrentView["phase"];
  readonly problem: string | undefined;
  readonly bannedPeers: number;
  readonly peers: ReadonlyMap<LinkId, PeerView>;
}

/** What an entry tells. */
interface Facts {
  readonly tracker?: TrackerUrl;
  readonly trackers?: TrackerTiers;
  readonly [name: string]: unknown;
}

/**
 * Logs what happens to a peer: trackers' answers and refusals, links and why they ended, pieces that failed, banned peers,
 * problems. It learns of them from the engine's inputs and effects, and from changes in its view.
 */
export class Journal implements Observer {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #view: () => readonly TorrentView[];
  readonly #seen = new Map<TorrentView["infoHash"], Seen>();
  /** Why links have ended since the last look. */
  readonly #ends = new Map<LinkId, string>();
  /** Open links that have yet to send their first bytes, the handshake. */
  readonly #silent = new Set<LinkId>();
  /** The current input will change the view. */
  #hasNews = false;
  #lookedAt: Millis = millis(Number.NEGATIVE_INFINITY);
  #cancelLook: () => void;
  #minuteEnds: Millis = millis(0);
  #entries = 0;

  constructor(log: Log, clock: Clock, view: () => readonly TorrentView[]) {
    this.#log = log;
    this.#clock = clock;
    this.#view = view;
    this.#cancelLook = this.#lookLater();
  }

  readonly heard = (event: Input): void => {
    // All earlier inputs have been handled by now.
    if (this.#hasNews && this.#clock.now() - this.#lookedAt >= LOOKS_APART_MILLIS) this.#look();
    switch (event.type) {
      case "linkAccepted":
      case "linkOpened":
        return void this.#silent.add(event.link);
      case "bytesArrived":
        if (this.#silent.delete(event.link)) this.#hasNews = true;
        return;
      case "checkBegan":
      case "checkEnded":
        this.#hasNews = true;
        return;
      case "torrentAdded": {
        const { infoHash, displayName: name, trackers } = event.source;
        return this.#write("info", { infoHash, name, trackers }, "torrent added");
      }
      case "torrentRemoved":
        this.#look();
        return this.#write("info", { infoHash: event.infoHash }, "torrent removed");
      case "announceAnswered": {
        const { infoHash, tracker, seeders, leechers, intervalSeconds, minIntervalSeconds, warning } = event;
        const facts = { infoHash, tracker, seeders, leechers, intervalSeconds, minIntervalSeconds, warning };
        return this.#write(warning === undefined ? "info" : "warn", facts, "tracker answered");
      }
      case "announceRefused": {
        const { infoHash, tracker, reason, retryIn } = event;
        return this.#write("warn", { infoHash, tracker, reason, retryIn }, "tracker refused");
      }
      case "announceUnanswered": {
        const { infoHash, tracker, reason } = event;
        return this.#write("warn", { infoHash, tracker, reason }, "tracker lost");
      }
      case "trackerLost":
        return this.#write("warn", { tracker: event.tracker, reason: event.reason }, "tracker lost");
      case "metadataChecked":
        return this.#metadataChecked(event);
      case "pieceChecked":
        if (!event.good)
          this.#write("warn", { infoHash: event.infoHash, piece: event.piece }, "piece failed its check");
        return;
      case "linkClosed":
        return this.#linkEnded(event.link, event.reason);
    }
  };

  readonly ordered = (event: Effect): void => {
    if (event.type === "announce" && event.event === "completed") this.#hasNews = true;
    if (event.type === "close") this.#linkEnded(event.link, event.reason);
    if (event.type === "leftOut") {
      const { infoHash, link, what } = event;
      this.#write("debug", { infoHash, link, what }, "ignored part of what a peer sent");
    }
    if (event.type === "dial")
      this.#write("debug", { link: event.link, address: formatPeerAddress(event.address) }, "dialling");
  };

  /** Part of what a tracker sent was ignored. */
  leftOut(tracker: TrackerUrl, what: string): void {
    this.#write("warn", { tracker, what }, "ignored part of what a tracker sent");
  }

  /** Logs what has changed, and stops. */
  close(): void {
    this.#cancelLook();
    this.#look();
    this.#write("info", {}, "peer stopped");
  }

  #linkEnded(link: LinkId, reason: string): void {
    this.#silent.delete(link);
    this.#ends.set(link, reason);
  }

  #metadataChecked({ infoHash, metadata, problem }: Extract<Input, { type: "metadataChecked" }>): void {
    this.#hasNews = true;
    if (metadata !== undefined)
      return this.#write("info", { infoHash, name: metadata.info.name }, "metadata arrived");
    this.#write(
      "warn",
      { infoHash, reason: problem ?? "it is not what the hash names" },
      "metadata unusable",
    );
  }

  #lookLater(): () => void {
    return this.#clock.wakeAt(millis(this.#clock.now() + LOOK_MILLIS), () => {
      this.#cancelLook = this.#lookLater();
      this.#look();
    });
  }

  #look(): void {
    this.#hasNews = false;
    this.#lookedAt = this.#clock.now();
    const views = this.#view();
    const gone = new Set(this.#seen.keys());
    for (const view of views) {
      gone.delete(view.infoHash);
      this.#compare(view, this.#seen.get(view.infoHash));
      const { phase, problem, bannedPeers } = view;
      const peers = new Map(view.peers.map((peer) => [peer.link, peer]));
      this.#seen.set(view.infoHash, { phase, problem, bannedPeers, peers });
    }
    for (const infoHash of gone) {
      for (const peer of this.#seen.get(infoHash)?.peers.values() ?? []) this.#linkClosed(infoHash, peer);
      this.#seen.delete(infoHash);
    }
    for (const [link, reason] of this.#ends) this.#write("debug", { link, reason }, "link given up");
    this.#ends.clear();
  }

  #compare({ infoHash, phase, problem, bannedPeers, peers }: TorrentView, seen: Seen | undefined): void {
    if (phase !== seen?.phase) this.#write("info", { infoHash, phase }, "torrent changed phase");
    if (problem !== undefined && problem !== seen?.problem)
      this.#write("warn", { infoHash, problem }, "torrent has a problem");
    if (bannedPeers > (seen?.bannedPeers ?? 0)) this.#write("warn", { infoHash, bannedPeers }, "peer banned");
    const here = new Set(peers.map(({ link }) => link));
    for (const [link, peer] of seen?.peers ?? []) if (!here.has(link)) this.#linkClosed(infoHash, peer);
    for (const peer of peers) {
      if (seen?.peers.has(peer.link)) continue;
      this.#write("info", { infoHash, ...nameOf(peer) }, "link opened");
    }
  }

  #linkClosed(infoHash: TorrentView["infoHash"], peer: PeerView): void {
    const { link, downloadedBytes, uploadedBytes, goodPieces, failedPieces } = peer;
    const reason = this.#ends.get(link);
    this.#ends.delete(link);
    const deeds = { downloadedBytes, uploadedBytes, goodPieces, failedPieces };
    this.#write(
      reason === "banned" ? "warn" : "info",
      { infoHash, ...nameOf(peer), reason, ...deeds },
      "link closed",
    );
  }

  #write(level: "debug" | "info" | "warn", facts: Facts, words: string): void {
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

/** Logs are shown to others, so the keys in announce URLs stay out of them. */
function withoutKeys(facts: Facts): object {
  const { tracker, trackers } = facts;
  return {
    ...facts,
    ...(tracker !== undefined && { tracker: withoutKey(tracker) }),
    ...(trackers !== undefined && { trackers: trackers.map((tier) => tier.map(withoutKey)) }),
  };
}

function nameOf({ link, kind, address, client }: PeerView): object {
  return { link, kind, address: address && formatPeerAddress(address), client };
}
