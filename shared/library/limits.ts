import { UsageError } from "../base/errors.ts";
import { MIN_PEERS, type TorrentControls } from "../session/controls.ts";
import type { Rates } from "../session/rates.ts";

/** Bytes a second on links, protocol included. Absent: no limit. */
export interface RateLimits {
  readonly up?: number | undefined;
  readonly down?: number | undefined;
}

/** Limits of all torrents of a peer together. */
export interface Limits extends RateLimits {
  /** Peers to be linked to at most, at least 4. Absent: as many as suit the platform. */
  readonly peers?: number | undefined;
}

/** Limits of one torrent, under those of all of them. */
export interface TorrentLimits extends Limits {
  /** Pieces come in the order of the torrent, not the rarest first. Absent: no; it makes a swarm slower. */
  readonly inOrder?: boolean | undefined;
  /** When a complete torrent stops sharing, at whichever of these comes first. Absent: never. */
  readonly stopAt?: {
    /** It has sent its size so many times. */
    readonly ratio?: number | undefined;
    /** It has been shared for so many minutes. */
    readonly minutes?: number | undefined;
    /** So many peers have got everything. */
    readonly downloads?: number | undefined;
  };
}

/** Throws a `UsageError` for what is no limit. */
export function ratesOf({ up, down }: RateLimits): Rates {
  return { up: positive("up", up), down: positive("down", down) };
}

/** Throws a `UsageError` for what is no limit. */
export function maxPeersOf({ peers }: Limits): number | undefined {
  if (peers === undefined || (Number.isInteger(peers) && peers >= MIN_PEERS)) return peers;
  throw new UsageError(
    "badLimit",
    `The limit "peers" is ${peers}. Pass a whole number of at least ${MIN_PEERS}.`,
  );
}

/** Throws a `UsageError` for what is no limit. */
export function controlsOf(limits: TorrentLimits): TorrentControls {
  const { inOrder, stopAt } = limits;
  return {
    rates: ratesOf(limits),
    maxPeers: maxPeersOf(limits),
    inOrder,
    stopAt: stopAt && {
      ratio: positive("stopAt.ratio", stopAt.ratio),
      minutes: positive("stopAt.minutes", stopAt.minutes),
      downloads: positive("stopAt.downloads", stopAt.downloads),
    },
  };
}

function positive(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return value;
  throw new UsageError(
    "badLimit",
    `The limit "${name}" is ${value}. Pass a number above 0, or leave it out.`,
  );
}
