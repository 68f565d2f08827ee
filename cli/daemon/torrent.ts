import { join } from "node:path";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { SeedRecord } from "#headless-peer/files/seed-record.ts";
import { openSeed, type SeededFile } from "#headless-peer/files/seed-storage.ts";
import { filesToRead } from "#headless-peer/files-to-read.ts";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import { type NamedTrackers, withTyped } from "#headless-peer/trackers/named-trackers.ts";
import type { InfoHash, ShareKey } from "#shared/base/ids.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import type { PeerTorrent, SelectFiles, ShareEvents, TorrentStore } from "#shared/library/peer-torrent.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import type { Info } from "#shared/meta/info.ts";
import { namedWebSeeds } from "#shared/meta/web-seeds.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { MINUTE_MILLIS, type Totals } from "#shared/session/totals.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { isExplained } from "../failure.ts";
import { ownLimits } from "../flags/limit-flags.ts";
import { selectByGlobs } from "../flags/select-flag.ts";
import { selectByIndex } from "../sources/download-source.ts";
import { folderOpening } from "../sources/folder-opening.ts";
import { closedView } from "./closed-view.ts";
import { type OwnShare, openOwnShare } from "./own-share.ts";
import type { OwnFiles, TorrentRecord } from "./record.ts";

/** What a torrent needs of its daemon. */
interface TorrentPorts {
  readonly peer: HeadlessPeer;
  readonly named: NamedTrackers;
  /** Where to keep what was verified of the person's own files: a folder with a file for each torrent. */
  readonly seedRecords: string;
  readonly warn: (sentence: string) => void;
}

/** A torrent that enters the list. */
export interface EnteringTorrent {
  readonly record: TorrentRecord;
  readonly metadata: TorrentMetadata | undefined;
  readonly totals: Totals;
  /** The person's own files, if they have just been hashed. */
  readonly hashed?: readonly SeededFile[] | undefined;
}

/**
 * One torrent of a daemon: what is kept of it, and its part in the peer.
 *
 * Invariant: it enters the peer, changes and leaves it in turn, never two of these at once.
 */
export class DaemonTorrent {
  readonly infoHash: InfoHash;
  record: TorrentRecord;
  metadata: TorrentMetadata | undefined;
  /** The files in an encrypted share. */
  #revealed: Info | undefined;
  /** Its key has read what is in it. */
  #isRead = false;
  /** To be read, once somebody has asked for them. */
  #files: readonly TorrentFile[] | undefined;
  readonly #ports: TorrentPorts;
  /** The person's own files, if they have just been hashed. */
  #hashed: readonly SeededFile[] | undefined;
  #totals: Totals;
  /** Why its files could not be opened. */
  #problem: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ record, metadata, totals, hashed }: EnteringTorrent, ports: TorrentPorts) {
    this.infoHash = record.infoHash;
    this.record = record;
    this.metadata = metadata;
    this.#totals = totals;
    this.#hashed = hashed;
    this.#ports = ports;
  }

  /** What is in it: its files, or those in an encrypted share once they are known. Undefined: nobody has said yet. */
  get info(): Info | undefined {
    return this.#revealed ?? this.metadata?.info;
  }

  /** Whether this key may open it, or none, and what it has does not: nothing of an encrypted share was read with that yet. */
  lacksKey(key: ShareKey | undefined): boolean {
    const { content } = this.record;
    if (content.type === "own" || content.withoutKey || this.#isRead || key === content.key) return false;
    const info = this.metadata?.info;
    if (info !== undefined) return isEncryptedShare(info) === (key !== undefined);
    return key !== undefined || this.#ports.peer.viewOf(this.infoHash)?.phase === "error"; // A key was in the way.
  }

  /** Its files, to be read while they arrive. Undefined: they are not known yet, or not open. */
  files(): readonly TorrentFile[] | undefined {
    this.#files ??= filesToRead(this.#ports.peer, this.infoHash);
    return this.#files;
  }

  get name(): string {
    return this.info?.name ?? this.record.displayName ?? this.infoHash;
  }

  /** How it is doing; `running` is its view in the peer, if it is in there. */
  view(running: TorrentView | undefined): TorrentView {
    if (running !== undefined) this.#totals = totalsOf(running);
    return running ?? closedView(this.infoHash, this.name, this.metadata, this.#totals, this.#problem);
  }

  /** What it has done in this and all earlier runs. */
  totals(running: TorrentView | undefined): Totals {
    this.view(running);
    return this.#totals;
  }

  /** Enters the peer. Resolves with why it cannot: its files are not there, or not to be opened. Rejects for a bug. */
  enter(): Promise<string | undefined> {
    return this.inTurn(() => this.#enter());
  }

  /** The same, after it has left. */
  enterAnew(): Promise<string | undefined> {
    return this.inTurn(async () => {
      await this.#leave();
      return this.#enter();
    });
  }

  /** Leaves the peer for good. Rejects with a `StorageError` if its files could not be closed. */
  leave(): Promise<void> {
    return this.inTurn(() => this.#leave(this.record.content.type === "own")); // What was verified of those is forgotten.
  }

  /** Does something once all that came before is done. */
  inTurn<Done>(work: () => Promise<Done>): Promise<Done> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => {}); // Whoever asked is told.
    return done;
  }

  async #enter(): Promise<string | undefined> {
    this.#problem = undefined;
    try {
      await this.#ports.peer.add(await this.#forPeer());
    } catch (error) {
      await this.#ports.peer.remove(this.infoHash, false).catch(() => {}); // Nothing was opened.
      if (!isExplained(error)) throw error;
      this.#problem = error.message;
    }
    return this.#problem;
  }

  async #leave(isForGood = false): Promise<void> {
    const { peer } = this.#ports;
    this.view(peer.viewOf(this.infoHash));
    this.#files = undefined;
    await peer.remove(this.infoHash, isForGood);
  }

  async #forPeer(): Promise<PeerTorrent> {
    const { record } = this;
    const { infoHash, displayName, firstFiles, isPaused, impliedTrackers, content, limits } = record;
    const entering = {
      ...{ infoHash, displayName, metadata: this.metadata, firstFiles, isPaused, impliedTrackers },
      trackers: withTyped(this.#ports.named, record.trackers),
      webSeeds: namedWebSeeds([], record.webSeeds),
      before: this.#totals,
      select: selectionOf(record),
      ...ownLimits(limits),
    };
    if (content.type === "own") {
      if (content.share !== undefined)
        return { ...entering, ...(await this.#ownShare(content, content.share)) };
      return { ...entering, open: ({ info }) => this.#openOwn(info, content) };
    }
    const { folder, key, withoutKey = false } = content;
    const choose: SelectFiles = (info) => selectionOf(this.record)(info); // It may have changed by then.
    const { open, ...rest } = folderOpening({ infoHash, folder, key, withoutKey, choose });
    const reveal = (events: ShareEvents): ShareEvents => ({
      ...events,
      revealed: (info, selected, share) => {
        this.#revealed = info;
        this.#isRead ||= share !== undefined;
        events.revealed(info, selected, share);
      },
    });
    const opening: PeerTorrent["open"] = (metadata, selectedFiles, events) =>
      open(metadata, selectedFiles, reveal(events));
    return { ...entering, opensAnew: true, ...rest, open: opening };
  }

  /** Rejects with a `StorageError`. */
  async #ownShare(
    content: OwnFiles,
    own: OwnShare,
  ): Promise<Required<Pick<PeerTorrent, "metadata" | "share" | "open">>> {
    if (this.metadata === undefined) throw new Error("the person's own files have no metadata");
    const { info, infoBytes } = this.metadata;
    const share = await openOwnShare(own, info);
    this.#revealed = share.sealedInfo(info.pieceHashes);
    const plain = share.plainInfo(info.pieceHashes);
    const metadata = { info: this.#revealed, infoBytes };
    return { metadata, share, open: () => this.#openOwn(plain, content, share) };
  }

  #openOwn(info: Info, { paths }: OwnFiles, share?: EncryptedShare): Promise<TorrentStore> {
    const { infoHash } = this;
    const { seedRecords, warn } = this.#ports;
    const record = new SeedRecord({ infoHash, path: join(seedRecords, infoHash), warn });
    const hashed = this.#hashed;
    this.#hashed = undefined; // They may have changed when they are opened once more.
    const files = hashed ?? paths.map((diskPath) => ({ diskPath }));
    const isVerified = hashed !== undefined;
    return openSeed({ info, files, isVerified, record, ...(share && { share }) }, OPEN_FILES);
  }
}

function selectionOf({ selectedFiles, content }: TorrentRecord): SelectFiles {
  if (selectedFiles === undefined && content.type === "download") return selectByGlobs(content.globs);
  return selectByIndex(selectedFiles);
}

function totalsOf({ uploadedBytes, downloadedBytes, sharedMinutes, finishedInAll }: TorrentView): Totals {
  return {
    ...{ uploadedBytes, downloadedBytes, finishedPeers: finishedInAll },
    sharedMillis: sharedMinutes * MINUTE_MILLIS,
  };
}
