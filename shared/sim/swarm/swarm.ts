import type { PieceIndex, TrackerUrl } from "../../base/ids.ts";
import { sampleTorrent } from "../sample-torrent.ts";
import { Traffic } from "../traffic.ts";
import { World } from "../world.ts";
import { boundsOf, totalBytes } from "./bounds.ts";
import { Copies } from "./copies.ts";
import type { FaultName } from "./fault-rates.ts";
import { Faults } from "./faults.ts";
import { Graph, type Pair } from "./graph.ts";
import { type Milestone, type Outcome, outcomeOf, type Sample } from "./outcome.ts";
import { SimPeer } from "./peer.ts";
import { PeerRecord } from "./record.ts";
import type { PeerGroup, SwarmSetup } from "./setup.ts";

const TRACKERS: Record<SwarmSetup["meets"], readonly TrackerUrl[]> = {
  rtc: ["wss://tracker.test/" as TrackerUrl],
  tcp: ["http://tracker.test/announce" as TrackerUrl],
  both: ["wss://tracker.test/" as TrackerUrl, "http://tracker.test/announce" as TrackerUrl],
};

/** Samples of the whole run: their time between two doubles when there are twice as many. */
const SAMPLES = 128;

/** A swarm that takes so many times longer than its bound, and half an hour, never completes. */
const TIMES_BOUND = 30;
const GRACE_MILLIS = 1_800_000;

/** Events of a swarm beyond those of its blocks: announces, sweeps and faults. */
const SPARE_STEPS = 20_000_000;

/** Events for each piece that a peer gets: its blocks, and what it and others say about it. */
const STEPS_PER_PIECE = 600;

/** A swarm of one torrent in virtual time. */
export class Swarm {
  readonly setup: SwarmSetup;
  readonly world: World;
  readonly peers: readonly SimPeer[];
  readonly copies: Copies;
  readonly traffic: Traffic;
  /** How often each thing went wrong. */
  readonly faultsSeen: ReadonlyMap<FaultName, number>;
  readonly #milestones: Milestone[] = [];
  readonly #endMillis: number;
  #samples: Sample[] = [];
  /** Honest peers, and all links, when there were most links. */
  #linked: { readonly peers: readonly number[]; readonly links: readonly Pair[] } = { peers: [], links: [] };
  #sampleMillis: number;

  constructor(setup: SwarmSetup) {
    this.setup = setup;
    const { seed, minDelayMillis: delayMillis, maxDelayMillis, splits, derivesPieces, groups } = setup;
    const count = groups.reduce((total, group) => total + group.count, 0);
    const maxSteps = SPARE_STEPS + STEPS_PER_PIECE * count * setup.pieces;
    this.world = new World({ seed, delayMillis, maxDelayMillis, splits, derivesPieces, maxSteps });
    this.traffic = new Traffic(count);
    this.world.network.traffic = this.traffic;
    this.copies = new Copies(setup.pieces, (fewest) => this.#grew(fewest));
    this.peers = this.#newPeers();
    const faults = new Faults(this.world, setup, this.peers, TRACKERS[setup.meets]);
    this.faultsSeen = faults.counts;
    const { fluid } = boundsOf(setup);
    const boundMillis = Number.isFinite(fluid) ? fluid * 1_000 : 0; // Nobody may have anything.
    const lastComes = Math.max(
      ...groups.map(({ comesAtMillis, comesWithinMillis }) => comesAtMillis + comesWithinMillis),
    );
    this.#endMillis = lastComes + setup.faults.untilMillis + boundMillis * TIMES_BOUND + GRACE_MILLIS;
    this.#sampleMillis = Math.max(10, boundMillis / SAMPLES);
    this.#sample();
  }

  get now(): number {
    return this.world.scheduler.now;
  }

  /** Whether everybody who can complete has completed, and nothing more goes wrong. */
  get isDone(): boolean {
    return this.now >= this.setup.faults.untilMillis && this.peers.every((peer) => !this.#mustWait(peer));
  }

  /** Runs for so long, or until it is done. Throws if it never completes. */
  async run(forMillis = Number.POSITIVE_INFINITY): Promise<void> {
    const until = this.now + forMillis;
    while (!this.isDone && this.now < until) {
      if (this.now > this.#endMillis)
        throw new Error(`${this.#waiting()} within ${Math.round(this.now)} ms of virtual time`);
      await this.world.pass(Math.min(100, until - this.now));
      for (const { record } of this.peers) if (record.has.isFull) this.traffic.completed(record.index);
      this.#letGo();
    }
  }

  outcome(): Outcome {
    this.#noteLinks();
    const { peers, links } = this.#linked;
    return outcomeOf(this, this.#samples, this.#milestones, new Graph(peers, links));
  }

  /** Bytes of blocks that a peer has sent in all its sessions. */
  sentBy(peer: SimPeer): number {
    return peer.record.blockBytesSent + (peer.node?.blockBytesSent ?? 0);
  }

  #newPeers(): readonly SimPeer[] {
    const { world, setup } = this;
    world.tracker(TRACKERS[setup.meets][0] as TrackerUrl).seedersMadeUp = setup.seedersMadeUp;
    this.#loseTracker();
    const torrent = sampleTorrent({
      files: [["film.bin", totalBytes(setup)]],
      pieceLength: setup.pieceBytes,
      seed: setup.seed,
    });
    const pieceBytes = (piece: PieceIndex): number => torrent.info.layout.pieceBytes(piece);
    let index = 0;
    return setup.groups.flatMap((group) => {
      const copies = group.poisonsEvery === 0 ? this.copies : new Copies(setup.pieces, () => {});
      return Array.from({ length: group.count }, (_, at) => {
        const name = group.count === 1 ? group.name : `${group.name} ${at + 1}`;
        const record = new PeerRecord(name, index++, group.seeds, copies, pieceBytes, () => this.now);
        for (let piece = 0; piece < group.firstPieces; piece++) record.has.set(piece);
        const peer = new SimPeer(world, setup, torrent, TRACKERS[setup.meets], group, record);
        this.#comeLater(peer, group);
        return peer;
      });
    });
  }

  #loseTracker(): void {
    const { trackerDiesAtMillis, meets } = this.setup;
    if (trackerDiesAtMillis === undefined) return;
    this.world.scheduler.at(trackerDiesAtMillis, () => {
      this.world.tracker(TRACKERS[meets][0] as TrackerUrl).mood = "dying";
    });
  }

  #comeLater(peer: SimPeer, { comesAtMillis, comesWithinMillis }: PeerGroup): void {
    const within = comesWithinMillis === 0 ? 0 : this.world.random.below(comesWithinMillis);
    this.world.scheduler.at(comesAtMillis + within, () => peer.come());
  }

  #mustWait({ isHonest, isGone, record }: SimPeer): boolean {
    return isHonest && !isGone && !record.has.isFull;
  }

  #waiting(): string {
    const names = this.peers.filter((peer) => this.#mustWait(peer)).map(({ record }) => record.name);
    return `${names.length} peers do not complete (${names.slice(0, 5).join(", ")})`;
  }

  /** Whoever has what it came for. */
  #letGo(): void {
    const copied = this.#milestones.some(({ copies }) => copies > this.#seeders().length);
    for (const peer of this.peers) {
      const { goes } = peer.group;
      const isReady = goes === "complete" ? peer.record.has.isFull : goes === "copied" && copied;
      if (!isReady || peer.node === undefined) continue;
      peer.go();
      peer.isGone = true;
    }
  }

  #seeders(): readonly SimPeer[] {
    return this.peers.filter(({ group, isHonest }) => group.seeds && isHonest);
  }

  #grew(fewest: number): void {
    const seedersSent = this.#seeders().reduce((total, peer) => total + this.sentBy(peer), 0);
    this.#milestones.push({ copies: fewest, atMillis: this.now, seedersSent });
  }

  #noteLinks(): void {
    const open = [...this.world.network.paths].filter(({ ends }) =>
      ends.every(({ state }) => state === "open"),
    );
    if (open.length <= this.#linked.links.length) return;
    const there = this.peers.filter(({ node, isHonest }) => node !== undefined && isHonest);
    this.#linked = {
      peers: there.map(({ record }) => record.index),
      links: open.map(({ ends: [one, other] }) => [one.line.party, other.line.party]),
    };
  }

  #sample(): void {
    this.#noteLinks();
    this.#samples.push({
      atMillis: this.now,
      copies: this.copies.all(),
      completed: this.peers.filter(({ group, record }) => !group.seeds && record.has.isFull).length,
      links: this.world.network.paths.size,
    });
    if (this.#samples.length >= 2 * SAMPLES) {
      this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
      this.#sampleMillis *= 2;
    }
    this.world.scheduler.after(this.#sampleMillis, () => this.#sample());
  }
}
