import type { EncryptionSaid } from "#shared/announce/http.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { LocalAddress } from "../local-address.ts";

// What trackers over HTTP and UDP have in common: they take and give addresses.

/** What such trackers learn about us. */
export interface ListeningPeer {
  /** The TCP port that we listen on. */
  readonly port: number;
  /** The address to announce from, as trackers send others to where an announce comes from. Undefined: any. */
  readonly from: LocalAddress | undefined;
  /** It lets a tracker recognise us when our address changes. One character for each byte. */
  readonly key: string;
  /** Said over HTTP. */
  readonly encryption: EncryptionSaid;
  /** Trackers that the person named: they may be in a private network. */
  readonly trusted: ReadonlySet<TrackerUrl>;
  /** Called with what was left out of a tracker's message, or why it could not be read. */
  readonly leftOut: (tracker: TrackerUrl, what: string) => void;
}

/** How many peers we ask for: as many as we dial in the first minute. */
export const PEERS_WANTED = 50;
