import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { Handle, InfoHash, LinkId, Millis, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { relaysOffers, type TrackerTiers } from "../base/tracker-url.ts";
import type { Layout } from "../meta/layout.ts";
import type { Announcer } from "../policy/announcer.ts";
import type { Budget } from "../policy/budget.ts";
import type { Candidates } from "../policy/candidates.ts";
import type { Choker } from "../policy/choker.ts";
import { type CopiesSent, isLoneSeeder } from "../policy/copies-sent.ts";
import type { Introducers } from "../policy/introducers.ts";
import type { MetadataCopies } from "../policy/metadata-copies.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import type { PiecePicker } from "../policy/picker/picker.ts";
import type { Rate } from "../policy/rate.ts";
import type { Relay } from "../policy/relay.ts";
import type { SuperSeeding } from "../policy/super-seeding.ts";
import type { Tier } from "../policy/tiers.ts";
import type { Changes } from "./changes.ts";
import type { StopReason, TorrentControls } from "./controls.ts";
import type { FileCounts } from "./file-counts.ts";
import type { ProblemKind, TorrentMetadata } from "./input.ts";
import type { FailedAttempts } from "./link-end.ts";
import type { Peer } from "./peer.ts";
import type { Totals } from "./totals.ts";
import type { FileView, PeerView, TorrentPhase, TorrentView } from "./view.ts";
import type { WebSeed } from "./web-seed.ts";

/** What exists only once the metadata is known. */
export interface Content {
  /** Of an encrypted share, its `info` may name other files than its `infoBytes`: see `filesRevealed`. */
  metadata: TorrentMetadata;
  readonly layout: Layout;
  /** The files as views show them, made once: there may be 100,000. */
  files: readonly FileView[];
  /** Symbolic links among the files, which we neither save nor share. */
  linksLeftOut: number;
  /** Of the selected files. */
  bytesTotal: number;
  bytesDone: number;
  /** Pieces of the selected files. */
  wanted: Bitfield;
  readonly picker: PiecePicker;
  fileCounts: FileCounts | undefined;
  readonly sent: CopiesSent;
  /** We are the only seeder, and tell of our pieces one by one. */
  superSeeding: SuperSeeding | undefined;
  /** Until then, or the end of the check, we tell nobody of what it finds: then we may tell of our pieces one by one. */
  withheldUntil: Millis | undefined;
  /** Who sent which block of each copy of a piece that failed its check. */
  readonly badCopies: Map<PieceIndex, BadCopySenders[]>;
}

/** Peers, by what they call themselves, and web seeds. */
export type BlockSender = PeerId | WebSeed;
export type BadCopySenders = readonly (BlockSender | undefined)[];

/** One tracker of a torrent, and when and what to announce to it. */
export interface TrackerEntry {
  readonly url: TrackerUrl;
  readonly announcer: Announcer;
  /** How many offers it may still relay to us. */
  readonly offers: Budget;
  /** The last announce carried offers: those must fail before we make more. */
  offered: boolean;
  /** It has counted peers since we last looked whether to send it offers. */
  hasCounted: boolean;
  /** Peers it introduced whose links broke since its last count. */
  lostPeers: number;
  /** Missing bytes in the last announce. Undefined: it did not say, or there was none. */
  left: number | undefined;
}

/** Peers that introduce us to others, and whom we introduce to each other. */
export interface TorrentIntroductions {
  readonly introducers: Introducers;
  readonly relay: Relay;
  /** The links that our handles name. */
  readonly handles: Map<Handle, LinkId>;
  /** Links that we have offered through introducers; some were answered or ended since. */
  readonly asked: Set<LinkId>;
  /** How many offers all introducers together may forward to us. */
  readonly offers: Budget;
}

/** The state of one torrent. */
export interface Torrent {
  readonly infoHash: InfoHash;
  readonly displayName: string | undefined;
  selectedFiles: readonly number[] | undefined;
  /** Those of them whose pieces come first. */
  firstFiles: readonly number[];
  /** What the person has chosen for it. */
  controls: TorrentControls;
  /** When pieces are wanted. */
  deadlines: readonly Deadline[];
  /** In the order given; see `separateTiers`. */
  trackerTiers: TrackerTiers;
  content: Content | undefined;
  /** Empty while paused or stopped by a problem. */
  tiers: readonly Tier<TrackerEntry>[];
  readonly peers: Map<LinkId, Peer>;
  /** Web servers that have its files, by what the picker calls them. */
  readonly webSeeds: Map<LinkId, WebSeed>;
  isPaused: boolean;
  isChecking: boolean;
  /** We only look who is there. */
  readonly onlyLooks: boolean;
  /** Trackers and discovery know that we take part: follows `isRunning` at the next settling. */
  isActive: boolean;
  /** We hold all that we want: follows `isComplete` at the next settling. */
  isDone: boolean;
  /** What `view` last showed, and until when nothing in it moves by itself. Undefined: something has changed since. */
  shown: { readonly view: TorrentView; readonly until: number } | undefined;
  /** What whoever watches knows of its state. */
  readonly told: { phase: TorrentPhase | undefined; problem: string | undefined };
  /** What inputs have changed since it was last settled. */
  changes: Changes;
  /** It waits for its turn to be settled. */
  isTouched: boolean;
  /** Why the torrent stopped. */
  problem: string | undefined;
  problemKind: ProblemKind | undefined;
  /** Which limit of sharing it has reached, while it is paused for that. */
  stopped: StopReason | undefined;
  /** Since when it has been shared without a break. Undefined: it is not shared now, or not complete. */
  sharedSince: Millis | undefined;
  /** For how long it was shared before that. */
  sharedMillis: number;
  /** What it had done before it entered the session. */
  readonly before: Totals;

  /** What peers have sent of the metadata, until we know it. */
  metadataCopies: MetadataCopies;
  /** Peers that we ask for one piece of it at a time. */
  readonly oneByOne: Set<PeerId>;

  /** Addresses of peers that accept TCP links. Undefined: we dial nobody. */
  readonly candidates: Candidates<PeerAddress> | undefined;

  /** Undefined: we take no part in introductions. */
  readonly introductions: TorrentIntroductions | undefined;

  readonly choker: Choker;
  rechokeAt: Millis;
  sweepAt: Millis;
  /** When time alone makes something due, as of its last change: see `deadlineOf`. */
  wakesAt: number;

  /** Peers that have left, if they sent us anything. */
  readonly formerPeers: PeerView[];
  readonly down: Rate;
  readonly up: Rate;
  /** The peer of each past and present link, the latest last: a block may prove bad after its sender has left. */
  readonly peerIds: Map<LinkId, PeerId>;
  readonly banned: Set<PeerId>;
  /** Peers that had everything when their link ended, and when it did: kept until a tracker has counted them. */
  readonly completePeers: Map<PeerId, Millis>;
  /** Those that came for something and left with everything, the latest last: kept for whoever shares it. */
  readonly finishedPeers: Map<PeerId, PeerView>;
  /** How many such peers there were in earlier sessions, or so long ago that we have forgotten them. */
  finishedBefore: number;
  failedPieces: number;
  /** Pieces that peers sent and that passed their check. */
  piecesFetched: number;
  /** A piece that every peer that had it sent damaged. */
  hopelessPiece: PieceIndex | undefined;
  failedAttempts: FailedAttempts;
}

/** The trackers we announce to: one of each tier. */
export function currentTrackers({ tiers }: Torrent): TrackerEntry[] {
  return tiers.map(({ current }) => current);
}

/** Whether a tracker carries our offers now. */
export function hasWorkingTracker(torrent: Torrent): boolean {
  return currentTrackers(torrent).some(
    ({ url, announcer }) => relaysOffers(url) && announcer.state === "working",
  );
}

/** All trackers, including those on standby. */
export function allTrackers({ tiers }: Torrent): TrackerEntry[] {
  return tiers.flatMap(({ trackers }) => trackers);
}

/** The one with this URL, if the torrent is announced there. */
export function trackerOf(torrent: Torrent, tracker: TrackerUrl): TrackerEntry | undefined {
  return allTrackers(torrent).find(({ url }) => url === tracker);
}

/** Takes part in the swarm: announces, links, transfers. */
export function isRunning(torrent: Torrent): boolean {
  return !torrent.isPaused && torrent.problem === undefined;
}

/** Only its trackers may name peers (BEP 27). We cannot know before the metadata. */
export function isPrivate({ content }: Torrent): boolean {
  return content?.metadata.info.isPrivate ?? false;
}

export function isComplete(torrent: Torrent): boolean {
  return !torrent.isChecking && (torrent.content?.picker.isComplete ?? false);
}

export function phaseOf(torrent: Torrent): TorrentPhase {
  if (torrent.problem !== undefined) return "error";
  if (torrent.isPaused) return "paused";
  if (torrent.content === undefined) return "metadata";
  if (torrent.isChecking) return "checking";
  return torrent.content.picker.isComplete ? "seeding" : "downloading";
}

/** Why it stopped, or what trouble it has while it goes on: a sentence, safe to print. */
export function problemOf({ problem, hopelessPiece }: Torrent): string | undefined {
  if (problem !== undefined) return printable(problem);
  if (hopelessPiece === undefined) return undefined;
  return `Every peer that has piece ${hopelessPiece} sent it damaged. The download goes on when a peer with a good copy comes.`;
}

/** The pieces that a peer says it has. Undefined: it has said nothing, or we do not know the metadata. */
export function piecesOf({ content }: Torrent, { link }: Peer): Bitfield | undefined {
  return content?.picker.piecesOf(link);
}

/** Whether a peer says that it has everything. */
export function isSeed(torrent: Torrent, peer: Peer): boolean {
  return peer.superSeeds || (piecesOf(torrent, peer)?.isFull ?? false);
}

/** Whether a peer that lacked something when it came says that it has everything. It may have come more than once. */
export function hasFinished(torrent: Torrent, peer: Peer): boolean {
  const { state, hasWanted } = peer;
  const isKnown = state.phase === "open" && torrent.finishedPeers.has(state.peerId);
  return (hasWanted || isKnown) && isSeed(torrent, peer);
}

/** How many peers have got everything: those that are linked, and those that came before. */
export function finishedInAll(torrent: Torrent): number {
  let count = torrent.finishedBefore + torrent.finishedPeers.size;
  for (const peer of torrent.peers.values()) {
    if (peer.state.phase !== "open") continue;
    if (torrent.finishedPeers.has(peer.state.peerId)) count -= 1;
    if (hasFinished(torrent, peer)) count += 1;
  }
  return count;
}

/** Whether a peer has something that we lack, as far as we know. */
export function hasSource({ peers, content }: Torrent): boolean {
  return (
    content !== undefined &&
    [...peers.values()].some(({ link, superSeeds }) => superSeeds || content.picker.isInteresting(link))
  );
}

/** Whether no tracker counts another seeder. */
export function isAlone(torrent: Torrent): boolean {
  const trackers = currentTrackers(torrent);
  return isLoneSeeder(trackers.map(({ announcer, left }) => ({ seeders: announcer.counts.seeders, left })));
}

/** Whether we have unchoked the peer: the choker did, or while we tell of our pieces one by one, the first of them. */
export function serves({ content, choker }: Torrent, { link }: Peer): boolean {
  return content?.superSeeding?.serves(link) ?? choker.serves(link);
}

/** Bytes still missing of the selected files. Undefined: we do not know the metadata. */
export function bytesLeft(torrent: Torrent): number | undefined {
  const { content } = torrent;
  return content === undefined ? undefined : content.bytesTotal - content.bytesDone;
}
