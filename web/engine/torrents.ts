import { Bitfield } from "#shared/base/bitfield.ts";
import { bytesToHex } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { Engine, EnginePorts } from "#shared/driver/engine.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { parseLink } from "#shared/meta/magnet.ts";
import { MAX_TORRENT_FILE_BYTES, parseInfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import { eachAlone } from "#shared/meta/tracker-url.ts";
import type { TorrentMetadata } from "#shared/session/effect.ts";
import type { Entry, EntryKey, PickedFile } from "./client.ts";
import {
  type Database,
  dropRecord,
  keepRecord,
  removedRecord,
  type TorrentRecord,
  tabRecords,
} from "./database.ts";
import { hashPieces, isPieceHash } from "./hash-files.ts";
import { FileHashing, fileStorage, type HashedFiles } from "./hash-picked.ts";
import { entryOf, type Item, linkedTorrent, type NewTorrent, newRecord, readMetadata } from "./item.ts";
import { PieceStore } from "./piece-store.ts";
import type { SavedContent } from "./save.ts";
import { sha1 } from "./sha1.ts";
import { matchFiles, type Returned, returnedFiles, sharedFile } from "./shared-files.ts";
import type { Tab } from "./tab.ts";
import type { TorrentLinks } from "./torrent-links.ts";

const NO_STORAGE =
  "This browser does not let the page store anything, so nothing can be downloaded. Leave private browsing or allow site data, then reload.";

type Save = (content: SavedContent, progress: (share: number) => void) => Promise<void>;
/** Where this tab keeps its torrents. */
export interface Kept {
  readonly database: Database;
  readonly tab: Tab;
}

type OwnPorts = Pick<EnginePorts, "target" | "keepMetadata">;

/** The torrents of this tab: in the engine while the page is open, in the database for the next time. */
export class Torrents {
  readonly #kept: Kept | undefined;
  readonly #links: TorrentLinks;
  readonly #engine: Engine;
  readonly #excuse: (error: unknown) => void;
  readonly #items = new Map<InfoHash, Item>();
  readonly #hashing = new Map<EntryKey, FileHashing>();
  #lastKey = 0;

  /** Without `kept` nothing is remembered and nothing can be downloaded. `excuse` takes what goes wrong unasked. */
  constructor(
    kept: Kept | undefined,
    links: TorrentLinks,
    excuse: (error: unknown) => void,
    start: (ports: OwnPorts) => Engine,
  ) {
    this.#kept = kept;
    this.#links = links;
    this.#excuse = excuse;
    this.#engine = start({
      target: (infoHash) => {
        const { metadata, storage } = this.#items.get(infoHash) ?? {};
        if (metadata === undefined || storage === undefined) return undefined;
        return { layout: metadata.info.layout, pieceHashes: metadata.info.pieceHashes, storage };
      },
      keepMetadata: (infoHash, metadata) => this.#metadataArrived(infoHash, metadata),
    });
  }

  /** What the page shows, newest first. */
  entries(): Entry[] {
    const torrents = this.#engine.view().flatMap((torrent) => {
      const item = this.#items.get(torrent.infoHash);
      return item === undefined ? [] : [entryOf(item, torrent, this.#links)];
    });
    return [...torrents, ...[...this.#hashing.values()].map(({ entry }) => entry)].reverse();
  }

  /** Brings back what this tab had when it was last open. */
  async restore(): Promise<void> {
    if (this.#kept === undefined) return;
    for (const record of await tabRecords(this.#kept.database, this.#kept.tab.id)) {
      if (record.isRemoved) continue;
      const item = this.#newItem(record);
      if (record.bytes.type === "stored") this.#enter(item, await this.#heldPieces(item), "whole");
      else this.#comeBack(item, await returnedFiles(record.bytes.files, false)).catch(this.#excuse);
    }
  }

  async share(picked: readonly PickedFile[]): Promise<void> {
    const key = this.#newKey();
    const hashing = new FileHashing(key, picked);
    this.#hashing.set(key, hashing);
    try {
      await this.#shareHashed(key, await hashing.run());
    } finally {
      this.#hashing.delete(key);
    }
  }

  /** Takes a magnet link, a share link or an info-hash. What is in the list already stays as it is. */
  async addLink(text: string): Promise<void> {
    const { infoHash, displayName, trackers, selectedFiles } = parseLink(text);
    await this.#download({ infoHash, displayName, trackers, selectedFiles, infoBytes: undefined });
  }

  async addTorrentFile(file: File): Promise<void> {
    if (file.size > MAX_TORRENT_FILE_BYTES) {
      throw new ProtocolError(
        "tooLarge",
        `${file.name} is too large to be a .torrent file. To share it, choose it with Choose files.`,
      );
    }
    const { infoBytes, trackerTiers } = parseMetainfo(new Uint8Array(await file.arrayBuffer()));
    const copy = new Uint8Array(infoBytes);
    await this.#download({
      infoHash: bytesToHex(await sha1(copy)) as InfoHash,
      displayName: undefined,
      trackers: trackerTiers.flat(),
      selectedFiles: undefined,
      infoBytes: copy,
    });
  }

  async pause(key: EntryKey): Promise<void> {
    const item = this.#find(key);
    if (item === undefined) return;
    this.#engine.feed({ type: "torrentPaused", infoHash: item.record.infoHash });
    await this.#keep(item, { isPaused: true });
  }

  async resume(key: EntryKey): Promise<void> {
    const item = this.#find(key);
    if (item === undefined) return;
    this.#engine.feed({ type: "torrentResumed", infoHash: item.record.infoHash });
    await this.#keep(item, { isPaused: false });
  }

  /** Ends hashing, too. Pieces that are not deleted serve when the torrent is added again. */
  async remove(key: EntryKey, deleteData: boolean): Promise<void> {
    this.#hashing.get(key)?.abort();
    const item = this.#find(key);
    if (item === undefined) return;
    this.#forget(item);
    const { infoHash, bytes } = item.record;
    if (!deleteData && bytes.type === "stored") return this.#keep(item, { isRemoved: true });
    if (this.#kept !== undefined) await dropRecord(this.#kept.database, this.#kept.tab.id, infoHash);
    await this.#pieceStore(item.record)?.clear();
  }

  async save(key: EntryKey, save: Save): Promise<void> {
    const item = this.#find(key);
    if (item?.metadata === undefined || !(item.storage instanceof PieceStore) || item.saving !== undefined)
      return;
    item.saving = 0;
    try {
      const { info } = item.metadata;
      const { selectedFiles } = item.record;
      await save({ info, store: item.storage, selectedFiles }, (share) => {
        item.saving = share;
      });
    } finally {
      item.saving = undefined;
    }
  }

  /** The click that a lapsed permission needs. */
  async continueSharing(key: EntryKey): Promise<void> {
    const item = this.#find(key);
    if (item?.record.bytes.type !== "files") return;
    await this.#comeBack(item, await returnedFiles(item.record.bytes.files, true));
  }

  /** The files that an entry asked for. */
  async supplyFiles(key: EntryKey, picked: readonly PickedFile[]): Promise<void> {
    const item = this.#find(key);
    if (item?.record.bytes.type !== "files") return;
    const matched = matchFiles(item.record.bytes.files, picked);
    await this.#keep(item, { bytes: { type: "files", files: matched.map(sharedFile) } });
    await this.#comeBack(item, { type: "here", files: matched.map(({ file }) => file) });
  }

  async #shareHashed(key: EntryKey, { infoBytes, storage, files }: HashedFiles): Promise<void> {
    const infoHash = bytesToHex(await sha1(infoBytes)) as InfoHash;
    this.#hashing.delete(key); // Else it is shown twice while its record is being written.
    const known = this.#items.get(infoHash);
    if (known !== undefined && this.#isWhole(known)) return;
    if (known !== undefined) this.#forget(known);
    const info = parseInfo(infoBytes);
    const record = newRecord({ infoHash, displayName: info.name, infoBytes }, { type: "files", files });
    const item = this.#newItem(record);
    item.storage = storage;
    this.#enter(item, Bitfield.full(info.layout.pieceCount), "whole");
    await this.#keep(item, {});
    if (known !== undefined) await this.#pieceStore(known.record)?.clear();
  }

  #isWhole({ record, needs }: Item): boolean {
    const torrent = this.#engine.view().find(({ infoHash }) => infoHash === record.infoHash);
    return (
      needs === undefined &&
      torrent !== undefined &&
      torrent.pieceCount > 0 &&
      torrent.piecesHeld === torrent.pieceCount
    );
  }

  async #download(wanted: NewTorrent): Promise<void> {
    const known = this.#items.get(wanted.infoHash);
    // Who opens the link of a file of theirs that has not come back wants to have it: others may.
    if (known !== undefined && known.needs !== "files") return this.#learn(known, wanted);
    if (this.#kept === undefined) throw new StorageError(NO_STORAGE);
    if (known !== undefined) this.#forget(known);
    void navigator.storage?.persist?.(); // The browser may ask the person, or decide by itself; we go on either way.

    const { database, tab } = this.#kept;
    const earlier = known?.record ?? (await removedRecord(database, tab.id, wanted.infoHash));
    const isStored = earlier?.bytes.type === "stored";
    const bytes = isStored ? earlier.bytes : { type: "stored" as const, storageId: newStorageId() };
    const item = this.#newItem(
      newRecord({ ...wanted, infoBytes: wanted.infoBytes ?? earlier?.infoBytes }, bytes),
    );
    this.#enter(item, await this.#heldPieces(item), "whole");
    await this.#keep(item, {});
  }

  /** A link or .torrent file of a torrent that is in the list may know more of it. */
  async #learn(item: Item, { infoHash, infoBytes, trackers = [] }: NewTorrent): Promise<void> {
    if (item.metadata === undefined && infoBytes !== undefined) {
      const metadata = { info: parseInfo(infoBytes), infoBytes };
      this.#engine.feed({ type: "metadataChecked", infoHash, metadata, problem: undefined });
    }
    await this.#addTrackers(item, trackers);
  }

  async #addTrackers(item: Item, trackers: readonly TrackerUrl[]): Promise<void> {
    const all = [...new Set([...item.record.trackers, ...trackers])];
    if (all.length === item.record.trackers.length) return;
    await this.#keep(item, { trackers: all });
    this.#announceAgain(item);
  }

  #announceAgain(item: Item): void {
    const trackers = eachAlone(this.#links.announceTo(linkedTorrent(item, undefined)));
    this.#engine.feed({ type: "trackersChanged", infoHash: item.record.infoHash, trackers });
  }

  #metadataArrived(infoHash: InfoHash, metadata: TorrentMetadata): void {
    const item = this.#items.get(infoHash);
    if (item === undefined) return;
    item.metadata = metadata;
    item.storage = this.#pieceStore(item.record);
    if (metadata.info.isPrivate) this.#announceAgain(item);
    this.#keep(item, { infoBytes: new Uint8Array(metadata.infoBytes) }).catch(this.#excuse);
  }

  /** Shared files are here again, or have yet to be given. What is here is hashed before it is served. */
  async #comeBack(item: Item, returned: Returned): Promise<void> {
    const { metadata } = item;
    this.#engine.feed({ type: "torrentRemoved", infoHash: item.record.infoHash });
    item.needs = returned.type === "needs" ? returned.needs : undefined;
    if (returned.type === "needs" || metadata === undefined) return this.#enter(item, undefined, "asleep");

    const { layout, files, pieceHashes } = metadata.info;
    const storage = fileStorage(layout, files, returned.files);
    item.storage = storage;
    this.#enter(item, undefined, "unchecked");
    const { infoHash } = item.record;
    let isWhole = true;
    await hashPieces({
      layout,
      storage,
      hashed: (piece, hash) => {
        const good = isPieceHash(pieceHashes, piece, hash);
        isWhole &&= good;
        this.#engine.feed({ type: "storedPieceChecked", infoHash, piece, good });
      },
      signal: item.abort.signal,
    });
    if (isWhole) return this.#engine.feed({ type: "checkEnded", infoHash });
    await this.#comeBack(item, { type: "needs", needs: "files" });
    throw new ProtocolError(
      "changed",
      `${metadata.info.name} is not what it was when you shared it. Share it as a new one, or choose the unchanged files.`,
    );
  }

  #enter(item: Item, held: Bitfield | undefined, as: "whole" | "unchecked" | "asleep"): void {
    const { record, metadata } = item;
    this.#engine.feed({
      type: "torrentAdded",
      source: {
        infoHash: record.infoHash,
        displayName: record.displayName,
        metadata,
        trackers: eachAlone(this.#links.announceTo(linkedTorrent(item, undefined))),
        held,
        selectedFiles: record.selectedFiles,
        paused: record.isPaused || as === "asleep",
        checking: as === "unchecked",
      },
    });
  }

  #newItem(record: TorrentRecord): Item {
    const metadata = readMetadata(record);
    const item: Item = {
      key: this.#newKey(),
      record,
      metadata,
      storage: metadata === undefined ? undefined : this.#pieceStore(record),
      needs: undefined,
      saving: undefined,
      abort: new AbortController(),
    };
    this.#items.set(record.infoHash, item);
    return item;
  }

  #forget(item: Item): void {
    item.abort.abort();
    this.#items.delete(item.record.infoHash);
    this.#engine.feed({ type: "torrentRemoved", infoHash: item.record.infoHash });
  }

  #pieceStore({ bytes }: TorrentRecord): PieceStore | undefined {
    return this.#kept === undefined || bytes.type !== "stored"
      ? undefined
      : new PieceStore(this.#kept.database, bytes.storageId);
  }

  async #heldPieces({ metadata, storage }: Item): Promise<Bitfield | undefined> {
    if (metadata === undefined || !(storage instanceof PieceStore)) return undefined;
    return storage.heldPieces(metadata.info.layout.pieceCount);
  }

  async #keep(item: Item, change: Partial<TorrentRecord>): Promise<void> {
    item.record = { ...item.record, ...change };
    if (this.#kept !== undefined) await keepRecord(this.#kept.database, this.#kept.tab.id, item.record);
  }

  #find(key: EntryKey): Item | undefined {
    return [...this.#items.values()].find((item) => item.key === key);
  }

  #newKey(): EntryKey {
    this.#lastKey += 1;
    return `entry-${this.#lastKey}` as EntryKey;
  }
}

function newStorageId(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
