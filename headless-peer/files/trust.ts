import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileSpan, fileSpans } from "#shared/meta/layout.ts";
import { type FileStamp, isSameStamp } from "./file-stats.ts";
import type { Survey } from "./survey.ts";

/** Which pieces we trust to be on the disk. Pieces in neither are missing. */
export interface Trust {
  /** Verified and synced earlier, in files unchanged since. */
  readonly verified: Bitfield;
  /** May be there, and must be hashed first. */
  readonly doubtful: PieceIndex[];
}

/** What was found on the disk, and what is known of it. */
export interface Evidence extends Pick<Survey, "homes" | "stamps" | "resume"> {
  /** Undefined: no home needs it. */
  readonly parts: Survey["parts"] | undefined;
}

/** How far to trust one file, for a piece's part of it. */
type Belief = "trusted" | "doubtful" | "absent";

/**
 * Decides which pieces are there without reading them: those that the resume file names, if each of their files has the
 * size and time it had then. Pieces written after the last sync, and pieces in files that differ, are doubtful. So are those that have
 * no part of a file: whoever knows what fills them needs no peer for that.
 */
export function judgePieces(info: Info, found: Evidence): Trust {
  const { layout, files } = info;
  const verified = new Bitfield(layout.pieceCount);
  const doubtful: PieceIndex[] = [];
  for (let index = 0; index < layout.pieceCount; index++) {
    const piece = layout.piece(index);
    if (piece === undefined) continue;
    const spans = fileSpans(files, index * layout.pieceLength, layout.pieceBytes(piece));
    const beliefs = new Set(spans.map((span) => beliefIn(info, found, piece, span)));
    if (beliefs.has("absent")) continue;
    const isKnown = found.resume?.pieces.has(index) ?? false;
    const wasWritten = found.resume?.written.has(piece) ?? false;
    if (isKnown && !beliefs.has("doubtful")) verified.set(index);
    else if (isKnown || wasWritten || beliefs.has("doubtful") || isFiller(found, spans)) doubtful.push(piece);
  }
  return { verified, doubtful };
}

function isFiller({ homes }: Evidence, spans: readonly FileSpan[]): boolean {
  return spans.every(({ file }) => homes[file]?.type === "padding");
}

function beliefIn({ layout, files }: Info, found: Evidence, piece: PieceIndex, span: FileSpan): Belief {
  const { homes, stamps, parts, resume } = found;
  const home = homes[span.file];
  const then = resume?.stamps[span.file];
  const end = span.offset + span.length;
  if (home?.type === "padding") return "trusted";
  if (home?.type === "file") return compare(stamps[span.file], then, end);

  const slot = parts?.slots.get(piece);
  if (slot === undefined || then !== undefined) return "absent"; // It had a file of its own, and left nothing here.
  const endInPiece = (files[span.file]?.offset ?? 0) + end - piece * layout.pieceLength;
  return compare(stamps.at(-1), resume?.stamps.at(-1), slot * layout.pieceLength + endInPiece);
}

function compare(now: FileStamp | undefined, then: FileStamp | undefined, end: number): Belief {
  if (now === undefined || now.bytes < end) return "absent";
  return isSameStamp(now, then) ? "trusted" : "doubtful";
}
