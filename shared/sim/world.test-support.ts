import { type PeerAddress, peerAddress } from "../announce/compact.ts";
import { bytesToHex } from "../base/bytes.ts";
import { type OfferId, type PeerId, parseOfferId, parsePeerId, type TrackerUrl } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "../session/config.ts";
import { Network } from "./network.test-support.ts";
import { type Listener, type NodeSetup, SimNode } from "./node.test-support.ts";
import { Scheduler } from "./scheduler.test-support.ts";
import { SimTracker } from "./tracker.test-support.ts";

/** The port on which everybody listens for TCP. */
const PORT = 6_881;

export interface WorldSetup {
  readonly seed?: number;
  /** One-way delay of every link. */
  readonly delayMillis?: number;
  readonly upBytesPerSecond?: number;
  readonly storageMillis?: number;
  readonly config?: Partial<SessionConfig>;
}

/** Peers, trackers and links in virtual time. The same setup gives the same run. */
export class World {
  readonly scheduler = new Scheduler();
  readonly network: Network;
  readonly random: Random;
  readonly nodes: SimNode[] = [];
  /** Who listens for TCP besides the nodes. */
  readonly #listeners: Listener[] = [];
  readonly #setup: WorldSetup;
  readonly #trackers = new Map<TrackerUrl, SimTracker>();

  constructor(setup: WorldSetup = {}) {
    this.#setup = setup;
    this.random = seededRandom(setup.seed ?? 1);
    this.network = new Network(this.scheduler, this.newRandom(), setup.delayMillis ?? 5);
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
    const node = new SimNode(
      {
        name,
        peerId: this.newPeerId(),
        random: this.newRandom(),
        address: this.newAddress(),
        config: { ...DEFAULT_CONFIG, port: PORT, ...this.#setup.config },
        upBytesPerSecond: this.#setup.upBytesPerSecond ?? 10_000_000,
        storageMillis: this.#setup.storageMillis ?? 1,
        ...setup,
      },
      this.scheduler,
      this.network,
      (url) => this.tracker(url),
      (address) => [...this.nodes, ...this.#listeners].find((other) => other.address === address),
    );
    this.nodes.push(node);
    return node;
  }

  /** Every node and listener has an IP address of its own. */
  newAddress(): PeerAddress {
    const ip = parseIp(`192.0.2.${this.nodes.length + this.#listeners.length + 1}`);
    if (ip === undefined) throw new Error("there are too many nodes");
    return peerAddress(ip, PORT);
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  tracker(url: TrackerUrl): SimTracker {
    const known = this.#trackers.get(url);
    if (known !== undefined) return known;
    const tracker = new SimTracker(url, this.scheduler, this.network, this.newRandom());
    this.#trackers.set(url, tracker);
    return tracker;
  }

  until(done: () => boolean, withinMillis = 60_000): Promise<void> {
    return this.scheduler.until(done, withinMillis);
  }

  pass(delayMillis: number): Promise<void> {
    return this.scheduler.pass(delayMillis);
  }
}

/** The default tracker. */
export const TRACKER = "wss://tracker.test/" as TrackerUrl;

/** A tracker over HTTP, which returns addresses. */
export const HTTP_TRACKER = "http://tracker.test/announce" as TrackerUrl;
