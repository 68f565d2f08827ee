import { type PeerAddress, peerAddress } from "../announce/compact.ts";
import { bytesToHex } from "../base/bytes.ts";
import { type OfferId, type PeerId, parseOfferId, parsePeerId, type TrackerUrl } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "../session/config.ts";
import { Network } from "./network.ts";
import { SimNode } from "./node.ts";
import type { Listener } from "./node-links.ts";
import type { NodeSetup, Surroundings } from "./node-setup.ts";
import { Scheduler } from "./scheduler.ts";
import { Trace } from "./trace.ts";
import { SimTracker } from "./tracker.ts";

/** The port on which everybody listens for TCP. */
const PORT = 6_881;

export interface WorldSetup {
  readonly seed?: number;
  /** One-way delay of every link. */
  readonly delayMillis?: number;
  /** If given, the delay of each link is drawn between `delayMillis` and this. */
  readonly maxDelayMillis?: number;
  readonly upBytesPerSecond?: number;
  readonly downBytesPerSecond?: number;
  readonly storageMillis?: number;
  /** Whether links cut their streams at random places. */
  readonly splits?: boolean;
  /** Whether nodes keep no bytes of pieces: for large swarms. */
  readonly derivesPieces?: boolean;
  readonly config?: Partial<SessionConfig>;
  /** More events than these count as a swarm that never comes to rest. */
  readonly maxSteps?: number;
}

/** Peers, trackers and links in virtual time. The same setup gives the same run. */
export class World {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: Random;
  readonly trace = new Trace();
  /** Whoever can be dialled. */
  readonly #listeners = new Map<PeerAddress, Listener>();
  readonly #setup: WorldSetup;
  readonly #trackers = new Map<TrackerUrl, SimTracker>();
  #nodes = 0;
  #addresses = 0;

  constructor(setup: WorldSetup = {}) {
    this.#setup = setup;
    this.random = seededRandom(setup.seed ?? 1);
    this.scheduler = new Scheduler(setup.maxSteps);
    const minDelayMillis = setup.delayMillis ?? 5;
    const maxDelayMillis = setup.maxDelayMillis ?? minDelayMillis;
    const delays = { minDelayMillis, maxDelayMillis, splits: setup.splits ?? true };
    this.network = new Network(this.scheduler, this.newRandom(), delays);
  }

  newRandom(): Random {
    return seededRandom(this.random.below(2 ** 32));
  }

  newPeerId(): PeerId {
    return parsePeerId(bytesToHex(this.random.bytes(20))) as PeerId;
  }

  newOfferId(): OfferId {
    return parseOfferId(bytesToHex(this.random.bytes(20))) as OfferId;
  }

  node(name: string, setup: Partial<NodeSetup> = {}): SimNode {
    const node = this.newNode(
      {
        name,
        peerId: this.newPeerId(),
        random: this.newRandom(),
        address: this.newAddress(),
        config: { ...DEFAULT_CONFIG, port: PORT, ...this.#setup.config },
        line: {
          upBytesPerSecond: this.#setup.upBytesPerSecond ?? 10_000_000,
          downBytesPerSecond: this.#setup.downBytesPerSecond ?? Number.POSITIVE_INFINITY,
        },
        disk: {
          accessMillis: this.#setup.storageMillis ?? 1,
          bytesPerSecond: Number.POSITIVE_INFINITY,
          hashedBytesPerSecond: Number.POSITIVE_INFINITY,
        },
        serves: true,
        exchanges: true,
        introduces: true,
        derivesPieces: this.#setup.derivesPieces ?? false,
        ...setup,
      },
      this.#around(),
    );
    this.listen(node);
    return node;
  }

  /** Every node and listener has an IP address of its own. */
  newAddress(): PeerAddress {
    this.#addresses += 1;
    const ip = parseIp(
      `10.${this.#addresses >> 16}.${(this.#addresses >> 8) & 0xff}.${this.#addresses & 0xff}`,
    );
    if (ip === undefined) throw new Error("there are too many nodes");
    return peerAddress(ip, PORT);
  }

  listen(listener: Listener): void {
    this.#listeners.set(listener.address, listener);
  }

  /** Nobody can dial it any more. */
  unlisten({ address }: Listener): void {
    this.#listeners.delete(address);
  }

  tracker(url: TrackerUrl): SimTracker {
    const known = this.#trackers.get(url);
    if (known !== undefined) return known;
    const tracker = this.newTracker(url, this.newRandom());
    this.#trackers.set(url, tracker);
    return tracker;
  }

  until(done: () => boolean, withinMillis = 60_000): Promise<void> {
    return this.scheduler.until(done, withinMillis);
  }

  pass(delayMillis: number): Promise<void> {
    return this.scheduler.pass(delayMillis);
  }

  protected newNode(setup: NodeSetup, around: Surroundings): SimNode {
    return new SimNode(setup, around);
  }

  protected newTracker(url: TrackerUrl, random: Random): SimTracker {
    return new SimTracker(url, this.scheduler, this.network, random);
  }

  #around(): Surroundings {
    this.#nodes += 1;
    const number = this.#nodes;
    return {
      scheduler: this.scheduler,
      network: this.network,
      tracker: (url) => this.tracker(url),
      reach: (address) => this.#listeners.get(address),
      noted: (effect) => this.trace.note(this.scheduler.now, number, effect),
    };
  }
}
