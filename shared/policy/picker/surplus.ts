import type { LinkId, Millis } from "../../base/ids.ts";
import type { Block, Layout } from "../../meta/layout.ts";
import type { BegunPieces, Request } from "./begun-pieces.ts";
import type { Deadlines, Due } from "./deadlines.ts";
import type { PieceOwners } from "./piece-owners.ts";
import type { Suspects } from "./suspects.ts";

/** A request to a link. */
export interface AskedBlock {
  readonly link: LinkId;
  readonly block: Block;
}

interface Candidate extends AskedBlock, Request {
  /** The place of its piece among the urgent ones; the last of all if nobody waits for it. */
  readonly place: number;
  /** Blocks that are wanted sooner, that nobody was asked for and the same link may be asked for. */
  readonly wanted: number;
}

/**
 * Which requests to take back so that blocks come in order of time. `room`: how many more we may have; negative, we have too many.
 * Taken back are those that nobody waits for, and those wanted later than blocks which the same link has and nobody was asked for.
 * The oldest request to each link stays: its block is probably on its way.
 */
export function surplusRequests(parts: SurplusParts, room: number, now: Millis): readonly AskedBlock[] {
  const urgent = parts.deadlines.urgent(now);
  if (urgent.reduce((sum, due) => sum + blocksWanted(parts, due), 0) <= room) return [];
  const places = new Map(urgent.map(({ piece, at }) => [piece, urgent.findIndex((due) => due.at === at)]));
  const candidates = parts.begun
    .asked()
    .flatMap((link): Candidate[] => {
      const wanted = wantedBefore(parts, urgent, link);
      return [...parts.begun.requestsTo(link).values()].slice(1).map((request) => {
        const place = places.get(request.block.piece) ?? urgent.length;
        return { link, ...request, place, wanted: wanted[place] ?? 0 };
      });
    })
    .reverse() // Of one link's requests of the same moment, the latest.
    .sort((left, right) => right.place - left.place || right.at - left.at);
  const surplus: AskedBlock[] = [];
  for (const candidate of candidates) {
    const { wanted, place } = candidate;
    const isEnough = wanted <= room + surplus.length;
    if (!isEnough && (wanted > 0 || place === urgent.length)) surplus.push(candidate);
  }
  return surplus;
}

/** For each place among the urgent pieces, how many blocks of those before it we can request from the link. */
function wantedBefore(parts: SurplusParts, urgent: readonly Due[], link: LinkId): readonly number[] {
  const has = parts.owners.offersOf(link);
  let free = parts.freePieces;
  let blocks = 0;
  const before = [0];
  for (const due of urgent) {
    const canBegin = parts.begun.at(due.piece) !== undefined || free > 0;
    if (canBegin && has?.has(due.piece) && parts.suspects.mayAsk(due.piece, link)) {
      if (parts.begun.at(due.piece) === undefined) free -= 1;
      blocks += blocksWanted(parts, due);
    }
    before.push(blocks);
  }
  return before;
}

/** The blocks of a piece that nobody was asked for. */
function blocksWanted({ begun, layout }: SurplusParts, { piece }: Due): number {
  return begun.at(piece)?.wantedCount ?? layout.blockCount(piece);
}

interface SurplusParts {
  readonly begun: BegunPieces;
  readonly deadlines: Deadlines;
  readonly owners: PieceOwners;
  readonly suspects: Suspects;
  readonly layout: Layout;
  /** How many more pieces we may begin. */
  readonly freePieces: number;
}
