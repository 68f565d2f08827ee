import type { InfoHash, ShareKey, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { Happened } from "../driver/engine.ts";
import type { Clock } from "../driver/ports.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import type { Info } from "../meta/info.ts";
import type { Link } from "../meta/read-link.ts";
import type { TorrentView } from "../session/view.ts";
import type { OpenTorrents } from "./open-torrents.ts";
import type { PeerTorrent, TorrentStore } from "./peer-torrent.ts";
import type { PersonInput } from "./person-input.ts";
import type { StorePorts } from "./storage.ts";

/** A running peer, on whichever platform. */
export interface LibraryPeer {
  readonly torrents: Pick<OpenTorrents, "metadata" | "readable" | "target" | "choose">;
  /** See `OpenTorrents.add`. */
  add(torrent: PeerTorrent): Promise<void>;
  /** See `OpenTorrents.remove`. */
  remove(infoHash: InfoHash, deleteData: boolean): Promise<void>;
  feed(input: PersonInput): void;
  view(): readonly TorrentView[];
  /** Undefined: it is in no swarm. */
  viewOf(infoHash: InfoHash): TorrentView | undefined;
  /** See `pieceMap`. Undefined: the torrent's metadata is not known. */
  pieces(infoHash: InfoHash): Uint8Array | undefined;
  /** Hears what happens from now on, until the returned function is called. */
  watch(happened: Happened): () => void;
  /** Says goodbye and closes everything. */
  close(): Promise<void>;
}

/** The trackers that whoever starts a peer names. */
export interface KnownTrackers {
  /** Where to announce a torrent that names these itself. */
  tiersFor(own: TrackerTiers): TrackerTiers;
  /** What torrents and links name. */
  readonly publicUrls: readonly TrackerUrl[];
  /** The page for share links. Undefined: no tracker has one. */
  readonly pageUrl: string | undefined;
}

/** A torrent made of somebody's own bytes. */
export interface MadeTorrent {
  readonly infoHash: InfoHash;
  readonly infoBytes: Uint8Array;
  /** Of an encrypted share: its `sealedInfo`. */
  readonly info: Info;
  readonly open: () => Promise<TorrentStore>;
  /** Absent: it is not encrypted. */
  readonly encrypted?: { readonly key: ShareKey; readonly share: EncryptedShare };
}

/** An encrypted share to make. `again`: the one that was made of the same bytes before, under its key. */
export interface Encryption {
  readonly again: { readonly infoHash: InfoHash; readonly key: ShareKey } | undefined;
}

/** How to make a torrent. */
export interface MakeOptions {
  /** Its name. Absent: the name of the file or folder, or `<first> and N more`. */
  readonly name?: string | undefined;
  /** Bytes: a power of two from 16 KiB to 16 MiB. Absent: by the size of the torrent. */
  readonly pieceLength?: number | undefined;
  /** Whether its peers come from its trackers only (BEP 27). Absent: no. */
  readonly isPrivate?: boolean | undefined;
  /** Called as it is hashed, with bytes. */
  readonly onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/** What the library needs of the platform that it runs on. */
export interface LibraryPlatform<Source> extends StorePorts {
  readonly peer: LibraryPeer;
  readonly clock: Clock;
  readonly trackers: KnownTrackers;
  /** Makes a torrent, or rejects with a sentence. `encryption`: an encrypted share. */
  makeTorrent(
    sources: readonly Source[],
    options: MakeOptions,
    encryption: Encryption | undefined,
  ): Promise<MadeTorrent>;
  /** What a link says of how to find its peers. */
  findThrough(link: Link): Promise<Pick<PeerTorrent, "trackers" | "impliedTrackers" | "linkPeers">>;
}
