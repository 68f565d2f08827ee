import type { PeerAddress } from "../announce/compact.ts";
import type { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { PieceStorage } from "../driver/ports.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import type { Info } from "../meta/info.ts";
import type { NamedWebSeed } from "../meta/web-seeds.ts";
import type { TorrentControls } from "../session/controls.ts";
import type { TorrentMetadata } from "../session/input.ts";
import type { Totals } from "../session/totals.ts";

/** A torrent's files on this machine. We write nothing before `check` is done. */
export interface TorrentStore extends PieceStorage {
  /** Pieces that are known to be good. */
  readonly held: Bitfield;
  /** Hashes what else may be good; calls `checked` for each such piece. */
  check(checked: (piece: PieceIndex, good: boolean) => void, signal: AbortSignal): Promise<void>;
  /** Closes its files. `deleteData`: the torrent is gone for good; what belongs to nobody else goes, too. */
  close(deleteData?: boolean): Promise<void>;
}

/** Indices of files. Undefined: every file. */
export type Selection = readonly number[] | undefined;

/** Chooses files of a torrent. */
export type SelectFiles = (info: Info) => Selection;

/** What the store of an encrypted share tells the peer, once it has read the list of files in its pieces. */
export interface ShareEvents {
  /** What is in it, and what to fetch of it, as in the session's `filesRevealed`. `share`: all of its files are known. */
  readonly revealed: (info: Info, selectedFiles: Selection, share?: EncryptedShare) => void;
  /** Hashes what was on the disk already; meanwhile nothing is requested. Rejects as `check` does. */
  readonly checkAgain: (check: TorrentStore["check"]) => Promise<void>;
}

/** A torrent that enters a peer. */
export interface PeerTorrent {
  readonly infoHash: InfoHash;
  readonly displayName: string | undefined;
  /** Undefined: it comes from other peers (BEP 9). */
  readonly metadata: TorrentMetadata | undefined;
  readonly trackers: TrackerTiers;
  /** Those of them that the link does not name itself: if it names others, we keep a private torrent from these (BEP 27). */
  readonly impliedTrackers?: readonly TrackerUrl[];
  /** Web servers that have its files (BEP 19). Absent: none. */
  readonly webSeeds?: readonly NamedWebSeed[] | undefined;
  /** The addresses of peers in a link (`x.pe`). The caller leaves out those in a private network. */
  readonly linkPeers?: readonly PeerAddress[] | undefined;
  /** Its own limits, and which of them end its sharing. Absent: none. */
  readonly controls?: TorrentControls | undefined;
  /** The time at which its sharing ends, in milliseconds since 1970; a download is completed first. Absent: never. */
  readonly sharedUntil?: number | undefined;
  /** It waits until it is resumed. Absent: it starts at once. */
  readonly isPaused?: boolean | undefined;
  /** Those of the selected files whose pieces come before all others. Absent: none. */
  readonly firstFiles?: readonly number[] | undefined;
  /** What it has done in earlier sessions. Absent: it is new. */
  readonly before?: Totals | undefined;
  /** What it opens depends on the selection, so that it is opened anew when that changes. */
  readonly opensAnew?: boolean | undefined;
  /** Its files are in its pieces, and known only once its store reveals them. */
  readonly revealsFiles?: boolean | undefined;
  /** An encrypted share whose files are known: we made it. Its metadata names them as its `sealedInfo` does. */
  readonly share?: EncryptedShare | undefined;
  /** Chooses what to download, once the metadata is known. Throws a `UsageError` when it cannot. */
  readonly select: SelectFiles;
  /** Opens its files, once the metadata is known. Rejects with a `StorageError`. Absent: we only look who is there. */
  readonly open?: (
    metadata: TorrentMetadata,
    selectedFiles: Selection,
    events: ShareEvents,
  ) => Promise<TorrentStore>;
}
