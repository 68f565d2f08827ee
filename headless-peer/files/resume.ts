import { createHash } from "node:crypto";
import { type BencodeDict, decodeBencodePrefix, encodeBencode, isDict } from "#shared/base/bencode.ts";
import { Bitfield } from "#shared/base/bitfield.ts";
import { bytesToHex, concatBytes, equalBytes, hexToBytes } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { type InfoHash, type PieceIndex, parseInfoHash } from "#shared/base/ids.ts";
import type { Layout } from "#shared/meta/layout.ts";
import type { FileStamp } from "./file-stats.ts";

/** The state of a download when everything had been synced. */
export interface Checkpoint {
  readonly infoHash: InfoHash;
  /** Verified, written and synced. */
  readonly pieces: Bitfield;
  /** The files as they were then, in the order of the torrent, and at the end the file of parts. Undefined: not there. */
  readonly stamps: readonly (FileStamp | undefined)[];
  /** The piece in each slot of the file of parts. */
  readonly slots: readonly PieceIndex[];
}

/** What was written since the checkpoint. It was not synced, so it must be hashed. */
export interface JournalEntries {
  readonly pieces: Iterable<PieceIndex>;
  /** Files as they are now, by index in `Checkpoint.stamps`. */
  readonly stamps: Iterable<readonly [number, FileStamp]>;
}

/** A resume file as read: `stamps` are the latest in it. */
export interface Resume extends Checkpoint {
  readonly written: ReadonlySet<PieceIndex>;
}

/** What a torrent's resume file must match. */
export interface ResumeShape {
  readonly infoHash: InfoHash;
  readonly layout: Layout;
  readonly fileCount: number;
}

export type DecodedResume =
  | { readonly type: "resume"; readonly resume: Resume }
  | { readonly type: "otherTorrent"; readonly infoHash: InfoHash }
  | { readonly type: "broken" };

const VERSION = 1;
const HASH_BYTES = 20;
const STAMP_BYTES = 16;
const SLOT_BYTES = 4;
const RECORD_BYTES = 24; // Kind, index, size, time.
const PIECE_RECORD = 1;
const STAMP_RECORD = 2;
const ABSENT = 2n ** 64n - 1n; // Larger than any file.

/** Encodes a checkpoint: the SHA-1 of a bencoded dictionary, and the dictionary. The journal's records follow it. */
export function encodeCheckpoint({ infoHash, pieces, stamps, slots }: Checkpoint): Uint8Array<ArrayBuffer> {
  const slotBytes = new Uint8Array(slots.length * SLOT_BYTES);
  const slotView = viewOf(slotBytes);
  for (const [at, piece] of slots.entries()) slotView.setUint32(at * SLOT_BYTES, piece);
  const body = encodeBencode(
    new Map<string, Uint8Array | number>([
      ["files", encodeStamps(stamps)],
      ["info hash", hexToBytes(infoHash)],
      ["parts", slotBytes],
      ["pieces", pieces.bytes],
      ["version", VERSION],
    ]),
  );
  return concatBytes([sha1Of(body), body]);
}

/**
 * Encodes records for the journal. They need no checksum: a piece in it is hashed before it is trusted, and a wrong stamp
 * matches no file. Pieces come first, so that a torn end leaves a file that is checked, not one that is trusted.
 */
export function encodeJournal({ pieces, stamps }: JournalEntries): Uint8Array<ArrayBuffer> {
  const records: Uint8Array[] = [];
  const record = (kind: number, index: number, stamp: FileStamp | undefined): void => {
    const bytes = new Uint8Array(RECORD_BYTES);
    const view = viewOf(bytes);
    view.setUint32(0, kind);
    view.setUint32(4, index);
    writeStamp(view, 8, stamp);
    records.push(bytes);
  };
  for (const piece of pieces) record(PIECE_RECORD, piece, undefined);
  for (const [file, stamp] of stamps) record(STAMP_RECORD, file, stamp);
  return concatBytes(records);
}

/** Reads a resume file. It counts as broken if anything does not match the torrent. */
export function decodeResume(bytes: Uint8Array, shape: ResumeShape): DecodedResume {
  try {
    const { value, length } = decodeBencodePrefix(bytes.subarray(HASH_BYTES));
    const end = HASH_BYTES + length;
    const isWhole = equalBytes(sha1Of(bytes.subarray(HASH_BYTES, end)), bytes.subarray(0, HASH_BYTES));
    if (!isWhole || !isDict(value) || value.get("version") !== VERSION) return { type: "broken" };

    const infoHash = parseInfoHash(bytesToHex(byteString(value, "info hash")));
    if (infoHash === undefined) return { type: "broken" };
    if (infoHash !== shape.infoHash) return { type: "otherTorrent", infoHash };
    const checkpoint = readCheckpoint(value, shape);
    if (checkpoint === undefined) return { type: "broken" };
    return { type: "resume", resume: withJournal(checkpoint, bytes.subarray(end), shape) };
  } catch (error) {
    if (error instanceof ProtocolError) return { type: "broken" };
    throw error;
  }
}

function readCheckpoint(
  dict: BencodeDict,
  { infoHash, layout, fileCount }: ResumeShape,
): Checkpoint | undefined {
  const pieces = Bitfield.fromBytes(byteString(dict, "pieces"), layout.pieceCount);
  const stampBytes = byteString(dict, "files");
  const slots = readSlots(byteString(dict, "parts"), layout);
  if (pieces === undefined || slots === undefined) return undefined;
  if (stampBytes.length !== (fileCount + 1) * STAMP_BYTES) return undefined;
  const view = viewOf(stampBytes);
  const stamps = Array.from({ length: fileCount + 1 }, (_, at) => readStamp(view, at * STAMP_BYTES));
  return { infoHash, pieces, stamps, slots };
}

function readSlots(bytes: Uint8Array, layout: Layout): PieceIndex[] | undefined {
  const view = viewOf(bytes);
  const slots = new Set<PieceIndex>();
  for (let at = 0; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const piece = layout.piece(view.getUint32(at));
    if (piece !== undefined) slots.add(piece);
  }
  return slots.size * SLOT_BYTES === bytes.length ? [...slots] : undefined; // No duplicates, none out of range.
}

/** Stops at the first invalid record: that is where writing was cut off. */
function withJournal(checkpoint: Checkpoint, journal: Uint8Array, { layout }: ResumeShape): Resume {
  const written = new Set<PieceIndex>();
  const stamps = [...checkpoint.stamps];
  const view = viewOf(journal);
  for (let at = 0; at + RECORD_BYTES <= journal.length; at += RECORD_BYTES) {
    const kind = view.getUint32(at);
    const index = view.getUint32(at + 4);
    const piece = layout.piece(index);
    if (kind === PIECE_RECORD && piece !== undefined) written.add(piece);
    else if (kind === STAMP_RECORD && index < stamps.length) stamps[index] = readStamp(view, at + 8);
    else break;
  }
  return { ...checkpoint, stamps, written };
}

function encodeStamps(stamps: Checkpoint["stamps"]): Uint8Array {
  const bytes = new Uint8Array(stamps.length * STAMP_BYTES);
  const view = viewOf(bytes);
  for (const [at, stamp] of stamps.entries()) writeStamp(view, at * STAMP_BYTES, stamp);
  return bytes;
}

function writeStamp(view: DataView, at: number, stamp: FileStamp | undefined): void {
  view.setBigUint64(at, stamp === undefined ? ABSENT : BigInt(stamp.bytes));
  view.setBigInt64(at + 8, stamp?.mtimeNanos ?? 0n);
}

function readStamp(view: DataView, at: number): FileStamp | undefined {
  const bytes = view.getBigUint64(at);
  return bytes === ABSENT ? undefined : { bytes: Number(bytes), mtimeNanos: view.getBigInt64(at + 8) };
}

function byteString(dict: BencodeDict, key: string): Uint8Array {
  const value = dict.get(key);
  if (value instanceof Uint8Array) return value;
  throw new ProtocolError("notAResumeFile", `it has no ${key}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sha1Of(bytes: Uint8Array): Uint8Array {
  return createHash("sha1").update(bytes).digest();
}
