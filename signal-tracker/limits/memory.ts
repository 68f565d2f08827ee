// What the in-memory store keeps, and its file.

/** What the in-memory store keeps, in all swarms. */
export interface MemoryLimits {
  /** Offers that wait for an answer. Beyond that, the oldest is dropped. */
  readonly maxWaitingOffers: number;
  /** Members with addresses. Beyond that, the one that would expire next is dropped. */
  readonly maxAddressMembers: number;
  /** Empty swarms whose completed downloads are remembered. Beyond that, the one that has been empty longest is forgotten. */
  readonly maxPastDownloads: number;
}

/** The limits of a running tracker. */
export const MEMORY_LIMITS: MemoryLimits = {
  maxWaitingOffers: 500_000, // About 100 MB.
  maxAddressMembers: 500_000, // About 250 MB, and three times as much if each is alone in its swarm.
  maxPastDownloads: 100_000, // About 15 MB.
};

/** How often the swarms are written to the data folder. A kill loses at most as much. */
export const SNAPSHOT_MILLIS = 60_000;
/** Lines of that file written and read between two turns of the event loop: two milliseconds, so that announces do not wait. */
export const SNAPSHOT_LINES_AT_ONCE = 1_000;
/** Bytes of that file: twice as many as the most members take. */
export const MAX_SNAPSHOT_BYTES = 256 * 1024 * 1024;
