import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { Feed } from "../driver/drive.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import type { Effect } from "../session/effect.ts";
import type { BadCopy } from "../session/input.ts";
import type { Disk } from "./disk.ts";
import type { NodePieces } from "./node-pieces.ts";
import type { NodeStorage, Spoil } from "./node-storage.ts";
import type { SampleTorrent } from "./sample-torrent.ts";

type ReadBlock = Extract<Effect, { type: "readBlock" }>;

/** A piece on its way in: which of its blocks are here, and which of them are bad. */
interface Arriving {
  readonly here: Set<number>;
  readonly bad: Set<number>;
}

interface Known {
  readonly torrent: SampleTorrent;
  readonly arriving: Map<PieceIndex, Arriving>;
  /** Bad blocks of each failed copy of a piece. */
  readonly failed: Map<PieceIndex, number[][]>;
}

/** We look at every so many bytes of a block: bad ones differ everywhere. */
const STRIDE_BYTES = 251;

/** Pieces that a node reads from memory: the one being sent and the next for each of eight peers. */
const MAX_CACHED_PIECES = 16;

/**
 * Pieces whose bytes everybody knows: compares blocks with them, and keeps only which are bad. So a thousand peers fit into
 * memory, and no time goes into hashing.
 */
export class DerivedPieces implements NodePieces {
  readonly #storage: NodeStorage;
  readonly #disk: Disk;
  readonly #spoil: Spoil | undefined;
  readonly #isLinked: (link: LinkId) => boolean;
  readonly #feed: Feed;
  readonly #torrents = new Map<InfoHash, Known>();
  /** Least recently read first. */
  readonly #cached = new Map<string, Uint8Array | undefined>();
  readonly #waiting = new Map<string, ReadBlock[]>();

  constructor(
    storage: NodeStorage,
    disk: Disk,
    spoil: Spoil | undefined,
    isLinked: (link: LinkId) => boolean,
    feed: Feed,
  ) {
    this.#storage = storage;
    this.#disk = disk;
    this.#spoil = spoil;
    this.#isLinked = isLinked;
    this.#feed = feed;
  }

  /** Tells it the bytes of a torrent. */
  know(torrent: SampleTorrent): void {
    this.#torrents.set(torrent.infoHash, { torrent, arriving: new Map(), failed: new Map() });
  }

  read(wanted: ReadBlock): void {
    const key = `${wanted.infoHash}${wanted.piece}`;
    if (this.#cached.has(key)) return this.#answer(wanted, this.#cached.get(key));
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(wanted);
      return;
    }
    const all = [wanted];
    this.#waiting.set(key, all);
    const length = this.#storage.piece(wanted.infoHash, wanted.piece)?.length ?? 0;
    this.#disk.moved(length, () => {
      this.#waiting.delete(key);
      const bytes = this.#readPiece(wanted.infoHash, wanted.piece);
      if (bytes !== undefined) this.#keep(key, bytes);
      for (const each of all) if (this.#isLinked(each.link)) this.#answer(each, bytes);
    });
  }

  write(infoHash: InfoHash, piece: PieceIndex, begin: number, bytes: Uint8Array): void {
    const known = this.#torrents.get(infoHash);
    if (known === undefined) return;
    let arriving = known.arriving.get(piece);
    if (arriving === undefined) {
      arriving = { here: new Set(), bad: new Set() };
      known.arriving.set(piece, arriving);
    }
    const block = begin / BLOCK_BYTES;
    arriving.here.add(block);
    if (isSame(bytes, known.torrent.piece(piece), begin)) arriving.bad.delete(block);
    else arriving.bad.add(block);
  }

  check(infoHash: InfoHash, piece: PieceIndex): void {
    const known = this.#torrents.get(infoHash);
    const arriving = known?.arriving.get(piece);
    if (known === undefined || arriving === undefined) return;
    const { layout } = known.torrent.info;
    if (arriving.here.size !== layout.blockCount(piece))
      throw new Error(`broken invariant: piece ${piece} is to be checked with ${arriving.here.size} blocks`);
    this.#disk.hashed(layout.pieceBytes(piece), () => {
      if (known.arriving.get(piece) !== arriving) return; // It was dropped.
      known.arriving.delete(piece);
      if (arriving.bad.size === 0) return this.#store(known, piece);
      known.failed.set(piece, [...(known.failed.get(piece) ?? []), [...arriving.bad]]);
      this.#feed({ type: "pieceChecked", infoHash, piece, good: false, badCopies: [] });
    });
  }

  dropPiece(infoHash: InfoHash, piece: PieceIndex): void {
    const known = this.#torrents.get(infoHash);
    known?.arriving.delete(piece);
    known?.failed.delete(piece);
  }

  dropTorrent(infoHash: InfoHash): void {
    this.#torrents.delete(infoHash);
    this.forgetRead(infoHash);
  }

  forgetRead(infoHash: InfoHash): void {
    for (const key of [...this.#cached.keys()]) if (key.startsWith(infoHash)) this.#cached.delete(key);
  }

  #store({ torrent, failed }: Known, piece: PieceIndex): void {
    const { infoHash } = torrent;
    const bytes = torrent.piece(piece);
    this.#disk.moved(bytes.length, () => {
      const { problem } = this.#disk;
      if (problem !== undefined) return this.#feed({ type: "torrentFailed", infoHash, piece, problem });
      this.#storage.keep(infoHash, piece, bytes);
      const badCopies = (failed.get(piece) ?? []).map((blocks, attempt): BadCopy => ({ attempt, blocks }));
      failed.delete(piece);
      this.#feed({ type: "pieceChecked", infoHash, piece, good: true, badCopies });
    });
  }

  #readPiece(infoHash: InfoHash, piece: PieceIndex): Uint8Array | undefined {
    const bytes = this.#storage.piece(infoHash, piece);
    if (bytes === undefined || this.#spoil === undefined) return bytes;
    const copy = bytes.slice();
    this.#spoil(piece, copy);
    return copy;
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#cached.set(key, bytes);
    const [oldest] = this.#cached.keys();
    if (this.#cached.size > MAX_CACHED_PIECES && oldest !== undefined) this.#cached.delete(oldest);
  }

  #answer({ link, infoHash, piece, begin, length }: ReadBlock, whole: Uint8Array | undefined): void {
    const bytes = whole?.subarray(begin, begin + length);
    this.#feed({ type: "blockRead", link, infoHash, piece, begin, length, bytes });
  }
}

function isSame(block: Uint8Array, piece: Uint8Array, begin: number): boolean {
  const last = block.length - 1;
  for (let at = 0; at < last; at += STRIDE_BYTES) if (block[at] !== piece[begin + at]) return false;
  return block[last] === piece[begin + last];
}
