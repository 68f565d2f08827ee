import type { PeerAddress } from "../announce/compact.ts";
import { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, LinkId, Millis, PeerId, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { Layout } from "../meta/layout.ts";
import type { Info } from "../meta/metainfo.ts";
import { safePaths } from "../meta/safe-path.ts";
import type { TrackerTiers } from "../meta/tracker-url.ts";
import type { Announcer } from "../policy/announcer.ts";
import { Candidates } from "../policy/candidates.ts";
import { Choker } from "../policy/choker.ts";
import { PiecePicker } from "../policy/picker.ts";
import { Rate } from "../policy/rate.ts";
import { separateTiers, type Tier } from "../policy/tiers.ts";
import type { Context } from "./context.ts";
import type { LinkEnd, TorrentMetadata, TorrentSource } from "./effect.ts";
import type { Peer } from "./peer.ts";
import type { PeerView, TorrentPhase } from "./view.ts";

/** What exists only once the metadata is known. */
export interface Content {
  readonly metadata: TorrentMetadata;
  readonly layout: Layout;
  /** The files' paths, safe for any file system. */
  readonly safePaths: readonly string[];
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

/** An info dictionary on its way from one peer (BEP 9). */
export interface MetadataFetch {
  readonly link: LinkId;
  readonly peerId: PeerId;
  giveUpAt: Millis;
  /** How many of its pieces have been asked for. */
  askedCount: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly received: Bitfield;
  /** Whole, and being hashed. */
  isWhole: boolean;
}

/** One torrent's trackers, each with when and what to announce. */
export interface TrackerEntry {
  readonly url: TrackerUrl;
  readonly announcer: Announcer;
  /** The last announce carried offers: those must fail before more are made. */
  offered: boolean;
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

  metadataFetch: MetadataFetch | undefined;
  /** Peers that cannot or will not give the metadata. */
  readonly metadataRefusals: Set<LinkId>;

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
  failedPieces: number;
  /** A piece that everybody who has it sent wrongly. */
  hopelessPiece: PieceIndex | undefined;
  lastLinkFailure: LinkEnd | undefined;
}

export function newTorrent(context: Context, source: TorrentSource): Torrent {
  const { uploadSlots } = context.config;
  const torrent: Torrent = {
    infoHash: source.infoHash,
    displayName: source.displayName,
    selectedFiles: source.selectedFiles,
    trackerTiers: separateTiers(source.trackers, context.config.trackersMost),
    content: undefined,
    tiers: [],
    peers: new Map(),
    isPaused: source.paused,
    isChecking: source.checking,
    problem: undefined,
    metadataFetch: undefined,
    metadataRefusals: new Set(),
    candidates: new Candidates(context.config.candidates),
    choker: new Choker(context.limits?.up?.slots(uploadSlots) ?? uploadSlots, context.random),
    rechokeAt: context.now,
    sweepAt: context.now,
    formerPeers: [],
    down: new Rate(),
    up: new Rate(),
    peerIds: new Map(),
    banned: new Set(),
    failedPieces: 0,
    hopelessPiece: undefined,
    lastLinkFailure: undefined,
  };
  if (source.metadata !== undefined) setMetadata(context, torrent, source.metadata, source.held);
  return torrent;
}

/** Makes the torrent know what is in it. */
export function setMetadata(
  context: Context,
  torrent: Torrent,
  metadata: TorrentMetadata,
  held: Bitfield | undefined,
): Content {
  const { info } = metadata;
  const { layout } = info;
  const here = held ?? new Bitfield(layout.pieceCount);
  const wanted = wantedPieces(info, torrent.selectedFiles);
  const dropped = (piece: PieceIndex): void => {
    torrent.content?.badCopies.delete(piece);
    context.effects.push({ type: "dropPiece", infoHash: torrent.infoHash, piece });
  };
  torrent.content = {
    metadata,
    layout,
    safePaths: safePaths(info),
    bytesTotal: bytesOf(layout, wanted, () => true),
    bytesDone: bytesOf(layout, wanted, (piece) => here.has(piece)),
    held: here,
    wanted,
    picker: new PiecePicker(layout, here, wanted, context.config.picker, context.random, dropped),
    sentBlocks: new Uint32Array(layout.pieceCount),
    badCopies: new Map(),
  };
  return torrent.content;
}

/** The trackers that are announced to: one of each tier. */
export function askedTrackers({ tiers }: Torrent): TrackerEntry[] {
  return tiers.map(({ asked }) => asked);
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

function bytesOf(layout: Layout, pieces: Bitfield, passes: (piece: PieceIndex) => boolean): number {
  let bytes = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = index as PieceIndex;
    if (pieces.has(index) && passes(piece)) bytes += layout.pieceBytes(piece);
  }
  return bytes;
}

function wantedPieces(info: Info, selectedFiles: readonly number[] | undefined): Bitfield {
  const { layout, files } = info;
  if (selectedFiles === undefined) return Bitfield.full(layout.pieceCount);
  const wanted = new Bitfield(layout.pieceCount);
  for (const at of selectedFiles) {
    const file = files[at];
    if (file === undefined || file.bytes === 0) continue;
    const last = Math.floor((file.offset + file.bytes - 1) / layout.pieceLength);
    for (let piece = Math.floor(file.offset / layout.pieceLength); piece <= last; piece++) wanted.set(piece);
  }
  return wanted;
}
