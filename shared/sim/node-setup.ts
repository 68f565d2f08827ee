import type { PeerAddress } from "../announce/compact.ts";
import type { PeerId, TrackerUrl } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { FetchRange } from "../driver/ports.ts";
import type { SessionConfig } from "../session/config.ts";
import type { Effect } from "../session/effect.ts";
import type { Input, TorrentSource } from "../session/input.ts";
import type { CloseReason } from "../session/link-end.ts";
import type { Rates } from "../session/rates.ts";
import type { DiskSetup } from "./disk.ts";
import type { LineRates } from "./line.ts";
import type { Network } from "./network.ts";
import type { Listener } from "./node-links.ts";
import type { Spoil } from "./node-storage.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimTracker } from "./tracker.ts";

/** Watches what a node's session hears and orders. */
export interface NodeObserver {
  heard(input: Input): void;
  ordered(effect: Effect): void;
  /** It closes a link, whose other end is on the line of this party, if there is another end. */
  closing?(reason: CloseReason, party: number | undefined): void;
}

export interface NodeSetup {
  readonly name: string;
  readonly peerId: PeerId;
  /** Where it listens for TCP. */
  readonly address: PeerAddress;
  readonly random: Random;
  readonly config: SessionConfig;
  readonly line: LineRates;
  /** Its own rate limits. */
  readonly rates?: Rates;
  readonly disk: DiskSetup;
  /** Corrupts pieces that the storage reads for peers. */
  readonly spoil?: Spoil | undefined;
  /** Whether it ever unchokes anybody. */
  readonly serves: boolean;
  /** Whether it exchanges addresses with other peers, and lets them introduce it. */
  readonly exchanges: boolean;
  readonly introduces: boolean;
  /** Keeps no bytes of pieces, and does not hash them. */
  readonly derivesPieces: boolean;
  /** How it fetches from web servers. Absent: not at all. */
  readonly fetchRange?: FetchRange;
  readonly observer?: NodeObserver | undefined;
}

/** What a node already has when it adds a torrent. */
export interface Possessions extends Partial<Omit<TorrentSource, "metadata" | "held">> {
  readonly knowsMetadata?: boolean;
  readonly pieces?: readonly number[] | "all";
  /** Its pieces are yet to be checked: the test feeds what the check finds. */
  readonly checking?: boolean;
}

/** The world around a node. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly tracker: (url: TrackerUrl) => SimTracker;
  readonly reach: (address: PeerAddress) => Listener | undefined;
  readonly noted: (effect: Effect) => void;
}
