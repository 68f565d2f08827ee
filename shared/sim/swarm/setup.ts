import type { SessionConfig } from "../../session/config.ts";
import type { Rates } from "../../session/rates.ts";
import type { DiskSetup } from "../disk.ts";
import type { Attack } from "./attack.ts";
import { type FaultRates, NO_FAULTS } from "./fault-rates.ts";
import type { Watching } from "./player.ts";

/** Peers that are alike. */
export interface PeerGroup {
  /** Says what they are, such as `leecher`. */
  readonly name: string;
  readonly count: number;
  /** Whether they begin with everything. */
  readonly seeds: boolean;
  /** How many of the first pieces the others begin with. */
  readonly firstPieces: number;
  readonly upBytesPerSecond: number;
  /** `Infinity`: as fast as others send. */
  readonly downBytesPerSecond: number;
  /** When they come: each at a moment of its own in this time. */
  readonly comesWithinMillis: number;
  /** When the first of them may come. */
  readonly comesAtMillis: number;
  /** When they go for good. `copied`: once every piece is somewhere else. */
  readonly goes: "never" | "complete" | "copied";
  /** From then on they say nothing, and hang up on nobody. Undefined: never. */
  readonly fallsSilentAtMillis: number | undefined;
  /** Whether they know the metadata, or begin with the info-hash alone. */
  readonly knowsMetadata: boolean;
  /** Spoils every so many pieces that it serves. 0: none. */
  readonly poisonsEvery: number;
  /** They have no session, and do only this. */
  readonly attack: Attack | undefined;
  /** Undefined: they only download. */
  readonly watches: Watching | undefined;
  /** Whether they unchoke others. */
  readonly serves: boolean;
  /** Whether they introduce peers to each other, and let others introduce them. */
  readonly introduces: boolean;
  /** Behind a router that nobody outside can dial. */
  readonly isStrict: boolean;
  /** Limits of their own, apart from their line. */
  readonly rates: Rates | undefined;
  readonly config: Partial<SessionConfig>;
}

/** A swarm of one torrent. The same setup gives the same run, event for event. */
export interface SwarmSetup {
  readonly seed: number;
  readonly pieces: number;
  readonly pieceBytes: number;
  /** Of the last piece. */
  readonly lastPieceBytes: number;
  readonly groups: readonly PeerGroup[];
  /** How they meet: over WebRTC by a WebSocket tracker, over TCP by an HTTP tracker, or both. */
  readonly meets: "rtc" | "tcp" | "both";
  /** One-way delay of each link, drawn between the two. */
  readonly minDelayMillis: number;
  readonly maxDelayMillis: number;
  readonly disk: DiskSetup;
  /** Whether links cut their streams at random places. */
  readonly splits: boolean;
  /** Whether no bytes of pieces are kept and hashed. */
  readonly derivesPieces: boolean;
  /** Seeders that the tracker makes up, so that a lone one does not know that it is. */
  readonly seedersMadeUp: number;
  /** From then on the tracker introduces each newcomer to one member and does nothing else. Undefined: it lives. */
  readonly trackerDiesAtMillis: number | undefined;
  readonly faults: FaultRates;
}

/** Takes no time. */
const NO_DISK: DiskSetup = {
  accessMillis: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  hashedBytesPerSecond: Number.POSITIVE_INFINITY,
};

/** Peers that download, all there from the first second on. */
export function leechers(count: number, fields: Partial<PeerGroup> = {}): PeerGroup {
  return {
    name: "leecher",
    count,
    seeds: false,
    firstPieces: 0,
    upBytesPerSecond: 1_000_000,
    downBytesPerSecond: Number.POSITIVE_INFINITY,
    comesWithinMillis: 1_000,
    comesAtMillis: 0,
    goes: "never",
    fallsSilentAtMillis: undefined,
    knowsMetadata: true,
    poisonsEvery: 0,
    attack: undefined,
    watches: undefined,
    serves: true,
    introduces: true,
    isStrict: false,
    rates: undefined,
    config: {},
    ...fields,
  };
}

/** Peers that have everything. */
export function seeders(count: number, fields: Partial<PeerGroup> = {}): PeerGroup {
  return leechers(count, { name: "seeder", seeds: true, comesWithinMillis: 0, ...fields });
}

/** A swarm in which nothing goes wrong: whole pieces, 20 to 60 ms one way, and disks that take no time. */
export function swarmOf(
  groups: readonly PeerGroup[],
  fields: Partial<Omit<SwarmSetup, "groups">> = {},
): SwarmSetup {
  const pieceBytes = fields.pieceBytes ?? 65_536;
  return {
    seed: 1,
    pieces: 100,
    lastPieceBytes: pieceBytes,
    groups,
    meets: "rtc",
    minDelayMillis: 20,
    maxDelayMillis: 60,
    disk: NO_DISK,
    splits: false,
    derivesPieces: true,
    seedersMadeUp: 0,
    trackerDiesAtMillis: undefined,
    faults: NO_FAULTS,
    ...fields,
    pieceBytes,
  };
}
