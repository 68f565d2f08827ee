import type { TrackerUrl } from "../../base/ids.ts";
import type { Random } from "../../base/random.ts";
import type { World } from "../world.ts";
import { FAULT_NAMES, type FaultName } from "./fault-rates.ts";
import type { SimPeer } from "./peer.ts";
import type { SwarmSetup } from "./setup.ts";

/** How often chance decides whether something goes wrong. */
const TURN_MILLIS = 250;
const TURNS_PER_MINUTE = 60_000 / TURN_MILLIS;
const ONE_IN = 1_000_000;

const DISK_FULL = "The storage is full.";

/** Lets things go wrong in a swarm, as often as its setup says. */
export class Faults {
  /** How often each has happened. */
  readonly counts = new Map<FaultName, number>();
  readonly #world: World;
  readonly #setup: SwarmSetup;
  readonly #peers: readonly SimPeer[];
  readonly #trackers: readonly TrackerUrl[];
  readonly #random: Random;
  #lastIsland = 0;
  #isParted = false;

  constructor(world: World, setup: SwarmSetup, peers: readonly SimPeer[], trackers: readonly TrackerUrl[]) {
    this.#world = world;
    this.#setup = setup;
    this.#peers = peers;
    this.#trackers = trackers;
    this.#random = world.newRandom();
    if (setup.faults.untilMillis > 0) this.#turnLater();
  }

  #turnLater(): void {
    this.#world.scheduler.after(TURN_MILLIS, () => {
      if (this.#world.scheduler.now >= this.#setup.faults.untilMillis) return;
      for (const name of FAULT_NAMES) {
        const chance = (this.#setup.faults[name] / TURNS_PER_MINUTE) * ONE_IN;
        if (this.#random.below(ONE_IN) >= chance) continue;
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
        this.#happen(name);
      }
      this.#turnLater();
    });
  }

  #happen(name: FaultName): void {
    switch (name) {
      case "linksLost":
        return this.#loseLink();
      case "peersCut":
        return this.#anybody()?.node?.cutLinks();
      case "partitions":
        return this.#part();
      case "departures":
        return this.#depart();
      case "sleeps":
        return this.#sleep();
      case "pauses":
        return this.#pause();
      case "disksFull":
        return this.#fillDisk();
      case "piecesLost":
        return this.#losePiece();
      case "trackerDeaths":
        return this.#killTracker();
      case "trackerSilences":
        return this.#silenceTracker();
      default:
        return name satisfies never;
    }
  }

  #loseLink(): void {
    const paths = [...this.#world.network.paths];
    const path = paths[this.#random.below(Math.max(1, paths.length))];
    if (path !== undefined) this.#world.network.breakPath(path);
  }

  #part(): void {
    if (this.#isParted) return;
    this.#isParted = true;
    const moved = this.#peers.filter(() => this.#random.below(2) === 0);
    for (const { node } of moved) if (node?.links.line.island === 0) this.#move(node.links.line, 1);
    this.#later(60_000, () => {
      this.#isParted = false;
      for (const { node } of this.#peers) if (node?.links.line.island === 1) this.#move(node.links.line, 0);
    });
  }

  #depart(): void {
    const peer = this.#anybody();
    if (peer === undefined) return;
    peer.go();
    this.#later(60_000, () => peer.come());
  }

  #sleep(): void {
    const node = this.#anybody()?.node;
    if (node === undefined || node.links.line.island !== 0) return;
    node.sleep();
    this.#lastIsland -= 1;
    this.#move(node.links.line, this.#lastIsland); // Alone.
    this.#later(120_000, () => {
      node.wake();
      this.#move(node.links.line, 0);
    });
  }

  #pause(): void {
    const peer = this.#anybody();
    peer?.pause();
    if (peer !== undefined) this.#later(5_000, () => peer.resume());
  }

  #fillDisk(): void {
    const peer = this.#anybody();
    const disk = peer?.node?.disk;
    if (peer === undefined || disk === undefined) return;
    disk.problem = DISK_FULL;
    this.#later(10_000, () => {
      disk.problem = undefined;
      peer.resume();
    });
  }

  /** The seeder's disk is safe, or the swarm could never complete. */
  #losePiece(): void {
    const peer = this.#anybody();
    if (peer === undefined || peer.group.seeds) return;
    const pieces = peer.record.pieces();
    const piece = pieces[this.#random.below(Math.max(1, pieces.length))];
    if (piece !== undefined) peer.losePiece(piece);
  }

  #killTracker(): void {
    const tracker = this.#tracker();
    if (tracker.mood === "down") return;
    tracker.fail();
    this.#later(60_000, () => {
      tracker.mood = "up";
    });
  }

  #silenceTracker(): void {
    const tracker = this.#tracker();
    if (tracker.mood !== "up") return;
    tracker.mood = "mute";
    this.#later(30_000, () => {
      if (tracker.mood === "mute") tracker.mood = "up";
    });
  }

  #tracker() {
    const url = this.#trackers[this.#random.below(this.#trackers.length)] as TrackerUrl;
    return this.#world.tracker(url);
  }

  #anybody(): SimPeer | undefined {
    const present = this.#peers.filter(({ node }) => node !== undefined);
    return present[this.#random.below(Math.max(1, present.length))];
  }

  #move(line: Parameters<World["network"]["moveTo"]>[0], island: number): void {
    this.#world.network.moveTo(line, island);
  }

  /** At some moment within this time. */
  #later(withinMillis: number, happen: () => void): void {
    this.#world.scheduler.after(this.#random.below(withinMillis), happen);
  }
}
