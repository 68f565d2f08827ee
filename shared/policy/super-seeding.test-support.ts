import { type LinkId, millis, type PieceIndex } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { BLOCK_BYTES, Layout } from "../meta/layout.ts";
import { SuperSeeding } from "./super-seeding.ts";

export const A = 1 as LinkId;
export const B = 2 as LinkId;
export const C = 3 as LinkId;

/** A seeder with so many pieces of four blocks, and its peers. */
export function newSwarm(pieceCount: number, ...links: readonly LinkId[]) {
  const layout = new Layout(pieceCount * 4 * BLOCK_BYTES, 4 * BLOCK_BYTES);
  const owned = new Map<LinkId, Set<number>>();
  const machine = new SuperSeeding(layout, seededRandom(1), {
    availability: (piece) => swarm.availability(piece),
    has: (link, piece) => owned.get(link)?.has(piece) ?? false,
    count: (link) => owned.get(link)?.size ?? 0,
    isInterested: (link) => owned.has(link) && !swarm.bored.has(link),
    isWaiting: (link) => swarm.waiting.has(link),
  });
  const swarm = {
    now: 0,
    /** Who waits for requested blocks. */
    waiting: new Set<LinkId>(),
    /** Who wants nothing of what it knows that we have. */
    bored: new Set<LinkId>(),
    machine,
    join(link: LinkId): void {
      owned.set(link, new Set());
      machine.joined(link, millis(swarm.now));
    },
    /** Tells of all that may be told now: whom, and of what. */
    reveals(): [LinkId, number][] {
      const told: [LinkId, number][] = [];
      for (let next = machine.reveal(millis(swarm.now)); next; next = machine.reveal(millis(swarm.now)))
        told.push([next.link, next.piece]);
      return told;
    },
    send(link: LinkId, piece: number): void {
      machine.asked(millis(swarm.now), link, piece);
      for (let block = 0; block < 4; block++) machine.blockSent(millis(swarm.now), link, piece as PieceIndex);
    },
    has(link: LinkId, piece: number): void {
      owned.get(link)?.add(piece);
      machine.has(millis(swarm.now), link, piece as PieceIndex);
    },
    take(link: LinkId, piece: number): void {
      swarm.send(link, piece);
      swarm.has(link, piece);
    },
    leave(link: LinkId): boolean {
      owned.delete(link);
      return machine.left(link);
    },
    availability: (piece: number) => [...owned.values()].filter((pieces) => pieces.has(piece)).length,
    owns: (link: LinkId, piece: number) => owned.get(link)?.has(piece) ?? false,
    choosy: () => machine.choosy(millis(swarm.now)),
    isOver: () => machine.isOver(millis(swarm.now)),
  };
  for (const link of links) swarm.join(link);
  return swarm;
}

/** How many reveals each link got. */
export const counts = (told: readonly [LinkId, number][]): Record<number, number> => {
  const all: Record<number, number> = {};
  for (const [link] of told) all[link] = (all[link] ?? 0) + 1;
  return all;
};
