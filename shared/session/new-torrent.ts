import { Bitfield } from "../base/bitfield.ts";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import type { Info } from "../meta/info.ts";
import { type Block, isContent, type Layout } from "../meta/layout.ts";
import { safePaths } from "../meta/safe-path.ts";
import { Choker } from "../policy/choker.ts";
import { CopiesSent } from "../policy/copies-sent.ts";
import { PiecePicker } from "../policy/picker/picker.ts";
import { Rate } from "../policy/rate.ts";
import { separateTiers } from "../policy/tiers.ts";
import { noChanges } from "./changes.ts";
import type { Context } from "./context.ts";
import { cancel } from "./download.ts";
import type { TorrentMetadata, TorrentSource } from "./effect.ts";
import { newMetadataCopies } from "./metadata.ts";
import { type Content, isComplete, type Torrent } from "./torrent.ts";
import type { FileView } from "./view.ts";

/** Makes the torrent that enters the session. */
export function newTorrent(context: Context, source: TorrentSource): Torrent {
  const torrent: Torrent = {
    infoHash: source.infoHash,
    displayName: source.displayName,
    selectedFiles: source.selectedFiles,
    deadlines: [],
    trackerTiers: separateTiers(source.trackers, context.config.maxTrackers),
    content: undefined,
    tiers: [],
    peers: new Map(),
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
    metadataCopies: newMetadataCopies(context.config),
    oneByOne: new Set(),
    candidates: context.dialling?.newCandidates(context.config),
    introductions: context.introductions?.newState(context),
    choker: new Choker(),
    rechokeAt: context.now,
    sweepAt: context.now,
    formerPeers: [],
    down: new Rate(),
    up: new Rate(),
    peerIds: new Map(),
    banned: new Set(),
    completePeers: new Map(),
    finishedPeers: new Map(),
    failedPieces: 0,
    hopelessPiece: undefined,
    lastLinkFailure: undefined,
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
  const wanted = wantedPieces(info, torrent.selectedFiles);
  const dropped = (piece: PieceIndex): void => {
    torrent.content?.badCopies.delete(piece);
    context.effects.push({ type: "dropPiece", infoHash: torrent.infoHash, piece });
  };
  const isServing = (link: LinkId): boolean => {
    const peer = torrent.peers.get(link);
    return peer !== undefined && !peer.theyChoke && !peer.isSnubbing;
  };
  const withdrawn = (link: LinkId, block: Block): void => cancel(context, torrent, link, block);
  const { config, random } = context;
  torrent.content = {
    metadata,
    layout,
    files: viewsOf(info, torrent.selectedFiles),
    linksLeftOut: info.files.filter(({ isLink }) => isLink).length,
    bytesTotal: bytesOf(layout, wanted, () => true),
    bytesDone: bytesOf(layout, wanted, (piece) => here.has(piece)),
    wanted,
    picker: new PiecePicker(layout, here, wanted, config.picker, random, { dropped, isServing, withdrawn }),
    fileCounts: context.countFiles?.(info, here),
    sent: new CopiesSent(layout),
    superSeeding: undefined,
    badCopies: new Map(),
  };
  torrent.content.picker.setDeadlines(torrent.deadlines);
  torrent.isDone = isComplete(torrent);
  return torrent.content;
}

function bytesOf(layout: Layout, pieces: Bitfield, passes: (piece: PieceIndex) => boolean): number {
  let bytes = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = index as PieceIndex;
    if (pieces.has(index) && passes(piece)) bytes += layout.pieceBytes(piece);
  }
  return bytes;
}

function viewsOf(info: Info, selectedFiles: readonly number[] | undefined): readonly FileView[] {
  const paths = safePaths(info);
  const selected = selectedFiles && new Set(selectedFiles);
  return info.files.flatMap((file, at) =>
    isContent(file)
      ? [{ path: paths[at] ?? "", bytes: file.bytes, selected: selected?.has(at) ?? true }]
      : [],
  );
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
