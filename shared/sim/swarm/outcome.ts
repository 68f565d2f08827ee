import type { PieceIndex } from "../../base/ids.ts";
import type { CloseReason } from "../../session/link-end.ts";
import type { Attack } from "./attack.ts";
import { type Bounds, boundsOf, totalBytes, upOf } from "./bounds.ts";
import { type Graph, type GraphFigures, graphFigures } from "./graph.ts";
import type { SimPeer } from "./peer.ts";
import type { SwarmSetup } from "./setup.ts";
import type { Swarm } from "./swarm.ts";

/** The rarest piece has so many copies for the first time. */
export interface Milestone {
  readonly copies: number;
  readonly atMillis: number;
  /** Bytes of blocks that the seeders had sent by then. */
  readonly seedersSent: number;
}

/** The swarm at one moment. */
export interface Sample {
  readonly atMillis: number;
  /** Of each piece. */
  readonly copies: readonly number[];
  /** Leechers that have everything. */
  readonly completed: number;
  readonly links: number;
}

export interface PeerOutcome {
  readonly name: string;
  readonly group: string;
  readonly seeds: boolean;
  readonly poisons: boolean;
  readonly cameAtMillis: number | undefined;
  readonly completedAtMillis: number | undefined;
  /** Bytes of blocks. */
  readonly sentBytes: number;
  readonly takenBytes: number;
  /** Bytes of good pieces that came from peers. */
  readonly goodBytes: number;
  readonly failedPieces: number;
  readonly connectionsMade: number;
  readonly linksOpened: number;
  /** How long others let it request, all its links together. */
  readonly unchokedMillis: number;
  /** How often it closed a link because its peer sent bad data. */
  readonly bans: number;
  /** How late the latest piece was for whoever watches. Undefined: nobody does. */
  readonly stalledMillis: number | undefined;
  /** Poisoners that it did not ban, though it had two bad pieces with their blocks. */
  readonly sparedPoisoners: number;
  /** Undefined: it does as it should. */
  readonly attack: Attack | undefined;
  /** Why others closed links to it, and how often. */
  readonly closedFor: Readonly<Partial<Record<CloseReason, number>>>;
}

/** What became of a swarm. */
export interface Outcome {
  readonly setup: SwarmSetup;
  readonly bounds: Bounds;
  readonly bytes: number;
  readonly peers: readonly PeerOutcome[];
  readonly samples: readonly Sample[];
  readonly milestones: readonly Milestone[];
  readonly millis: number;
  readonly steps: number;
  /** The most that ever waited to be sent on one link. */
  readonly mostQueuedBytes: number;
  /** The same for every run of the same setup. */
  readonly hash: string;
  /** Who was linked to whom when there were most links. */
  readonly graph: Graph;
  /** Bytes from each peer to each, protocol included. */
  readonly between: (from: number, to: number) => number;
  /** The same, while the sender lacked something. */
  readonly betweenAsLeecher: (from: number, to: number) => number;
}

export function outcomeOf(
  swarm: Swarm,
  samples: readonly Sample[],
  milestones: readonly Milestone[],
  graph: Graph,
): Outcome {
  const { setup, world, traffic } = swarm;
  return {
    setup,
    bounds: boundsOf(setup),
    bytes: totalBytes(setup),
    peers: swarm.peers.map((peer) => peerOutcome(swarm, peer)),
    samples,
    milestones,
    millis: world.scheduler.now,
    steps: world.scheduler.steps,
    mostQueuedBytes: world.network.mostQueuedBytes,
    hash: world.trace.hash,
    graph,
    between: (from, to) => traffic.between(from, to),
    betweenAsLeecher: (from, to) => traffic.betweenAsLeecher(from, to),
  };
}

function peerOutcome(swarm: Swarm, peer: SimPeer): PeerOutcome {
  const { record, group } = peer;
  record.ended();
  return {
    name: record.name,
    group: group.name,
    seeds: group.seeds,
    poisons: !peer.isHonest,
    cameAtMillis: record.cameAt,
    completedAtMillis: record.completedAt,
    sentBytes: swarm.sentBy(peer),
    takenBytes: record.blockBytesTaken,
    goodBytes: record.goodBytes,
    failedPieces: record.failedPieces,
    connectionsMade: record.connectionsMade,
    linksOpened: record.linksOpened,
    unchokedMillis: record.unchokedMillis,
    bans: total([...record.closed.values()], (reasons) => reasons.get("banned") ?? 0),
    stalledMillis: peer.player?.latest((piece) => record.heldAt.get(piece as PieceIndex)),
    sparedPoisoners: swarm.peers.filter((other) => isSpared(peer, other)).length,
    attack: group.attack,
    closedFor: closedFor(swarm, record.index),
  };
}

function isSpared(
  { record, node, isHonest }: SimPeer,
  { group, record: theirs, node: there }: SimPeer,
): boolean {
  if (!isHonest || group.poisonsEvery === 0 || node === undefined || there === undefined) return false;
  const open = node.view().peers.filter(({ link }) => node.links.partyAt(link) === theirs.index);
  const bad = (record.badPieces.get(theirs.index) ?? 0) + total(open, ({ failedPieces }) => failedPieces);
  return bad >= 2 && !record.banned.has(there.peerId);
}

function closedFor(swarm: Swarm, index: number): PeerOutcome["closedFor"] {
  const counts: Partial<Record<CloseReason, number>> = {};
  for (const { record } of swarm.peers)
    for (const [reason, count] of record.closed.get(index) ?? [])
      counts[reason] = (counts[reason] ?? 0) + count;
  return counts;
}

/** The peers that came for the torrent. */
export function downloaders(peers: readonly PeerOutcome[]): readonly PeerOutcome[] {
  return peers.filter(({ seeds, attack }) => !seeds && attack === undefined);
}

/** How the swarm hung together when there were most links. */
export function graphOf({ graph, peers }: Outcome): GraphFigures {
  return graphFigures(graph, new Set(peers.flatMap(({ seeds }, index) => (seeds ? [index] : []))));
}

/** The figures that a swarm is judged by. */
export interface Figures {
  /** Seconds that leechers took, from when each came. */
  readonly meanSeconds: number;
  readonly lastSeconds: number;
  /** Standard deviation by mean. */
  readonly spread: number;
  /** Of the fluid bound. */
  readonly meanOfBound: number;
  readonly lastOfBound: number;
  /** Copies that the seeders had sent when every piece had one more home. Undefined: it never had. */
  readonly copiesForFirst: number | undefined;
  /** Copies that the seeders sent in all. */
  readonly seederCopies: number;
  /** Bytes of blocks sent that became part of no good piece, for whatever reason, by those that did. */
  readonly waste: number;
  /** Of all upload that was there until the last one completed. */
  readonly uploadUsed: number;
  /** WebRTC connections made, by both sides of each link that opened. */
  readonly connectionsPerLink: number | undefined;
}

export function figuresOf({ peers, bounds, bytes, milestones, setup }: Outcome): Figures {
  const leechers = downloaders(peers);
  const done = leechers.filter(({ completedAtMillis }) => completedAtMillis !== undefined);
  const seconds = done.map(
    ({ cameAtMillis = 0, completedAtMillis = 0 }) => (completedAtMillis - cameAtMillis) / 1_000,
  );
  const mean = average(seconds);
  const last = Math.max(0, ...seconds);
  const variance = average(seconds.map((each) => (each - mean) * (each - mean)));
  const honest = peers.filter(({ poisons }) => !poisons);
  const seederCount = honest.filter(({ seeds }) => seeds).length;
  const first = milestones.find(({ copies }) => copies > seederCount);
  const sent = total(peers, ({ sentBytes }) => sentBytes);
  const needed = total(leechers, ({ goodBytes }) => goodBytes);
  const ends = Math.max(0, ...done.map(({ completedAtMillis = 0 }) => completedAtMillis));
  const up = total(setup.groups, (group) => (group.attack === undefined ? group.count * upOf(group) : 0));
  const links = total(peers, ({ linksOpened }) => linksOpened);
  const made = total(peers, ({ connectionsMade }) => connectionsMade);
  return {
    meanSeconds: mean,
    lastSeconds: last,
    spread: mean === 0 ? 0 : Math.sqrt(variance) / mean,
    meanOfBound: mean / bounds.fluid,
    lastOfBound: last / bounds.fluid,
    copiesForFirst: first && first.seedersSent / bytes,
    seederCopies: total(honest, ({ seeds, sentBytes }) => (seeds ? sentBytes : 0)) / bytes,
    waste: needed === 0 ? 0 : (sent - needed) / needed,
    uploadUsed: ends === 0 ? 0 : sent / (up * (ends / 1_000)),
    connectionsPerLink: made === 0 ? undefined : made / Math.max(1, links),
  };
}

/** Of those that came for it. */
export function completedShare(outcome: Outcome): number {
  const all = downloaders(outcome.peers);
  return all.filter(({ completedAtMillis }) => completedAtMillis !== undefined).length / all.length;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
