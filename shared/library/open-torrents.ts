import type { InfoHash, PieceIndex, TrackerUrl } from "../base/ids.ts";
import type { TrackerTiers } from "../base/tracker-url.ts";
import type { PieceTarget } from "../driver/incoming-pieces.ts";
import type { PieceStorage, ProblemOf } from "../driver/ports.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import type { Info } from "../meta/info.ts";
import type { Input, TorrentMetadata } from "../session/input.ts";
import { heldIn } from "../session/piece-map.ts";
import { manifestDeadlines } from "./manifest-deadlines.ts";
import type { PeerTorrent, Selection, ShareEvents, TorrentStore } from "./peer-torrent.ts";

/** What the torrents of a peer need of it. */
export interface OpenTorrentsPorts {
  readonly feed: (input: Input) => void;
  readonly problemOf: ProblemOf;
  /** The trackers to use of those that a torrent names. */
  readonly capped: (trackers: TrackerTiers) => TrackerTiers;
  /** See `pieceMap`. */
  readonly pieces: (infoHash: InfoHash) => Uint8Array | undefined;
  /** Whether it can dial the peers that a link names. */
  readonly dials: boolean;
}

/** Files to be read, and what a piece from the storage holds of them. */
export interface Readable {
  readonly info: Info;
  readonly plain: (piece: PieceIndex, bytes: Uint8Array) => Promise<Uint8Array>;
}

interface OpenTorrent {
  torrent: PeerTorrent;
  readonly abort: AbortController;
  metadata: TorrentMetadata | undefined;
  /** The files in an encrypted share, as the session knows them. */
  revealed: Info | undefined;
  share: EncryptedShare | undefined;
  selectedFiles: Selection;
  target: PieceTarget | undefined;
  store: Promise<TorrentStore> | undefined;
  /** What was in the store has been checked. */
  ready: Promise<void> | undefined;
}

/**
 * The torrents of a peer with what they store, on any platform: opens it once the metadata is known, hashes what is in it, and tells
 * the engine.
 *
 * Invariant: nothing is written to a storage before all that was in it has been checked.
 */
export class OpenTorrents {
  readonly #ports: OpenTorrentsPorts;
  readonly #torrents = new Map<InfoHash, OpenTorrent>();
  #isClosing = false;

  constructor(ports: OpenTorrentsPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#torrents.size;
  }

  has(infoHash: InfoHash): boolean {
    return this.#torrents.has(infoHash);
  }

  /** Undefined: it is not known yet. */
  metadata(infoHash: InfoHash): TorrentMetadata | undefined {
    return this.#torrents.get(infoHash)?.metadata;
  }

  /** What its files consist of, for whoever reads them. Undefined: they are not known yet. */
  readable(infoHash: InfoHash): Readable | undefined {
    const open = this.#torrents.get(infoHash);
    const { metadata, share, torrent } = open ?? {};
    if (metadata === undefined || torrent === undefined) return undefined;
    const { info } = metadata;
    if (share !== undefined)
      return {
        info: share.plainInfo(info.pieceHashes),
        plain: (piece, bytes) => share.open(piece, new Uint8Array(bytes)),
      };
    return torrent.revealsFiles === true ? undefined : { info, plain: async (_, bytes) => bytes };
  }

  /** Where its pieces are. Undefined: its metadata is not known yet, or we only look who is there. */
  target(infoHash: InfoHash): PieceTarget | undefined {
    return this.#torrents.get(infoHash)?.target;
  }

  /**
   * Joins a torrent's swarm. Resolves when its files are open; rejects with a `StorageError` when they cannot be opened, with a
   * `UsageError` when the selection is not in the torrent. Once the peer closes, no torrent joins any more.
   */
  async add(torrent: PeerTorrent): Promise<void> {
    if (this.#isClosing) return;
    const { infoHash, displayName, metadata, controls, linkPeers = [], isPaused = false } = torrent;
    const { webSeeds, firstFiles, before } = torrent;
    const trackers = this.#ports.capped(torrent.trackers);
    const selectedFiles = metadata && torrent.select(metadata.info);
    const none = {
      revealed: undefined,
      share: torrent.share,
      target: undefined,
      store: undefined,
      ready: undefined,
    };
    const open: OpenTorrent = { torrent, abort: new AbortController(), metadata, selectedFiles, ...none };
    this.#torrents.set(infoHash, open);
    const store = metadata && (await this.#open(open, metadata));
    if (this.#isClosing || this.#torrents.get(infoHash) !== open) return; // Whoever ended it closes the files.
    const onlyLooks = torrent.open === undefined;
    const info = open.revealed ?? metadata?.info; // A store that knows its list of files has told of it by now.
    const source = {
      ...{ infoHash, displayName, trackers, webSeeds, selectedFiles: open.selectedFiles, firstFiles },
      ...{ metadata: metadata && info && { ...metadata, info }, onlyLooks, controls, before },
    };
    const isFirstChecked = store !== undefined;
    const { feed } = this.#ports;
    feed({
      type: "torrentAdded",
      source: { ...source, held: store?.held, paused: isFirstChecked || isPaused },
    });
    if (isFirstChecked) {
      feed({ type: "checkBegan", infoHash, held: undefined });
      if (!isPaused) feed({ type: "torrentResumed", infoHash });
    }
    if (this.#ports.dials && linkPeers.length > 0)
      feed({ type: "addressesFound", infoHash, source: "link", addresses: linkPeers });
  }

  /** Leaves a torrent's swarm and closes its files. Rejects with a `StorageError` if they could not be closed. */
  async remove(infoHash: InfoHash, deleteData: boolean): Promise<void> {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return;
    this.#end(open);
    this.#torrents.delete(infoHash);
    await closed(open, deleteData);
  }

  /** Leaves all swarms. No torrent joins any more. */
  endAll(): void {
    this.#isClosing = true;
    for (const open of this.#torrents.values()) this.#end(open);
  }

  /** Closes all files. Rejects with a `StorageError` if some could not be closed. */
  async closeAll(): Promise<void> {
    const closings = [...this.#torrents.values()].map((open) => closed(open, false));
    for (const each of await Promise.allSettled(closings)) if (each.status === "rejected") throw each.reason;
  }

  /** The files to fetch of a torrent whose metadata peers sent. */
  select(infoHash: InfoHash, info: Info): Selection {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return undefined;
    open.selectedFiles = open.torrent.select(info);
    return open.selectedFiles;
  }

  /** Fetches these files from now on, and no others. What is here of others stays. */
  async choose(infoHash: InfoHash, selectedFiles: Selection, firstFiles: readonly number[]): Promise<void> {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return;
    open.selectedFiles = selectedFiles;
    this.#ports.feed({ type: "filesChosen", infoHash, selectedFiles, firstFiles });
    if (open.torrent.opensAnew !== true || open.metadata === undefined || open.store === undefined) return;
    this.#ports.feed({ type: "checkBegan", infoHash, held: undefined });
    await this.#open(open, open.metadata, anew(open.torrent, open.store));
  }

  /** Announces a torrent to these trackers from now on, and to no others. */
  announceTo(infoHash: InfoHash, trackers: TrackerTiers): void {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return;
    open.torrent = { ...open.torrent, trackers };
    this.#ports.feed({ type: "trackersChanged", infoHash, trackers: this.#ports.capped(trackers) });
  }

  /** Peers sent the metadata. Once this returns, `target` knows the torrent. */
  metadataArrived(infoHash: InfoHash, metadata: TorrentMetadata): void {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return;
    open.metadata = metadata;
    if (metadata.info.isPrivate) this.#becamePrivate(open.torrent);
    if (open.torrent.open === undefined) return;
    this.#ports.feed({ type: "checkBegan", infoHash, held: undefined });
    this.#open(open, metadata)
      ?.then(({ held }) => {
        for (const index of held.indices()) this.#checked(infoHash, index as PieceIndex, true);
      })
      .catch((error) => this.#failed(infoHash, error));
  }

  #becamePrivate({ infoHash, trackers, impliedTrackers = [] }: PeerTorrent): void {
    const named = trackers.map((tier) => tier.filter((url: TrackerUrl) => !impliedTrackers.includes(url)));
    if (impliedTrackers.length > 0 && named.flat().length > 0)
      this.#ports.feed({ type: "trackersChanged", infoHash, trackers: this.#ports.capped(named) });
  }

  /** Gives the torrent its storage at once, though its files may still be opening. Undefined: it has none. */
  #open(
    open: OpenTorrent,
    metadata: TorrentMetadata,
    openStore: PeerTorrent["open"] = open.torrent.open,
  ): Promise<TorrentStore> | undefined {
    const { layout, pieceHashes } = metadata.info;
    const store = openStore?.(metadata, open.selectedFiles, this.#shareEvents(open));
    if (store === undefined) return undefined;
    open.store = store;
    open.ready = store.then((opened) => this.#check(open, opened));
    open.ready.catch((error) => {
      if (!open.abort.signal.aborted) this.#failed(open.torrent.infoHash, error); // Else we ended the check ourselves.
    });
    open.target ??= { layout, pieceHashes, storage: storageOf(open) };
    return store;
  }

  async #check({ torrent: { infoHash }, abort }: OpenTorrent, store: TorrentStore): Promise<void> {
    const held = store.held.copy();
    const checked = (piece: PieceIndex, good: boolean): void => {
      if (good) held.set(piece);
      this.#checked(infoHash, piece, good);
    };
    await store.check(checked, abort.signal);
    // A storage that was opened anew may lack pieces that the one before had.
    const isGone = heldIn(this.#ports.pieces(infoHash)).some((piece) => !held.has(piece));
    if (isGone) this.#ports.feed({ type: "checkBegan", infoHash, held }); // Costs all links.
    this.#ports.feed({ type: "checkEnded", infoHash });
  }

  #shareEvents(open: OpenTorrent): ShareEvents {
    const { infoHash } = open.torrent;
    const { feed } = this.#ports;
    return {
      revealed: (info, selectedFiles, share) => {
        open.revealed = info;
        open.share = share;
        open.selectedFiles = selectedFiles;
        feed({ type: "filesRevealed", infoHash, info, selectedFiles });
        feed({
          type: "deadlinesSet",
          infoHash,
          deadlines: share === undefined ? manifestDeadlines(info) : [],
        });
      },
      checkAgain: async (check) => {
        feed({ type: "checkBegan", infoHash, held: undefined });
        await check((piece, good) => this.#checked(infoHash, piece, good), open.abort.signal);
        feed({ type: "checkEnded", infoHash });
      },
    };
  }

  #end({ torrent: { infoHash }, abort }: OpenTorrent): void {
    abort.abort();
    this.#ports.feed({ type: "torrentRemoved", infoHash });
  }

  #checked(infoHash: InfoHash, piece: PieceIndex, good: boolean): void {
    this.#ports.feed({ type: "storedPieceChecked", infoHash, piece, good });
  }

  #failed(infoHash: InfoHash, error: unknown): void {
    const problem = this.#ports.problemOf(error);
    this.#ports.feed({ type: "torrentFailed", infoHash, piece: undefined, problem });
  }
}

async function closed({ store }: OpenTorrent, deleteData: boolean): Promise<void> {
  const opened = await store?.catch(() => {}); // Whoever opened it was told.
  await opened?.close(deleteData);
}

/** Opens a storage that may be in the same files as the one before. */
function anew({ open }: PeerTorrent, before: Promise<TorrentStore>): PeerTorrent["open"] {
  return (
    open &&
    (async (...wish) => {
      const old = await before.catch(() => {}); // Whoever opened it was told.
      await old?.close();
      return open(...wish);
    })
  );
}

/** A storage whose files may still be opening, also anew, and whose writes wait until they have been checked. */
function storageOf(open: OpenTorrent): PieceStorage {
  return {
    async read(piece, take) {
      const bytes = await (await open.store)?.read(piece, take);
      if (bytes !== undefined) return bytes;
      await open.ready?.catch(() => {}); // The one before had it, and the check may find it. It tells why it failed.
      return (await open.store)?.read(piece, take);
    },
    async write(piece, bytes) {
      await open.ready;
      const store = await open.store;
      await store?.write(piece, bytes);
    },
    givesBack: true, // The system has a copy.
  };
}
