/** How often what goes wrong. Rates are events a minute in the whole swarm, while faults last. */
export interface FaultRates {
  /** Faults happen until then. */
  readonly untilMillis: number;
  /** One link breaks. */
  readonly linksLost: number;
  /** All links of one peer break. */
  readonly peersCut: number;
  /** Half of the peers lose sight of the others, for up to a minute. */
  readonly partitions: number;
  /** A peer goes without a goodbye, and comes back later with what it has. */
  readonly departures: number;
  /** A peer sleeps for up to two minutes. */
  readonly sleeps: number;
  /** A peer pauses and resumes. */
  readonly pauses: number;
  /** A disk refuses to write for a while. */
  readonly disksFull: number;
  /** A disk loses pieces. */
  readonly piecesLost: number;
  /** The tracker dies, forgets everybody, and comes back. */
  readonly trackerDeaths: number;
  /** The tracker takes announces and does not answer, for a while. */
  readonly trackerSilences: number;
}

/** What a fault is called on the command line. */
export const FAULT_NAMES = [
  "linksLost",
  "peersCut",
  "partitions",
  "departures",
  "sleeps",
  "pauses",
  "disksFull",
  "piecesLost",
  "trackerDeaths",
  "trackerSilences",
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

export const NO_FAULTS: FaultRates = {
  untilMillis: 0,
  linksLost: 0,
  peersCut: 0,
  partitions: 0,
  departures: 0,
  sleeps: 0,
  pauses: 0,
  disksFull: 0,
  piecesLost: 0,
  trackerDeaths: 0,
  trackerSilences: 0,
};
