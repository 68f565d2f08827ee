import { type Random, seededRandom } from "../../base/random.ts";

export type Pair = readonly [number, number];

/** Who is linked to whom at one moment. Peers have numbers. */
export class Graph {
  readonly peers: readonly number[];
  /** The neighbours of each peer, by their places in `peers`. */
  readonly #neighbours: readonly (readonly number[])[];

  /** Leaves out links to others than `peers`, and the second of two links between the same peers. */
  constructor(peers: readonly number[], links: Iterable<Pair>) {
    this.peers = peers;
    const places = new Map(peers.map((peer, place) => [peer, place]));
    const neighbours = peers.map(() => new Set<number>());
    for (const pair of links) {
      const [one, other] = pair.map((peer) => places.get(peer));
      if (one === undefined || other === undefined || one === other) continue;
      neighbours[one]?.add(other);
      neighbours[other]?.add(one);
    }
    this.#neighbours = neighbours.map((each) => [...each]);
  }

  /** How many others each peer is linked to. */
  get degrees(): readonly number[] {
    return this.#neighbours.map(({ length }) => length);
  }

  get links(): readonly Pair[] {
    return this.#neighbours.flatMap((neighbours, one) =>
      neighbours
        .filter((other) => one < other)
        .map((other) => [this.peers[one], this.peers[other]] as [number, number]),
    );
  }

  /** The share of the peers that is in the largest part. 1: the graph is connected. */
  get connectedShare(): number {
    const unseen = new Set(this.peers.keys());
    let largest = 0;
    for (const place of unseen) {
      const { reached } = this.#walk(place);
      for (const each of reached) unseen.delete(each);
      largest = Math.max(largest, reached.length);
    }
    return this.peers.length === 0 ? 1 : largest / this.peers.length;
  }

  /** The longest of all shortest ways between two peers, in links. Infinite: there is no way between some. */
  get diameter(): number {
    let most = 0;
    for (const place of this.peers.keys()) {
      const { reached, steps } = this.#walk(place);
      if (reached.length < this.peers.length) return Number.POSITIVE_INFINITY;
      most = Math.max(most, steps);
    }
    return most;
  }

  /** What is left without these. */
  without(gone: ReadonlySet<number>): Graph {
    return new Graph(
      this.peers.filter((peer) => !gone.has(peer)),
      this.links,
    );
  }

  /** What is left at once when so large a share of the peers goes, drawn by chance. */
  thinned(share: number, random: Random): Graph {
    const gone = new Set<number>();
    while (gone.size < Math.floor(this.peers.length * share))
      gone.add(this.peers[random.below(this.peers.length)] as number);
    return this.without(gone);
  }

  /** Breadth first: the places that can be reached, and how many links away the last of them is. */
  #walk(from: number): { readonly reached: readonly number[]; readonly steps: number } {
    const distances = new Int32Array(this.peers.length).fill(-1);
    distances[from] = 0;
    const reached = [from];
    for (const place of reached)
      for (const next of this.#neighbours[place] as readonly number[]) {
        if (distances[next] !== -1) continue;
        distances[next] = (distances[place] as number) + 1;
        reached.push(next);
      }
    return { reached, steps: distances[reached.at(-1) as number] as number };
  }
}

/** How well a swarm hangs together. */
export interface GraphFigures {
  readonly peers: number;
  readonly links: number;
  /** The share of peers in the largest part. */
  readonly connected: number;
  readonly connectedWithoutSeeders: number;
  /** Right after a third has gone, at worst in several draws. */
  readonly connectedWithoutThird: number;
  /** Undefined: there is no way between some. */
  readonly diameter: number | undefined;
  /** To how many others peers are linked. */
  readonly fewestLinks: number;
  readonly meanLinks: number;
  readonly mostLinks: number;
}

/** How often a third is drawn. */
const DRAWS = 20;

export function graphFigures(graph: Graph, seeders: ReadonlySet<number>): GraphFigures {
  const { degrees, links, peers, diameter } = graph;
  const thinned = Array.from({ length: DRAWS }, (_, seed) => graph.thinned(1 / 3, seededRandom(seed)));
  return {
    peers: peers.length,
    links: links.length,
    connected: graph.connectedShare,
    connectedWithoutSeeders: graph.without(seeders).connectedShare,
    connectedWithoutThird: Math.min(...thinned.map(({ connectedShare }) => connectedShare)),
    diameter: Number.isFinite(diameter) ? diameter : undefined,
    fewestLinks: Math.min(...degrees),
    meanLinks: (2 * links.length) / Math.max(1, peers.length),
    mostLinks: Math.max(...degrees),
  };
}
