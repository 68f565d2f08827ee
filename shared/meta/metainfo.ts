import type { TrackerUrl } from "../base/ids.ts";
import type { FileEntry, Layout } from "./layout.ts";

/** What an info dictionary says (BEP 3), read and proven. */
export interface Info {
  readonly name: string;
  readonly files: readonly FileEntry[];
  /** False: one file whose path is the torrent's name. True: a folder of that name. */
  readonly isFolder: boolean;
  readonly layout: Layout;
  /** SHA-1 of each piece, 20 bytes each, one behind the other. */
  readonly pieceHashes: Uint8Array;
  /** Peers may come from this torrent's own trackers only (BEP 27). */
  readonly isPrivate: boolean;
}

/** A .torrent file, read and proven. */
export interface Metainfo {
  readonly info: Info;
  /** The info dictionary exactly as it stood in the file: its SHA-1 is the info-hash. */
  readonly infoBytes: Uint8Array;
  /** Tiers of BEP 12; `announce` alone is one tier of one. */
  readonly trackerTiers: readonly (readonly TrackerUrl[])[];
  readonly comment?: string;
}
