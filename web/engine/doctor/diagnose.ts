import { isPrivateHost } from "#shared/base/tracker-rule.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import type { Trouble } from "./trouble.ts";

/** What the page knows of the device and the browser. */
export interface Surroundings {
  /** The browser is on no network at all. */
  readonly isOffline: boolean;
  /** The tab is in the background or has just come back, and the browser hardly let the engine run meanwhile. */
  readonly isSlowedDown: boolean;
  /** The browser does not let this page reach the device's own network. */
  readonly isKeptFromLocalNetwork: boolean;
  /** How much faster the device's clock is than that of the page's tracker. Undefined: the tracker has not told. */
  readonly clockErrorMillis: number | undefined;
}

/** The facts about one torrent. */
export interface Facts extends Surroundings {
  readonly torrent: TorrentView;
}

/**
 * Certificates are backdated by an hour or more, and renewed weeks before they expire, so a clock that is wrong by less harms
 * nothing. Nothing else here depends on the clock: passwords of TURN servers go by the clocks of tracker and TURN server, and
 * WebRTC's own certificates by their fingerprints.
 */
const HARMLESS_CLOCK_ERROR_MILLIS = 60 * 60 * 1_000;

/**
 * Why nothing moves on a torrent, on which nothing does. Undefined: nothing is wrong, or we cannot tell.
 *
 * A cause comes before all others that may only follow from it. First what keeps the page itself from working: no room, no time
 * to run (what it knows of others is old then). Then what keeps it from trackers and peers alike, the browser's permission and the
 * clock, which look like trackers that are down. Then trackers: without one we know of nobody. Then whether anybody is there, whether
 * anybody there can talk to browsers, whether a way leads there, and only then whether they have what is missing.
 */
export function diagnose(facts: Facts): Trouble | undefined {
  const { torrent } = facts;
  if (torrent.phase === "error")
    return torrent.problemKind === "storageFull" ? { cause: "storageFull" } : undefined;
  const isSeeding = torrent.phase === "seeding";
  if (!isSeeding && torrent.phase !== "metadata" && torrent.phase !== "downloading") return undefined;
  if (torrent.trackers.length === 0) return undefined; // The card says so at once: waiting changes nothing.
  if (facts.isSlowedDown && !isSeeding) return { cause: "slowedDown" };
  const others = othersThere(torrent);
  const troubled = troubledTracker(torrent, others);
  return (
    keptFromNetwork(facts, troubled, others) ??
    (troubled && (wrongClock(facts, troubled) ?? trackerTrouble(facts, troubled))) ??
    aboutPeers(torrent, others)
  );
}

/**
 * How many others the working trackers count, as far as they may help: receivers if we have everything. Whoever tried to reach us since
 * then counts, too: trackers tell a sharer of them only minutes later. Undefined: no tracker works.
 */
function othersThere({ trackers, phase, failedAttempts }: TorrentView): number | undefined {
  const counts = trackers
    .filter(({ state }) => state === "working")
    .map(({ seeders, leechers }) => {
      const all = seeders + leechers - 1; // We are one of them, if we have just completed perhaps still a leecher.
      return phase === "seeding" ? Math.min(all, leechers) : all;
    });
  const uncounted = phase === "seeding" && failedAttempts.noRoute > 0 ? 1 : 0;
  return counts.length === 0 ? undefined : Math.max(uncounted, ...counts);
}

/** It did not answer, or not as we wished. While it is asked again, it still has the message. */
function isTroubled({ state, message }: TrackerView): boolean {
  return state === "refused" || state === "unreachable" || (state === "connecting" && message !== undefined);
}

/**
 * The tracker that matters: the one that is asked next if none works; or if the others count nobody, one that may know more.
 * Undefined: they work, or have not all been asked.
 */
function troubledTracker(torrent: TorrentView, others: number | undefined): TrackerView | undefined {
  const current = torrent.trackers.filter(({ state }) => state !== "standby");
  if (others !== undefined) {
    const isSearching = torrent.phase !== "seeding" && torrent.peers.length === 0 && others === 0;
    return isSearching
      ? current.find((tracker) => tracker.state !== "refused" && isTroubled(tracker))
      : undefined;
  }
  if (!current.every(isTroubled)) return undefined;
  const wait = ({ nextInSeconds = Number.POSITIVE_INFINITY }: TrackerView): number => nextInSeconds;
  return [...current].sort((left, right) => wait(left) - wait(right))[0];
}

function keptFromNetwork(
  { isKeptFromLocalNetwork, torrent }: Facts,
  troubled: TrackerView | undefined,
  others: number | undefined,
): Trouble | undefined {
  if (!isKeptFromLocalNetwork) return undefined;
  if (troubled !== undefined && troubled.state !== "refused" && isPrivateHost(new URL(troubled.url).hostname))
    return { cause: "localNetwork", host: hostOf(troubled) };
  // Their own addresses were among those tried, so they may be nearby.
  const { noRoute, theirs } = torrent.failedAttempts;
  const isCutOff = torrent.peers.length === 0 && (others ?? 0) > 0 && noRoute > 0 && theirs.includes("host");
  return isCutOff ? { cause: "localNetwork", host: undefined } : undefined;
}

/** A wrong clock makes certificates look expired or not valid yet. Browsers do not say that this is why they refuse. */
function wrongClock({ clockErrorMillis = 0 }: Facts, troubled: TrackerView): Trouble | undefined {
  const mayBeWhy = troubled.state !== "refused" && troubled.url.startsWith("wss:");
  return mayBeWhy && Math.abs(clockErrorMillis) > HARMLESS_CLOCK_ERROR_MILLIS
    ? { cause: "clock", host: hostOf(troubled), errorMillis: clockErrorMillis }
    : undefined;
}

function trackerTrouble({ isOffline, torrent }: Facts, troubled: TrackerView): Trouble {
  const isOneOfSeveral = torrent.trackers.some(({ state }) => state === "working");
  const { state, message, nextInSeconds } = troubled;
  const why = state === "refused" ? "refused" : isOffline ? "offline" : "unreachable";
  return { cause: "tracker", why, host: hostOf(troubled), message, nextInSeconds, isOneOfSeveral };
}

function aboutPeers(torrent: TorrentView, others: number | undefined): Trouble | undefined {
  const { phase, peers, failedAttempts, trackers } = torrent;
  if (peers.length > 0) {
    const lacksPieces = phase === "downloading" && !torrent.hasSource;
    return lacksPieces ? { cause: "piecesMissing", peers: peers.length } : undefined;
  }
  if (others === undefined) return undefined; // They are still being asked.
  if (others === 0) {
    const isAsking = trackers.some(({ state }) => state === "waiting" || state === "connecting");
    return phase === "seeding" || isAsking ? undefined : { cause: "nobodyThere" };
  }
  const { noRoute, unanswered, ours, theirs } = failedAttempts;
  if (noRoute > 0) return { cause: "noRoute", count: others, ours, theirs };
  const working = trackers.filter(({ state }) => state === "working");
  const isCertain = working.every(
    ({ offersRelayed, seeders, leechers }) => offersRelayed === 0 || seeders + leechers <= 1,
  );
  const isSilent = unanswered > 0 && phase !== "seeding"; // A receiver may just have left, complete.
  return isCertain || isSilent ? { cause: "desktopOnly", count: others, isCertain } : undefined;
}

function hostOf({ url }: TrackerView): string {
  return new URL(url).host;
}
