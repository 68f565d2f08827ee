import type { Rates } from "./rates.ts";

/** When a complete torrent stops sharing. Undefined: never for this reason. */
export interface StopAt {
  /** It has sent its selected size so many times. */
  readonly ratio: number | undefined;
  /** It has been shared for so long. */
  readonly minutes: number | undefined;
  /** So many peers have got everything: see `finishedInAll` of its view. They say so themselves. */
  readonly downloads?: number | undefined;
}

/** Which part of `StopAt` was reached. */
export type StopReason = "ratio" | "time" | "downloads";

/** With fewer links, hardly anybody finds a way into a swarm: some of them wait for an answer. */
export const MIN_PEERS = 4;

/** What a person has chosen for one torrent. */
export interface TorrentControls {
  /** On its links, under the limits of all torrents together. Has no effect where the session has no `Pace`. */
  readonly rates: Rates;
  /** Peers that it is linked to at most, at least `MIN_PEERS`. Undefined: as many as the session has links. */
  readonly maxPeers?: number | undefined;
  /** Pieces come in the order of the torrent, not the rarest first. */
  readonly inOrder?: boolean | undefined;
  /** Undefined: it is shared until somebody pauses it. */
  readonly stopAt?: StopAt | undefined;
}

export const NO_CONTROLS: TorrentControls = { rates: { up: undefined, down: undefined } };
