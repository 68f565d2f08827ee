import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { type Entry, type EntryKey, isUnread, type RestReason, type Trouble } from "../../engine/client.ts";
import { formatBytes, formatDuration, formatRate, wholePercent } from "../format.ts";
import type { IconName } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { language } from "../texts/language.ts";
import { texts } from "../texts/texts.ts";
import { coming, linkEnded, linkNote } from "./card-texts.ts";
import { isAlarming, type Remedy, remedyOf, troubleSentence } from "./trouble-texts.ts";

/** An entry with an info-hash. */
export type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

/** What a card says and offers, as flat values: the card is redrawn only if one of them changes. */
export interface CardView {
  readonly key: EntryKey;
  readonly state: Entry["state"];
  readonly infoHash: InfoHash | undefined;
  readonly title: string;
  /** It is an encrypted share, and we have its key or not. */
  readonly lock: "open" | "closed" | undefined;
  readonly percent: number;
  readonly icon: IconName;
  readonly stateText: string;
  /** The most telling of these facts: how fast, or else how much. */
  readonly mainFact: string;
  /** Sizes, speeds, time left; parts joined by ` · `. */
  readonly facts: string;
  /** What is happening and what to do next. */
  readonly sentence: string;
  /** It says why nothing moves. `alarming`: time alone will not help. */
  readonly trouble: "alarming" | "calm" | undefined;
  /** The button that helps. */
  readonly remedy: Remedy | undefined;
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
  /** In which it speaks: a card is redrawn when that changes. */
  readonly language: string;
}

/** What is happening to a torrent, as one word and one icon say it. */
export type Stage = keyof typeof texts.card.states;

export const ICONS: Record<Stage, IconName> = {
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

/**
 * Peers that got everything while we shared it, also before a reload, and are no longer here: at least so many. Those that are linked
 * and had everything when they came may be among the ones from before the reload.
 */
export function leftWithEverything(torrent: TorrentView): number {
  const { completePeers, finishedPeers, peers, trackers } = torrent;
  const isUntold = trackers.every(({ state }) => state === "waiting" || state === "connecting");
  if (trackers.length > 0 && isUntold) return 0; // After a reload nobody has said yet who is there.
  const counted = Math.max(0, countedWithEverything(torrent) - linkedWithEverything(torrent));
  const unlinked = unlinkedWithEverything(torrent);
  const cameComplete = peers.filter(({ progress, hasFinished }) => progress === 1 && !hasFinished).length;
  const cameBack = Math.min(unlinked - finishedPeers.length, cameComplete);
  return Math.max(0, unlinked - completePeers - counted - cameBack);
}

/** Those that got everything while we shared it, but are not linked now, as far as we know. */
export function unlinkedWithEverything({ finishedInAll, peers }: TorrentView): number {
  return finishedInAll - peers.filter(({ hasFinished }) => hasFinished).length;
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

/** The person's own files. In a browser: complete, but not in its storage, so there is nothing to save. */
export function isOwn(entry: TorrentEntry): boolean {
  if (entry.onDisk !== undefined) return entry.onDisk.folder === undefined;
  return entry.state === "needs-file" || (isComplete(entry.torrent) && !entry.canSave && !isUnread(entry));
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
    lock: undefined,
    percent: wholePercent(entry.bytesDone, entry.bytesTotal),
    icon: ICONS.hashing,
    stateText: texts.card.states.hashing,
    mainFact: formatBytes(entry.bytesTotal),
    facts: ofTotal(entry.bytesDone, entry.bytesTotal),
    sentence: texts.card.hashing,
    trouble: undefined,
    remedy: undefined,
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
    language: language.value,
  };
}

function torrentView(entry: TorrentEntry, isGuest: boolean): CardView {
  const { state, torrent } = entry;
  const isWaiting = isGuest && isRunning(state) && isRefused(torrent);
  const stage = stageOf(entry);
  const isSeeding = state === "seeding";
  const trouble = isWaiting ? undefined : entry.trouble;
  return {
    key: entry.key,
    state,
    infoHash: entry.infoHash,
    title: titleOf(entry),
    lock: entry.lock,
    percent: state === "metadata" ? 0 : wholePercent(torrent.bytesDone, torrent.bytesTotal),
    icon: trouble !== undefined && isAlarming(trouble) ? "warning" : ICONS[stage],
    stateText: texts.card.states[stage],
    mainFact: mainFact(entry),
    facts: facts(entry).join(" · "),
    sentence:
      isWaiting && torrent.peers.length === 0
        ? texts.card.afterLogin
        : trouble === undefined
          ? sentence(entry)
          : troubleSentence(trouble, isSeeding),
    trouble: trouble && (isAlarming(trouble) ? "alarming" : "calm"),
    remedy: trouble && remedyOf(trouble, isSeeding),
    hasReceivers: isSeeding && !isWaiting && isOwn(entry) && torrent.peers.length + torrent.finishedInAll > 0,
    warning: isWaiting ? problemOf(torrent) : warning(entry),
    shareLink: entry.shareLink,
    magnetLink: entry.magnetLink,
    linkNote: isSeeding && !isWaiting && !isUnfindable(trouble) ? noteOfLink(entry) : undefined,
    fileCount: torrent.files.length,
    isOwn: isOwn(entry),
    isSaved: entry.isSaved,
    hasMetadata: torrent.pieceCount > 0,
    start: stage === "waiting" ? texts.card.start(formatBytes(torrent.bytesTotal)) : undefined,
    canPause: state === "metadata" || state === "checking" || state === "downloading" || state === "seeding",
    // What lacks its key would only stop again.
    canResume:
      stage === "paused" ||
      (stage === "error" && entry.lock !== "closed") ||
      entry.restsBecause !== undefined,
    canSave: entry.canSave,
    savingPercent: entry.saving === undefined ? undefined : wholePercent(entry.saving, 1),
    needs: state === "needs-file" ? (entry.needs ?? "files") : undefined,
    language: language.value,
  };
}

/** What is in an encrypted share shows once its list of files is here: its torrent has a name that all of them have. */
export function titleOf(entry: TorrentEntry): string {
  return isUnread(entry) ? texts.card.encryptedShare : entry.torrent.name;
}

/** Nobody who opens the link can find this page now. */
function isUnfindable(trouble: Trouble | undefined): boolean {
  return trouble?.cause === "tracker" || trouble?.cause === "clock" || trouble?.cause === "localNetwork";
}

function stageOf(entry: TorrentEntry): Stage {
  if (entry.restsBecause !== undefined && !isOwn(entry)) return "complete";
  return stageIn(entry.state, isOwn(entry), entry.waitsBecause !== undefined);
}

/** A download that is complete is not called a share, though others get it from here. */
export function stageIn(state: TorrentEntry["state"], isOwn: boolean, isWaiting: boolean): Stage {
  if (state === "seeding" && !isOwn) return "complete";
  return state === "paused" && isWaiting ? "waiting" : state;
}

function noteOfLink({ torrent, onDisk }: TorrentEntry): string {
  return linkNote(othersWithEverything(torrent), leftWithEverything(torrent), onDisk !== undefined);
}

function facts(entry: TorrentEntry): string[] {
  const { state, torrent } = entry;
  const { bytesDone, bytesTotal, downBytesPerSecond, upBytesPerSecond, uploadedBytes, secondsLeft } = torrent;
  if (state === "metadata") return [texts.card.sizeUnknown];
  const list = [bytesDone >= bytesTotal ? formatBytes(bytesTotal) : ofTotal(bytesDone, bytesTotal)];
  if (torrent.files.length > 1) list.push(texts.counts.files(torrent.files.length));
  if (downBytesPerSecond > 0) list.push(`↓ ${formatRate(downBytesPerSecond)}`);
  if (upBytesPerSecond > 0) list.push(`↑ ${formatRate(upBytesPerSecond)}`);
  if (state === "downloading" && secondsLeft !== undefined)
    list.push(texts.card.timeLeft(formatDuration(secondsLeft)));
  if (state === "seeding" && uploadedBytes > 0) list.push(texts.card.sent(formatBytes(uploadedBytes)));
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
        ? texts.card.askingForFiles(entry.torrent.peers.length)
        : nobodyYet(entry);
    case "checking":
      return texts.card.checking;
    case "downloading":
      return downloadSentence(entry);
    case "seeding":
      return seedSentence(entry);
    case "paused":
      if (entry.waitsBecause !== undefined) return texts.card.waits[entry.waitsBecause];
      if (entry.stoppedBecause !== undefined)
        return isOwn(entry)
          ? linkEnded(entry.stoppedBecause, "resume")
          : texts.card.sharedEnough[entry.stoppedBecause];
      if (entry.restsBecause !== undefined) return restSentence(entry, entry.restsBecause);
      return isOwn(entry) ? texts.card.pausedShare : texts.card.paused;
    case "needs-file":
      if (entry.stoppedBecause !== undefined) return linkEnded(entry.stoppedBecause, entry.needs ?? "files");
      if (entry.needs === "permission") return texts.card.needsPermission;
      return entry.torrent.files.length > 1 ? texts.card.needsFiles : texts.card.needsFile;
    case "error":
      return problemOf(entry.torrent) ?? texts.card.stopped;
  }
}

function downloadSentence(entry: TorrentEntry): string {
  const { torrent, onDisk } = entry;
  const { peers } = torrent;
  const { waitingForParts } = onDisk === undefined ? texts.card : texts.daemon;
  const senders = peers.filter((peer) => peer.downBytesPerSecond > 0).length;
  if (senders > 0) return coming(senders, receiverCount(torrent));
  return peers.length > 0 ? waitingForParts(peers.length) : nobodyYet(entry);
}

function seedSentence(entry: TorrentEntry): string {
  const receivers = receiverCount(entry.torrent);
  if (entry.onDisk?.folder !== undefined) return texts.daemon.complete(isolate(entry.onDisk.folder));
  if (!isOwn(entry)) return entry.isSaved ? texts.card.saved : texts.card.complete;
  if (receivers > 0) return texts.card.sending(receivers);
  const count = entry.torrent.peers.length;
  if (count > 0) return texts.card.connectedIdle(count);
  const others = othersWithEverything(entry.torrent);
  if (others > 0) return texts.card.delivered(others);
  return (entry.onDisk === undefined ? texts.card : texts.daemon).readyToSend;
}

function restSentence(entry: TorrentEntry, because: RestReason): string {
  if (isOwn(entry)) return texts.card.rests[because];
  return `${entry.isSaved ? texts.card.savedAndRests : texts.card.completeAndRests} ${texts.card.rests[because]}`;
}

function nobodyYet({ torrent: { trackers }, onDisk }: TorrentEntry): string {
  if (trackers.length === 0) return (onDisk === undefined ? texts.card : texts.daemon).noTracker;
  const working = trackers.filter((tracker) => tracker.state === "working");
  const known = Math.max(0, ...working.map((tracker) => tracker.seeders + tracker.leechers - 1)); // the tracker counts us, too
  return known > 0 ? texts.card.connecting(known) : texts.card.looking;
}

function warning({ state, torrent, trouble }: TorrentEntry): string | undefined {
  if (!isRunning(state)) return undefined;
  if (torrent.problem !== undefined) return problemOf(torrent);
  if (torrent.peers.length > 0 || (trouble !== undefined && trouble.cause !== "nobodyThere"))
    return undefined;
  const said = torrent.trackers.find(({ state, message }) => state === "working" && message !== undefined);
  return said?.message && texts.card.trackerSays(inOurWords(said.message));
}

function problemOf({ problem }: TorrentView): string | undefined {
  return problem && inOurWords(problem);
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

function ofTotal(done: number, total: number): string {
  return texts.card.ofTotal(formatBytes(done), formatBytes(total));
}
