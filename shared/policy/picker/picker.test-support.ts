import { Bitfield } from "../../base/bitfield.ts";
import { type LinkId, millis, type PieceIndex } from "../../base/ids.ts";
import { seededRandom } from "../../base/random.ts";
import { BLOCK_BYTES, type Block, Layout } from "../../meta/layout.ts";
import { type PickerLimits, PiecePicker } from "./picker.ts";

export const LIMITS: PickerLimits = {
  openPiecesBytes: 1_000_000_000,
  endGameCopies: 2,
  newcomerBlocks: 1_000,
  randomPieces: 0,
  aloneMillis: 10_000,
  aloneBlockMillis: 250,
};
export const A = 1 as LinkId;
export const B = 2 as LinkId;
export const C = 3 as LinkId;

export const NOW = millis(0);

interface Setup {
  readonly pieces?: number;
  readonly blocksEach?: number;
  readonly held?: readonly number[];
  readonly wanted?: readonly number[];
  readonly limits?: Partial<PickerLimits>;
  readonly seed?: number;
}

/** A bitfield with these set. */
export function bits(length: number, set: Iterable<number>): Bitfield {
  const field = new Bitfield(length);
  for (const index of set) field.set(index);
  return field;
}

/** A picker of a torrent with a few equal pieces. */
export function newPicker({ pieces = 4, blocksEach = 2, held = [], wanted, limits, seed = 1 }: Setup = {}) {
  const layout = new Layout(pieces * blocksEach * BLOCK_BYTES, blocksEach * BLOCK_BYTES);
  const dropped: PieceIndex[] = [];
  const withdrawn: [LinkId, Block][] = [];
  const idle = new Set<LinkId>();
  const picker = new PiecePicker(
    layout,
    bits(pieces, held),
    wanted === undefined ? Bitfield.full(pieces) : bits(pieces, wanted),
    { ...LIMITS, ...limits },
    seededRandom(seed),
    {
      dropped: (piece) => dropped.push(piece),
      isServing: (link) => !idle.has(link),
      withdrawn: (link, block) => withdrawn.push([link, block]),
    },
  );
  const hasAll = (link: LinkId): void => hasPieces(link, Array(pieces).keys());
  const hasPieces = (link: LinkId, indices: Iterable<number>): void => {
    for (const index of indices) picker.peerHas(link, index as PieceIndex);
  };
  /** Each sends a whole good piece. */
  const prove = (...links: readonly LinkId[]): void => {
    for (const link of links) {
      const blocks = picker.pick(link, blocksEach, NOW);
      for (const block of blocks) picker.blockArrived(link, block, NOW);
      picker.pieceChecked(blocks[0]?.piece ?? piece(0), true);
    }
  };
  return { picker, layout, dropped, withdrawn, idle, hasAll, hasPieces, prove };
}

export const piecesOf = (blocks: readonly Block[]): number[] => [
  ...new Set(blocks.map(({ piece }) => piece)),
];
export const piece = (index: number): PieceIndex => index as PieceIndex;
