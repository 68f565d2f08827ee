import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry, EntryKey } from "../../engine/client.ts";
import { formatBytes, formatDuration, formatRate, plural, wholePercent } from "../format.ts";
import type { IconName } from "../icons.tsx";
import * as texts from "./card-texts.ts";

/** An entry with an info-hash. */
export type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

/** What a card says and offers, as flat values: the card is redrawn only if one of them changes. */
export interface CardView {
  readonly key: EntryKey;
  readonly state: Entry["state"];
  readonly infoHash: InfoHash | undefined;
  readonly title: string;
  readonly percent: number;
  readonly icon: IconName;
  readonly stateText: string;
  /** The most telling of these facts: how fast, or else how much. */
  readonly mainFact: string;
  /** Sizes, speeds, time left; parts joined by ` · `. */
  readonly facts: string;
  /** What is happening and what to do next. */
  readonly sentence: string;
  /** The card of the person's own files lists who gets them, in place of the sentence. */
  readonly hasReceivers: boolean;
  /** A problem that does not stop the torrent. */
  readonly warning: string | undefined;
  readonly shareLink: string | undefined;
  readonly magnetLink: string | undefined;
  /** How long the share link works. */
  readonly linkNote: string | undefined;
  readonly fileCount: number;
  /** The person's own files. */
  readonly isOwn: boolean;
  /** The person has saved everything at least once. */
  readonly isSaved: boolean;
  readonly hasMetadata: boolean;
  /** The label of the button that starts a download which waits for it. */
  readonly start: string | undefined;
  readonly canPause: boolean;
  readonly canResume: boolean;
  readonly canSave: boolean;
  readonly savingPercent: number | undefined;
  readonly needs: "permission" | "files" | undefined;
}

const ICONS: Record<keyof typeof texts.STATE_TEXT, IconName> = {
  hashing: "dots",
  metadata: "search",
  checking: "check",
  downloading: "download",
  complete: "check",
  seeding: "upload",
  "needs-file": "key",
  paused: "pause",
  waiting: "pause",
  error: "warning",
};

/** Puts an entry into words. `isGuest`: the page asks the person to log in, as its tracker introduces only members. */
export function cardView(entry: Entry, isGuest = false): CardView {
  return entry.state === "hashing" ? hashingView(entry) : torrentView(entry, isGuest);
}

/**
 * Peers with everything besides us: those that a tracker counted, and those that we have seen get it since. A tracker may have
 * counted some of the latter already, so there are no more than it says or we know of.
 */
export function othersWithEverything(torrent: TorrentView): number {
  const { completePeers, finishedPeers } = torrent;
  const linked = linkedWithEverything(torrent);
  const told = countedWithEverything(torrent);
  const known = linked + Math.max(completePeers, finishedPeers.length);
  return Math.min(Math.max(told, linked) + completePeers, Math.max(told, known));
}

/** Peers that got everything while we watched, and are no longer here: at least so many. */
export function leftWithEverything(torrent: TorrentView): number {
  const here =
    torrent.completePeers + Math.max(0, countedWithEverything(torrent) - linkedWithEverything(torrent));
  return Math.max(0, torrent.finishedPeers.length - here);
}

function linkedWithEverything({ peers }: TorrentView): number {
  return peers.filter((peer) => peer.progress === 1).length;
}

/** Without us. */
function countedWithEverything(torrent: TorrentView): number {
  const weCount = isComplete(torrent) ? 1 : 0;
  const told = torrent.trackers.map(({ state, seeders }) => (state === "working" ? seeders - weCount : 0));
  return Math.max(0, ...told);
}

/** The person's own files: complete, but not in the browser's storage, so there is nothing to save. */
export function isOwn(entry: TorrentEntry): boolean {
  return entry.state === "needs-file" || (isComplete(entry.torrent) && !entry.canSave);
}

/** Peers to which we are sending. */
export function receiverCount(torrent: TorrentView): number {
  return torrent.peers.filter((peer) => peer.upBytesPerSecond > 0).length;
}

function isComplete(torrent: TorrentView): boolean {
  return torrent.phase === "seeding" || (torrent.pieceCount > 0 && torrent.bytesDone >= torrent.bytesTotal);
}

function hashingView(entry: Extract<Entry, { readonly state: "hashing" }>): CardView {
  return {
    key: entry.key,
    state: "hashing",
    infoHash: undefined,
    title: entry.name,
    percent: wholePercent(entry.bytesDone, entry.bytesTotal),
    icon: ICONS.hashing,
    stateText: texts.STATE_TEXT.hashing,
    mainFact: formatBytes(entry.bytesTotal),
    facts: ofTotal(entry.bytesDone, entry.bytesTotal),
    sentence: texts.HASHING,
    hasReceivers: false,
    warning: undefined,
    shareLink: undefined,
    magnetLink: undefined,
    linkNote: undefined,
    fileCount: 0,
    isOwn: true,
    isSaved: false,
    hasMetadata: false,
    start: undefined,
    canPause: false,
    canResume: false,
    canSave: false,
    savingPercent: undefined,
    needs: undefined,
  };
}

function torrentView(entry: TorrentEntry, isGuest: boolean): CardView {
  const { state, torrent } = entry;
  const isWaiting = isGuest && isRunning(state) && isRefused(torrent);
  const stage = stageOf(entry);
  return {
    key: entry.key,
    state,
    infoHash: entry.infoHash,
    title: torrent.name,
    percent: state === "metadata" ? 0 : wholePercent(torrent.bytesDone, torrent.bytesTotal),
    icon: ICONS[stage],
    stateText: texts.STATE_TEXT[stage],
    mainFact: mainFact(entry),
    facts: facts(entry).join(" · "),
    sentence: isWaiting && torrent.peers.length === 0 ? texts.AFTER_LOGIN : sentence(entry),
    hasReceivers:
      state === "seeding" &&
      !isWaiting &&
      isOwn(entry) &&
      torrent.peers.length + torrent.finishedPeers.length > 0,
    warning: isWaiting ? torrent.problem : warning(entry),
    shareLink: entry.shareLink,
    magnetLink: entry.magnetLink,
    linkNote: state === "seeding" && !isWaiting ? linkNote(torrent) : undefined,
    fileCount: torrent.files.length,
    isOwn: isOwn(entry),
    isSaved: entry.isSaved,
    hasMetadata: torrent.pieceCount > 0,
    start: stage === "waiting" ? texts.start(formatBytes(torrent.bytesTotal)) : undefined,
    canPause: state === "metadata" || state === "checking" || state === "downloading" || state === "seeding",
    canResume: stage === "paused" || stage === "error",
    canSave: entry.canSave,
    savingPercent: entry.saving === undefined ? undefined : wholePercent(entry.saving, 1),
    needs: state === "needs-file" ? (entry.needs ?? "files") : undefined,
  };
}

/** What its icon and its word say. A download that is complete is not called a share, though others get it from here. */
function stageOf(entry: TorrentEntry): keyof typeof texts.STATE_TEXT {
  if (entry.state === "seeding" && !isOwn(entry)) return "complete";
  return entry.state === "paused" && entry.waitsBecause !== undefined ? "waiting" : entry.state;
}

function linkNote(torrent: TorrentView): string {
  return texts.linkNote(othersWithEverything(torrent), leftWithEverything(torrent));
}

function facts(entry: TorrentEntry): string[] {
  const { state, torrent } = entry;
  const { bytesDone, bytesTotal, downBytesPerSecond, upBytesPerSecond, uploadedBytes, secondsLeft } = torrent;
  if (state === "metadata") return ["Size not known yet"];
  const list = [bytesDone >= bytesTotal ? formatBytes(bytesTotal) : ofTotal(bytesDone, bytesTotal)];
  if (torrent.files.length > 1) list.push(plural(torrent.files.length, "file", "files"));
  if (downBytesPerSecond > 0) list.push(`↓ ${formatRate(downBytesPerSecond)}`);
  if (upBytesPerSecond > 0) list.push(`↑ ${formatRate(upBytesPerSecond)}`);
  if (state === "downloading" && secondsLeft !== undefined) list.push(`${formatDuration(secondsLeft)} left`);
  if (state === "seeding" && uploadedBytes > 0) list.push(`${formatBytes(uploadedBytes)} sent`);
  return list;
}

function mainFact({ state, torrent }: TorrentEntry): string {
  if (torrent.downBytesPerSecond > 0) return `↓ ${formatRate(torrent.downBytesPerSecond)}`;
  if (torrent.upBytesPerSecond > 0) return `↑ ${formatRate(torrent.upBytesPerSecond)}`;
  return state === "metadata" ? "" : formatBytes(torrent.bytesTotal);
}

function sentence(entry: TorrentEntry): string {
  switch (entry.state) {
    case "metadata":
      return entry.torrent.peers.length > 0
        ? texts.askingForMetadata(entry.torrent.peers.length)
        : nobodyYet(entry.torrent);
    case "checking":
      return texts.CHECKING;
    case "downloading":
      return downloadSentence(entry.torrent);
    case "seeding":
      return seedSentence(entry);
    case "paused":
      if (entry.waitsBecause !== undefined) return texts.WAITS[entry.waitsBecause];
      return isOwn(entry) ? texts.PAUSED_SHARE : texts.PAUSED;
    case "needs-file":
      if (entry.needs === "permission") return texts.NEEDS_PERMISSION;
      return entry.torrent.files.length > 1 ? texts.NEEDS_FILES_MANY : texts.NEEDS_FILES;
    case "error":
      return entry.torrent.problem ?? texts.STOPPED;
  }
}

function downloadSentence(torrent: TorrentView): string {
  const { peers } = torrent;
  const senders = peers.filter((peer) => peer.downBytesPerSecond > 0).length;
  if (senders > 0) return texts.coming(senders, receiverCount(torrent));
  return peers.length > 0 ? texts.waitingForParts(peers.length) : nobodyYet(torrent);
}

function seedSentence(entry: TorrentEntry): string {
  const receivers = receiverCount(entry.torrent);
  if (!isOwn(entry)) return entry.isSaved ? texts.SAVED : texts.COMPLETE;
  if (receivers > 0) return texts.sending(receivers);
  const count = entry.torrent.peers.length;
  if (count > 0) return texts.connectedIdle(count);
  const others = othersWithEverything(entry.torrent);
  return others > 0 ? texts.delivered(others) : texts.READY_TO_SEND;
}

function nobodyYet({ trackers, lastLinkFailure }: TorrentView): string {
  if (trackers.length === 0) return texts.NO_TRACKER;
  const working = trackers.filter((tracker) => tracker.state === "working");
  const known = Math.max(0, ...working.map((tracker) => tracker.seeders + tracker.leechers - 1)); // the tracker counts us, too
  if (known > 0) return lastLinkFailure === "noRoute" ? texts.noRoute(known) : texts.connecting(known);
  const gone = trackers.find(({ state }) => state === "unreachable");
  if (working.length > 0)
    return gone === undefined ? texts.NOBODY_ONLINE : texts.nobodyHere(new URL(gone.url).host);
  return trackers.some(isPending) ? texts.LOOKING : texts.NO_PEOPLE_YET;
}

function warning(entry: TorrentEntry): string | undefined {
  const { state, torrent } = entry;
  if (!isRunning(state)) return undefined;
  if (torrent.problem !== undefined) return torrent.problem;
  const { trackers } = torrent;
  const working = trackers.filter(({ state }) => state === "working");
  const said = working.find(({ message }) => message !== undefined)?.message;
  if (said !== undefined && torrent.peers.length === 0) return texts.trackerSays(said);
  if (working.length > 0 || trackers.some(isPending)) return undefined;
  const soonest = [...trackers].sort(
    (left, right) =>
      (left.nextInSeconds ?? Number.POSITIVE_INFINITY) - (right.nextInSeconds ?? Number.POSITIVE_INFINITY),
  )[0];
  if (soonest === undefined || soonest.state === "working" || isPending(soonest)) return undefined;
  return texts.trackerTrouble(
    soonest.state === "refused" ? "refused" : "unreachable",
    soonest.message,
    soonest.nextInSeconds,
  );
}

function isRunning(state: TorrentEntry["state"]): boolean {
  return state === "metadata" || state === "downloading" || state === "seeding";
}

/** No tracker works, and one does not want this person. */
function isRefused({ trackers }: TorrentView): boolean {
  return (
    trackers.some(({ state }) => state === "refused") && !trackers.some(({ state }) => state === "working")
  );
}

function isPending(tracker: { readonly state: string }): boolean {
  return tracker.state === "waiting" || tracker.state === "connecting";
}

function ofTotal(done: number, total: number): string {
  return `${formatBytes(done)} of ${formatBytes(total)}`;
}
