import type { TrackerUrl } from "#shared/base/ids.ts";
import type { LocalAddress } from "../local-address.ts";

// What trackers over HTTP and over UDP have in common: they are told an address, and tell addresses.

/** What is said of us to such trackers. */
export interface ListeningPeer {
  /** Where we take links over TCP. */
  readonly port: number;
  /** From where we announce, as trackers send others to where an announce comes from. Undefined: from anywhere. */
  readonly from: LocalAddress | undefined;
  /** By this a tracker knows us again when our address changes. One character for each byte. */
  readonly key: string;
  /** Trackers that the person named: they may be anywhere. */
  readonly trusted: ReadonlySet<TrackerUrl>;
  /** Hears what was left out of a tracker's message that is otherwise good, or that it could not be read. */
  readonly leftOut: (tracker: TrackerUrl, what: string) => void;
}

/** How many peers we would like to hear of: as many as we dial in the first minute. */
export const PEERS_WANTED = 50;
