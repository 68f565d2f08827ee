import type { AnnounceEvent } from "../announce/announce.ts";
import type { Millis, TrackerUrl } from "../base/ids.ts";
import { hostOf, relaysOffers, type TrackerTiers } from "../base/tracker-url.ts";
import { Announcer } from "../policy/announcer.ts";
import { Budget } from "../policy/budget.ts";
import { separateTiers, Tier } from "../policy/tiers.ts";
import { type Context, changed, tell } from "./context.ts";
import type { OfferedLink } from "./effect.ts";
import type { Input } from "./input.ts";
import { NO_FAILED_ATTEMPTS } from "./link-end.ts";
import { makeOffers } from "./offers.ts";
import { offersWanted } from "./seeking.ts";
import {
  allTrackers,
  bytesLeft,
  currentTrackers,
  isComplete,
  type Torrent,
  type TrackerEntry,
  trackerOf,
} from "./torrent.ts";
import { freeSlots } from "./unchoking.ts";

/** Enters the swarm: announces to one tracker of each tier at once. Trackers that know us already keep their state. */
export function startAnnouncing(context: Context, torrent: Torrent): void {
  const { now, config, random } = context;
  const known = new Map(allTrackers(torrent).map((entry) => [entry.url, entry]));
  const entryOf = (url: TrackerUrl): TrackerEntry =>
    known.get(url) ?? {
      url,
      announcer: new Announcer(now, config.announcer, random),
      offers: new Budget(config.offersAccepted),
      offered: false,
      hasCounted: false,
      lostPeers: 0,
      left: undefined,
    };
  torrent.tiers = torrent.trackerTiers.map((urls) => new Tier(urls.map(entryOf), random));
  changed(context, torrent).marks.add("announces");
}

/** Leaves the swarm, and tells the trackers that know us. */
export function stopAnnouncing(context: Context, torrent: Torrent): void {
  sayGoodbye(context, torrent, allTrackers(torrent));
  torrent.tiers = [];
}

/** Announces to these trackers from now on, and to no others. */
export function trackersChanged(context: Context, torrent: Torrent, tiers: TrackerTiers): void {
  const changes = changed(context, torrent);
  changes.formerTrackers ??= torrent.trackerTiers.flat();
  torrent.trackerTiers = separateTiers(tiers, context.config.maxTrackers);
}

/** The torrent has other trackers: leaves the former ones, and goes to the new ones. */
export function changeTrackers(context: Context, torrent: Torrent): void {
  const wanted = new Set(torrent.trackerTiers.flat());
  sayGoodbye(
    context,
    torrent,
    allTrackers(torrent).filter(({ url }) => !wanted.has(url)),
  );
  startAnnouncing(context, torrent);
}

/** Drops the connections to trackers that no torrent uses any more. */
export function leaveUnused(
  { torrents, effects, announceTurns }: Context,
  former: readonly TrackerUrl[],
): void {
  const unused = new Set(former);
  for (const { trackerTiers } of torrents.values()) {
    if (unused.size === 0) return;
    for (const tracker of trackerTiers.flat()) unused.delete(tracker);
  }
  for (const tracker of unused) {
    announceTurns.forget(tracker);
    effects.push({ type: "leaveTracker", tracker });
  }
}

function sayGoodbye(context: Context, torrent: Torrent, trackers: readonly TrackerEntry[]): void {
  for (const entry of trackers) {
    const { state } = entry.announcer;
    const isKnown = state === "working" || state === "connecting"; // A connecting one may have heard of us.
    if (isKnown) announce(context, torrent, entry, "stopped", []);
  }
}

export function completedAtTrackers(context: Context, torrent: Torrent): void {
  for (const { announcer } of allTrackers(torrent)) announcer.completed(context.now);
  changed(context, torrent).marks.add("announces");
}

/** We had everything already, but some trackers count us as a leecher. It was no download, so not `completed` (BEP 3). */
export function foundCompleteAtTrackers(context: Context, torrent: Torrent): void {
  for (const { announcer, left } of allTrackers(torrent)) if (left !== 0) announcer.leftChanged(context.now);
  changed(context, torrent).marks.add("announces");
}

/** We were complete and want more now: trackers must count us as a leecher to find us seeders. */
export function wantsMoreOfTrackers(context: Context, torrent: Torrent): void {
  for (const { announcer, left } of allTrackers(torrent))
    if (left !== undefined) announcer.leftChanged(context.now);
  changed(context, torrent).marks.add("announces");
}

/**
 * Sends every announce that is due, with offers for as many peers as we lack and the tracker has. A tracker that does not
 * know us, or may have forgotten everybody, counts first: nobody there could take our offers.
 */
export function announceDue(context: Context, torrent: Torrent): void {
  for (const entry of currentTrackers(torrent)) {
    const { lostAt } = entry.announcer;
    const event = entry.announcer.takeDue(context.now, () =>
      context.announceTurns.take(context.now, entry.url, isComplete(torrent)),
    );
    if (lostAt === undefined && entry.announcer.lostAt !== undefined) tellLost(context, torrent, entry);
    if (event === undefined) continue;
    const count = event === "update" ? offersWanted(context, torrent, entry) : 0;
    announce(context, torrent, entry, event, makeOffers(context, torrent, entry.url, count));
  }
}

/** It did not answer in time. */
function tellLost(context: Context, { infoHash }: Torrent, { url: tracker, announcer }: TrackerEntry): void {
  tell(context, infoHash, { type: "trackerLost", tracker, reason: announcer.message ?? "no answer" });
}

export function announceAnswered(
  context: Context,
  torrent: Torrent,
  answer: Extract<Input, { type: "announceAnswered" }>,
): void {
  const entry = trackerOf(torrent, answer.tracker);
  if (entry === undefined) return;
  tell(context, torrent.infoHash, { ...answer, type: "trackerAnswered" });
  const { lostAt } = entry.announcer;
  entry.announcer.answered(context.now, answer);
  entry.lostPeers = 0;
  if (lostAt !== undefined) cameBack(context, torrent, entry, lostAt);
  torrent.tiers.find(({ trackers }) => trackers.includes(entry))?.answered(entry);
  forgetCounted(context, torrent);
  if (isAlone(torrent)) torrent.failedAttempts = NO_FAILED_ATTEMPTS;
  entry.hasCounted = true;
  changed(context, torrent).marks.add("swarm");
}

/**
 * A tracker accepted our socket again after an outage. If it restarted, it forgot what we announced at its other
 * addresses, too: without this we would not notice before their interval is over.
 */
function cameBack({ now }: Context, torrent: Torrent, { url }: TrackerEntry, lostAt: Millis): void {
  if (!relaysOffers(url)) return;
  for (const other of currentTrackers(torrent))
    if (other.url !== url && hostOf(other.url) === hostOf(url)) other.announcer.forgot(now, lostAt);
}

/** No tracker counts anybody but us: whoever could not be reached has left. */
function isAlone(torrent: Torrent): boolean {
  return currentTrackers(torrent).every(({ announcer }) => {
    const { seeders, leechers } = announcer.counts;
    return seeders + leechers <= 1;
  });
}

/** A tracker has now counted the peers that were complete when we asked: those still there are among its seeders. */
function forgetCounted({ now, config }: Context, { completePeers }: Torrent): void {
  for (const [peerId, at] of completePeers)
    if (at + config.announcer.answerMillis < now) completePeers.delete(peerId);
}

export function announceRefused(
  context: Context,
  torrent: Torrent,
  refusal: Extract<Input, { type: "announceRefused" }>,
): void {
  const entry = trackerOf(torrent, refusal.tracker);
  if (entry === undefined) return;
  entry.announcer.refused(context.now, refusal.reason, refusal.retryIn);
  tell(context, torrent.infoHash, { ...refusal, type: "trackerRefused" });
}

export function announceUnanswered(
  context: Context,
  torrent: Torrent,
  { tracker, reason }: Extract<Input, { type: "announceUnanswered" }>,
): void {
  if (!trackerLost(context, torrent, { tracker, reason })) return;
  tell(context, torrent.infoHash, { type: "trackerLost", tracker, reason });
}

/** False: the torrent is not announced there. */
export function trackerLost(
  context: Context,
  torrent: Torrent,
  { tracker, reason, retryInSeconds }: Omit<Extract<Input, { type: "trackerLost" }>, "type">,
): boolean {
  const entry = trackerOf(torrent, tracker);
  if (entry === undefined) return false;
  const { now } = context;
  const tier = torrent.tiers.find(({ trackers }) => trackers.includes(entry));
  const wasCurrent = tier?.current === entry;
  entry.announcer.lost(now, reason, retryInSeconds);
  if (wasCurrent && tier?.current !== entry) tier?.current.announcer.standIn(now);
  return true;
}

export function cameOnline(context: Context, torrent: Torrent): void {
  for (const { announcer } of allTrackers(torrent)) announcer.cameOnline(context.now);
  changed(context, torrent).marks.add("announces");
}

function announce(
  context: Context,
  torrent: Torrent,
  entry: TrackerEntry,
  event: AnnounceEvent,
  offers: readonly OfferedLink[],
): void {
  entry.offered = offers.length > 0;
  entry.left = bytesLeft(torrent);
  context.effects.push({
    type: "announce",
    tracker: entry.url,
    infoHash: torrent.infoHash,
    peerId: context.peerId,
    event,
    uploaded: torrent.up.total,
    downloaded: torrent.down.total,
    left: entry.left,
    freeSlots: freeSlots(context, torrent),
    offers,
  });
}
