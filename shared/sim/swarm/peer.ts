import type { PieceIndex, TrackerUrl } from "../../base/ids.ts";
import { DEFAULT_CONFIG } from "../../session/config.ts";
import type { SimNode } from "../node.ts";
import type { SampleTorrent } from "../sample-torrent.ts";
import type { World } from "../world.ts";
import { type Attack, attackerOf } from "./attack.ts";
import { HostilePeer } from "./hostile-peer.ts";
import { Player, type Watching } from "./player.ts";
import type { PeerRecord } from "./record.ts";
import type { PeerGroup, SwarmSetup } from "./setup.ts";

/** The port on which peers listen for TCP. */
const PORT = 6_881;

/**
 * Somebody's machine in a swarm. It may leave and come back: with a fresh session, and with the pieces on its disk.
 */
export class SimPeer {
  readonly group: PeerGroup;
  readonly record: PeerRecord;
  /** Undefined: it is not there. */
  node: SimNode | undefined;
  /** Undefined: nobody watches. */
  player: Player | undefined;
  /** Whether it will never come back. */
  isGone = false;
  readonly #world: World;
  readonly #setup: SwarmSetup;
  readonly #torrent: SampleTorrent;
  readonly #trackers: readonly TrackerUrl[];

  constructor(
    world: World,
    setup: SwarmSetup,
    torrent: SampleTorrent,
    trackers: readonly TrackerUrl[],
    group: PeerGroup,
    record: PeerRecord,
  ) {
    this.#world = world;
    this.#setup = setup;
    this.#torrent = torrent;
    this.#trackers = trackers;
    this.group = group;
    this.record = record;
  }

  /** Whether it does as it should, and so must complete. */
  get isHonest(): boolean {
    return this.group.poisonsEvery === 0 && this.group.attack === undefined;
  }

  come(): void {
    if (this.node !== undefined || this.isGone) return;
    const { group, record } = this;
    if (group.attack !== undefined) return this.#attack(group.attack);
    const spoil =
      group.poisonsEvery === 0
        ? undefined
        : (piece: number, bytes: Uint8Array): void => {
            if (piece % group.poisonsEvery === 0)
              for (let at = 0; at < bytes.length; at++) bytes[at] = ~(bytes[at] as number);
          };
    const node = this.#world.node(record.name, {
      config: { ...DEFAULT_CONFIG, port: group.isStrict ? undefined : PORT, ...group.config },
      line: { upBytesPerSecond: group.upBytesPerSecond, downBytesPerSecond: group.downBytesPerSecond },
      disk: this.#setup.disk,
      spoil,
      serves: group.serves,
      introduces: group.introduces,
      observer: record,
      ...(group.rates && { rates: group.rates }),
    });
    if (group.isStrict) this.#world.unlisten(node);
    node.links.line.isStrict = group.isStrict;
    node.links.line.party = record.index;
    this.node = node;
    record.came(this.#world.scheduler.now);
    const pieces = record.has.isFull ? ("all" as const) : record.pieces();
    const knowsMetadata = group.knowsMetadata || record.knowsMetadata;
    node.add(this.#torrent, this.#trackers, knowsMetadata ? { knowsMetadata, pieces } : {});
    if (group.watches !== undefined) this.#watch(group.watches, node);
    if (group.fallsSilentAtMillis !== undefined)
      this.#world.scheduler.at(group.fallsSilentAtMillis, () => this.#fallSilent());
  }

  /** Like a machine without power: whoever is linked to it hears nothing, not even that it has gone. */
  #fallSilent(): void {
    this.node?.sleep();
    this.isGone = true;
  }

  #watch(watching: Watching, node: SimNode): void {
    const { pieces, pieceBytes } = this.#setup;
    const { infoHash } = this.#torrent;
    const { scheduler } = this.#world;
    const player = new Player(watching, { infoHash, pieces, pieceBytes }, node.feed);
    this.player = player;
    player.playFrom(0, scheduler.now);
    scheduler.after(watching.seekAfterMillis, () => player.playFrom(watching.seekTo, scheduler.now));
  }

  #attack(attack: Attack): void {
    const { upBytesPerSecond, downBytesPerSecond } = this.group;
    const line = this.#world.network.newLine({ upBytesPerSecond, downBytesPerSecond });
    line.party = this.record.index;
    const [tracker] = this.#trackers;
    const attacker = attackerOf(attack, this.#torrent, this.#world.newRandom());
    if (tracker !== undefined) new HostilePeer(this.#world, this.#torrent, tracker, attacker, line);
  }

  /** Goes without a goodbye. */
  go(): void {
    const { node } = this;
    if (node === undefined) return;
    this.node = undefined;
    this.record.went();
    this.record.blockBytesSent += node.blockBytesSent;
    this.#world.unlisten(node);
    node.vanish(this.#trackers.map((url) => this.#world.tracker(url)));
  }

  /** A piece vanishes from its disk. */
  losePiece(piece: PieceIndex): void {
    this.record.lost(piece);
    this.node?.losePiece(this.#torrent, piece);
  }

  /** Pieces that it says it has, and whose bytes are wrong. */
  falselyHeld(): readonly PieceIndex[] {
    const { node } = this;
    if (node === undefined || !this.isHonest) return [];
    return this.record
      .pieces()
      .filter((piece) => node.stores(this.#torrent, piece) && !node.hasStored(this.#torrent, piece));
  }

  /** The person presses the button of a torrent that stopped. */
  resume(): void {
    this.node?.feed({ type: "torrentResumed", infoHash: this.#torrent.infoHash });
  }

  pause(): void {
    this.node?.feed({ type: "torrentPaused", infoHash: this.#torrent.infoHash });
  }
}
