/** What a torrent has done in all sessions before this one. */
export interface Totals {
  /** Bytes of blocks. */
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** For how long it was shared while it was complete. */
  readonly sharedMillis: number;
  /** Peers that lacked something when they came, and had everything when they were last seen. */
  readonly finishedPeers: number;
}

/** Those of a new torrent. */
export const NO_TOTALS: Totals = { uploadedBytes: 0, downloadedBytes: 0, sharedMillis: 0, finishedPeers: 0 };

/** Views and limits have whole minutes of sharing. */
export const MINUTE_MILLIS = 60_000;
