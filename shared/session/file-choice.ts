import { Bitfield } from "../base/bitfield.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { Info } from "../meta/info.ts";
import { isContent, type Layout } from "../meta/layout.ts";
import { safePaths } from "../meta/safe-path.ts";
import { wantsMoreOfTrackers } from "./announcing.ts";
import { type Context, changed } from "./context.ts";
import type { Input } from "./input.ts";
import { type Content, isComplete, type Torrent } from "./torrent.ts";
import type { FileView } from "./view.ts";

type FileChoice = Pick<Torrent, "selectedFiles" | "firstFiles">;

/** What follows from a choice of files. */
type Chosen = Pick<Content, "files" | "bytesTotal" | "bytesDone" | "wanted"> & {
  /** Pieces that come first. Undefined: none does. */
  readonly preferred: Bitfield | undefined;
};

/** Which pieces a choice of files wants, and which of them first. A piece of several files counts as that of the most wanted one. */
export function chosen(info: Info, { selectedFiles, firstFiles }: FileChoice, held: Bitfield): Chosen {
  const { layout } = info;
  const selected = selectedFiles && new Set(selectedFiles);
  const first = new Set(firstFiles.filter((at) => selected?.has(at) ?? true));
  const wanted = selected === undefined ? Bitfield.full(layout.pieceCount) : piecesOf(info, selected);
  return {
    files: viewsOf(info, selected, first),
    bytesTotal: bytesOf(layout, wanted, () => true),
    bytesDone: bytesOf(layout, wanted, (piece) => held.has(piece)),
    wanted,
    preferred: first.size === 0 ? undefined : piecesOf(info, first),
  };
}

/** The person wants these files from now on. What we hold of others stays, and is served. */
export function filesChosen(
  context: Context,
  torrent: Torrent,
  { selectedFiles, firstFiles }: Pick<Extract<Input, { type: "filesChosen" }>, keyof FileChoice>,
): void {
  torrent.selectedFiles = selectedFiles;
  torrent.firstFiles = firstFiles;
  const { content } = torrent;
  if (content === undefined) return;
  const wasComplete = isComplete(torrent);
  const { preferred, ...rest } = chosen(content.metadata.info, torrent, content.picker.held);
  Object.assign(content, rest);
  content.picker.want(rest.wanted, preferred);
  if (torrent.hopelessPiece !== undefined && !rest.wanted.has(torrent.hopelessPiece))
    torrent.hopelessPiece = undefined;
  const changes = changed(context, torrent);
  changes.marks.add("blocks");
  for (const peer of torrent.peers.values()) changes.downloads.add(peer); // We may be interested in others.
  if (!wasComplete || isComplete(torrent)) return;
  changes.marks.add("swarm").add("contenders");
  wantsMoreOfTrackers(context, torrent);
}

/** The files of an encrypted share are known now, and chosen. */
export function filesRevealed(
  context: Context,
  torrent: Torrent,
  { info, selectedFiles }: Extract<Input, { type: "filesRevealed" }>,
): void {
  const { content } = torrent;
  if (content === undefined) return;
  content.metadata = { ...content.metadata, info };
  content.linksLeftOut = countLinks(info);
  content.fileCounts = context.countFiles?.(info, content.picker.held);
  filesChosen(context, torrent, { selectedFiles, firstFiles: torrent.firstFiles });
}

/** Symbolic links, which we leave out. */
export function countLinks({ files }: Info): number {
  return files.filter(({ isLink }) => isLink).length;
}

function viewsOf(
  info: Info,
  selected: ReadonlySet<number> | undefined,
  first: ReadonlySet<number>,
): readonly FileView[] {
  const paths = safePaths(info);
  return info.files.flatMap((file, index) => {
    if (!isContent(file)) return [];
    const isSelected = selected?.has(index) ?? true;
    return [
      {
        path: paths[index] ?? "",
        bytes: file.plainBytes ?? file.bytes,
        selected: isSelected,
        isFirst: first.has(index),
        index,
      },
    ];
  });
}

/** Ignores files that there are not: the numbers may come from outside. */
function piecesOf({ layout, files }: Info, chosenFiles: Iterable<number>): Bitfield {
  const pieces = new Bitfield(layout.pieceCount);
  for (const at of chosenFiles) {
    const file = files[at];
    if (file === undefined || file.bytes === 0) continue;
    const last = Math.floor((file.offset + file.bytes - 1) / layout.pieceLength);
    for (let piece = Math.floor(file.offset / layout.pieceLength); piece <= last; piece++) pieces.set(piece);
  }
  return pieces;
}

function bytesOf(layout: Layout, pieces: Bitfield, passes: (piece: PieceIndex) => boolean): number {
  let bytes = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = index as PieceIndex;
    if (pieces.has(index) && passes(piece)) bytes += layout.pieceBytes(piece);
  }
  return bytes;
}
