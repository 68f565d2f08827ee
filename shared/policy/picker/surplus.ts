import type { LinkId, Millis } from "../../base/ids.ts";
import type { Block, Layout } from "../../meta/layout.ts";
import type { BegunPieces } from "./begun-pieces.ts";
import type { Deadlines } from "./deadlines.ts";
import type { PieceOwners } from "./piece-owners.ts";

/** A request to a link. */
export interface AskedBlock {
  readonly link: LinkId;
  readonly block: Block;
}

interface Candidate extends AskedBlock {
  readonly at: Millis;
  /** When its piece is wanted. */
  readonly dueAt: number;
}

/** When pieces are wanted that nobody waits for. */
const NEVER = Number.MAX_VALUE;

/**
 * The requests to take back, if there is room for `room` more (negative: there are too many), so that all blocks come in order of
 * time: those that nobody waits for, and those for pieces that are wanted later than blocks which the same link has and nobody was
 * asked for. Of each link, the oldest request stays: its block is probably on its way.
 */
export function surplusRequests(
  { begun, deadlines, owners, layout }: SurplusParts,
  room: number,
  now: Millis,
): readonly AskedBlock[] {
  const urgent = deadlines.urgent(now);
  const dueAt = new Map(urgent.map(({ piece, at }) => [piece, at]));
  const wantedBefore = ({ link, dueAt }: Candidate): number => {
    const has = owners.offersOf(link);
    let blocks = 0;
    for (const { piece, at } of urgent)
      if (at < dueAt && has?.has(piece)) blocks += begun.at(piece)?.wantedCount ?? layout.blockCount(piece);
    return blocks;
  };
  const candidates = begun
    .asked()
    .flatMap((link) => [...begun.requestsTo(link).values()].slice(1).map((request) => ({ link, ...request })))
    .map((request): Candidate => ({ ...request, dueAt: dueAt.get(request.block.piece) ?? NEVER }))
    .reverse() // Of one link's requests of the same moment, the latest.
    .sort((left, right) => right.dueAt - left.dueAt || right.at - left.at);
  const surplus: AskedBlock[] = [];
  for (const candidate of candidates) {
    const wanted = wantedBefore(candidate);
    const isEnough = wanted <= room + surplus.length;
    if (!isEnough && (wanted > 0 || candidate.dueAt === NEVER)) surplus.push(candidate);
  }
  return surplus;
}

interface SurplusParts {
  readonly begun: BegunPieces;
  readonly deadlines: Deadlines;
  readonly owners: PieceOwners;
  readonly layout: Layout;
}
