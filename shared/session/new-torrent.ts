import { Bitfield } from "../base/bitfield.ts";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import type { Block } from "../meta/layout.ts";
import { Choker } from "../policy/choker.ts";
import { CopiesSent } from "../policy/copies-sent.ts";
import { PiecePicker } from "../policy/picker/picker.ts";
import { Rate } from "../policy/rate.ts";
import { separateTiers } from "../policy/tiers.ts";
import { noChanges } from "./changes.ts";
import type { Context } from "./context.ts";
import { NO_CONTROLS } from "./controls.ts";
import { cancel } from "./download.ts";
import { chosen, countLinks } from "./file-choice.ts";
import type { TorrentMetadata, TorrentSource } from "./input.ts";
import { NO_FAILED_ATTEMPTS } from "./link-end.ts";
import { newMetadataCopies } from "./metadata.ts";
import { type Content, isComplete, type Torrent } from "./torrent.ts";
import { NO_TOTALS } from "./totals.ts";

/** Makes the torrent that enters the session. */
export function newTorrent(context: Context, source: TorrentSource): Torrent {
  const torrent: Torrent = {
    infoHash: source.infoHash,
    displayName: source.displayName,
    selectedFiles: source.selectedFiles,
    firstFiles: source.firstFiles ?? [],
    controls: source.controls ?? NO_CONTROLS,
    deadlines: [],
    trackerTiers: separateTiers(source.trackers, context.config.maxTrackers),
    content: undefined,
    tiers: [],
    peers: new Map(),
    webSeeds: context.webSeeding?.newSeeds(context, source.webSeeds ?? []) ?? new Map(),
    isPaused: source.paused,
    isChecking: false,
    onlyLooks: source.onlyLooks ?? false,
    isActive: false,
    isDone: false,
    shown: undefined,
    told: { phase: undefined, problem: undefined },
    changes: noChanges(),
    isTouched: false,
    problem: undefined,
    problemKind: undefined,
    stopped: undefined,
    sharedSince: undefined,
    sharedMillis: source.before?.sharedMillis ?? 0,
    before: source.before ?? NO_TOTALS,
    metadataCopies: newMetadataCopies(context.config),
    oneByOne: new Set(),
    candidates: context.dialling?.newCandidates(context.config),
    introductions: context.introductions?.newState(context),
    choker: new Choker(),
    rechokeAt: context.now,
    sweepAt: context.now,
    wakesAt: Number.POSITIVE_INFINITY,
    formerPeers: [],
    down: new Rate(),
    up: new Rate(),
    peerIds: new Map(),
    banned: new Set(),
    completePeers: new Map(),
    finishedPeers: new Map(),
    finishedBefore: source.before?.finishedPeers ?? 0,
    failedPieces: 0,
    piecesFetched: 0,
    hopelessPiece: undefined,
    failedAttempts: NO_FAILED_ATTEMPTS,
  };
  if (source.metadata !== undefined) setMetadata(context, torrent, source.metadata, source.held);
  return torrent;
}

/** Gives the torrent its metadata. */
export function setMetadata(
  context: Context,
  torrent: Torrent,
  metadata: TorrentMetadata,
  held: Bitfield | undefined,
): Content {
  const { info } = metadata;
  const { layout } = info;
  const here = held ?? new Bitfield(layout.pieceCount);
  const { preferred, ...choice } = chosen(info, torrent, here);
  const dropped = (piece: PieceIndex): void => {
    torrent.content?.badCopies.delete(piece);
    context.effects.push({ type: "dropPiece", infoHash: torrent.infoHash, piece });
  };
  const isServing = (link: LinkId): boolean => {
    const peer = torrent.peers.get(link);
    if (peer === undefined) return torrent.webSeeds.has(link);
    return !peer.theyChoke && !peer.isSnubbing;
  };
  const withdrawn = (link: LinkId, block: Block): void => cancel(context, torrent, link, block);
  const { config, random } = context;
  torrent.content = {
    metadata,
    layout,
    ...choice,
    linksLeftOut: countLinks(info),
    picker: new PiecePicker(layout, here, choice.wanted, config.picker, random, {
      dropped,
      isServing,
      withdrawn,
    }),
    fileCounts: context.countFiles?.(info, here),
    sent: new CopiesSent(layout),
    superSeeding: undefined,
    withheldUntil: undefined,
    badCopies: new Map(),
  };
  if (preferred !== undefined) torrent.content.picker.want(choice.wanted, preferred);
  torrent.content.picker.setDeadlines(torrent.deadlines);
  torrent.content.picker.takeInOrder(torrent.controls.inOrder ?? false);
  torrent.isDone = isComplete(torrent);
  return torrent.content;
}
