import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, LinkId, Millis, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { Layout } from "../meta/layout.ts";
import type { Announcer } from "../policy/announcer.ts";
import type { Budget } from "../policy/budget.ts";
import type { Candidates } from "../policy/candidates.ts";
import type { Choker } from "../policy/choker.ts";
import type { MetadataCopies } from "../policy/metadata-copies.ts";
import type { PiecePicker } from "../policy/picker/picker.ts";
import type { Rate } from "../policy/rate.ts";
import type { Tier } from "../policy/tiers.ts";
import type { LinkEnd, TorrentMetadata } from "./effect.ts";
import type { Peer } from "./peer.ts";
import type { FileView, PeerView, TorrentPhase } from "./view.ts";

/** What exists only once the metadata is known. */
export interface Content {
  readonly metadata: TorrentMetadata;
  readonly layout: Layout;
  /** As views show them, made once: there may be 100,000. */
  readonly files: readonly FileView[];
  /** Symbolic links among the files, which nobody saves or shares. */
  readonly linksLeftOut: number;
  /** Of what was selected. */
  readonly bytesTotal: number;
  bytesDone: number;
  /** Pieces that were verified and can be read. */
  readonly held: Bitfield;
  /** Pieces of the selected files. */
  readonly wanted: Bitfield;
  readonly picker: PiecePicker;
  /** How often each piece's bytes were sent, in blocks. */
  readonly sentBlocks: Uint32Array;
  /** Who sent which block of each copy of a piece that failed its check. */
  readonly badCopies: Map<PieceIndex, BadCopySenders[]>;
}

export type BadCopySenders = readonly (PeerId | undefined)[];

/** One torrent's trackers, each with when and what to announce. */
export interface TrackerEntry {
  readonly url: TrackerUrl;
  readonly announcer: Announcer;
  /** Others' offers that it may still relay to us. */
  readonly offers: Budget;
  /** The last announce carried offers: those must fail before more are made. */
  offered: boolean;
  /** Peers it introduced whose links broke since it counted last. */
  lostPeers: number;
  /** Bytes that the last announce said are missing. Undefined: it did not say, or there was none. */
  left: number | undefined;
}

/** What is true now of one torrent. */
export interface Torrent {
  readonly infoHash: InfoHash;
  readonly displayName: string | undefined;
  selectedFiles: readonly number[] | undefined;
  /** In the order in which the tiers are named; see `separateTiers`. */
  trackerTiers: TrackerTiers;
  content: Content | undefined;
  /** Empty while paused or stopped by a problem. */
  tiers: readonly Tier<TrackerEntry>[];
  readonly peers: Map<LinkId, Peer>;
  isPaused: boolean;
  isChecking: boolean;
  /** Why the torrent was stopped. */
  problem: string | undefined;

  /** What has come of the metadata while it is not known. */
  metadataCopies: MetadataCopies;
  /** Peers that are asked for one piece of it at a time. */
  readonly oneByOne: Set<PeerId>;

  /** Peers that take links over TCP. */
  readonly candidates: Candidates<PeerAddress>;

  readonly choker: Choker;
  rechokeAt: Millis;
  sweepAt: Millis;

  /** Those that have left and had given anything. */
  readonly formerPeers: PeerView[];
  readonly down: Rate;
  readonly up: Rate;
  /** Who was at the other end of a link, the latest last: a block may prove bad after its sender has left. */
  readonly peerIds: Map<LinkId, PeerId>;
  readonly banned: Set<PeerId>;
  /** Peers that had everything when their link ended, and when that was: kept until a tracker has counted them. */
  readonly completePeers: Map<PeerId, Millis>;
  failedPieces: number;
  /** A piece that everybody who has it sent wrongly. */
  hopelessPiece: PieceIndex | undefined;
  lastLinkFailure: LinkEnd | undefined;
}

/** The trackers that are announced to: one of each tier. */
export function currentTrackers({ tiers }: Torrent): TrackerEntry[] {
  return tiers.map(({ current }) => current);
}

/** Those that stand by as well. */
export function allTrackers({ tiers }: Torrent): TrackerEntry[] {
  return tiers.flatMap(({ trackers }) => trackers);
}

/** Takes part in the swarm: announces, links, transfers. */
export function isRunning(torrent: Torrent): boolean {
  return !torrent.isPaused && torrent.problem === undefined;
}

/** Only its trackers may name peers (BEP 27). Not known before the metadata is. */
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

/** Bytes that are still missing of what was selected. Undefined: the metadata is not known. */
export function bytesLeft(torrent: Torrent): number | undefined {
  const { content } = torrent;
  return content === undefined ? undefined : content.bytesTotal - content.bytesDone;
}
