import type { TorrentMetadata } from "#shared/session/effect.ts";
import type { Entry, EntryKey, FileChoice, LoggedEvent, PickedFile, PieceMap, WaitReason } from "./client.ts";
import { dropRecord, type SharedFile, tabRecords } from "./database.ts";
import type { FileHashing } from "./hash-picked.ts";
import type { Item } from "./item.ts";
import { loaded } from "./load-later.ts";
import { loadDownloads } from "./load-rest.ts";
import type { SavedContent } from "./save.ts";
import type { TorrentLinks } from "./torrent-links.ts";
import { type Kept, type OwnPorts, TorrentList } from "./torrent-list.ts";
import type { PageEngine } from "./worker/page-engine.ts";

const loadChosenFiles = () => loaded(import("./chosen-files.ts"));

type Save = (content: SavedContent, progress: (share: number) => void) => Promise<void>;

/** The actions of a person on the torrents of this tab. */
export class Torrents {
  readonly #list: TorrentList;
  readonly #excuse: (error: unknown) => void;
  readonly #hashing = new Map<EntryKey, FileHashing>();

  /** Without `kept` the page stores nothing and cannot download. `excuse` gets errors of background work. */
  constructor(
    kept: Kept | undefined,
    links: TorrentLinks,
    excuse: (error: unknown) => void,
    start: (ports: OwnPorts) => PageEngine,
  ) {
    this.#excuse = excuse;
    this.#list = new TorrentList(kept, links, start, (item, metadata, waitsBecause) => {
      this.#metadataArrived(item, metadata, waitsBecause).catch(excuse);
    });
  }

  /** What the page shows, newest first. */
  entries(): Entry[] {
    return [...this.#list.entries(), ...[...this.#hashing.values()].map(({ entry }) => entry)].reverse();
  }

  /** Restores the torrents that this tab had before. Done once they are among the entries. */
  async restore(): Promise<void> {
    const { kept } = this.#list;
    if (kept === undefined) return;
    for (const record of await tabRecords(kept.database, kept.tab.id)) {
      if (record.isRemoved) continue;
      const item = this.#list.add(record);
      if (record.bytes.type === "stored") await this.#list.enterStored(item);
      else await this.#lookForFiles(item, record.bytes.files).catch(this.#excuse);
    }
    await this.#list.caughtUp();
  }

  /** `say` gets a sentence about files that are left out. */
  async share(picked: readonly PickedFile[], say: (kind: "info", text: string) => void): Promise<void> {
    const [{ FileHashing }, { shareHashed }] = await loaded(
      Promise.all([import("./hash-picked.ts"), import("./own-files.ts")]),
    );
    const key = this.#list.newKey();
    const hashing = new FileHashing(key, picked);
    if (hashing.leftOut !== undefined) say("info", hashing.leftOut);
    this.#hashing.set(key, hashing);
    try {
      const hashed = await hashing.run();
      this.#hashing.delete(key); // Otherwise it appears twice while its record is being written.
      await shareHashed(this.#list, key, hashed);
    } finally {
      this.#hashing.delete(key);
    }
  }

  /** Downloads the torrents that a text names. Returns sentences about what it could not read. */
  async addLink(text: string): Promise<readonly string[]> {
    const { download, torrentsInText } = await loadDownloads();
    const { torrents, leftOut } = torrentsInText(text);
    for (const torrent of torrents) await download(this.#list, torrent);
    return leftOut;
  }

  /** Returns sentences about what it ignored. */
  async addTorrentFile(file: File): Promise<readonly string[]> {
    const { download, torrentInFile } = await loadDownloads();
    const { torrent, warnings } = await torrentInFile(file);
    await download(this.#list, torrent);
    return warnings;
  }

  /** The info dictionary of an entry, and the encoding of its names. Undefined: it is not known yet. */
  metadataOf(
    key: EntryKey,
  ): { readonly infoBytes: Uint8Array; readonly encoding: string | undefined } | undefined {
    const { infoBytes, encoding } = this.#list.find(key)?.record ?? {};
    return infoBytes && { infoBytes, encoding };
  }

  async events(key: EntryKey, after: number): Promise<readonly LoggedEvent[]> {
    const item = this.#list.find(key);
    return item === undefined ? [] : this.#list.events(item, after);
  }

  async pieces(key: EntryKey): Promise<PieceMap | undefined> {
    const item = this.#list.find(key);
    return item && this.#list.pieces(item);
  }

  async pause(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item === undefined) return;
    this.#list.feed({ type: "torrentPaused", infoHash: item.record.infoHash });
    await this.#list.keep(item, { isPaused: true });
  }

  async resume(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item === undefined) return;
    this.#list.feed({ type: "torrentResumed", infoHash: item.record.infoHash });
    await this.#list.keep(item, { isPaused: false, waitsBecause: undefined });
  }

  /** Also stops hashing. Pieces that are kept serve when the person adds the torrent again. */
  async remove(key: EntryKey, deleteData: boolean): Promise<void> {
    this.#hashing.get(key)?.abort();
    const item = this.#list.find(key);
    if (item === undefined) return;
    this.#list.forget(item);
    const { infoHash, bytes } = item.record;
    if (!deleteData && bytes.type === "stored") return this.#list.keep(item, { isRemoved: true });
    const { kept } = this.#list;
    if (kept !== undefined) await dropRecord(kept.database, kept.tab.id, infoHash);
    await this.#list.freePieces(item.record);
  }

  async save(key: EntryKey, save: Save): Promise<void> {
    const item = this.#list.find(key);
    if (item?.metadata === undefined || item.store === undefined || item.saving !== undefined) return;
    item.saving = 0;
    try {
      const { info } = item.metadata;
      const { selectedFiles } = item.record;
      await save({ info, store: item.store, selectedFiles }, (share) => {
        item.saving = share;
      });
      await this.#list.keep(item, { isSaved: true });
    } finally {
      item.saving = undefined;
    }
  }

  async chooseFiles(key: EntryKey, choice: FileChoice): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await (await loadChosenFiles()).chooseFiles(this.#list, item, choice);
  }

  async bytesOfFiles(key: EntryKey): Promise<readonly number[] | undefined> {
    const item = this.#list.find(key);
    return item && (await loadChosenFiles()).bytesOfFiles(item);
  }

  async readFile(key: EntryKey, index: number): Promise<Blob | undefined> {
    const item = this.#list.find(key);
    return item && (await loadChosenFiles()).readFile(item, index);
  }

  async saveFile(key: EntryKey, index: number): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await (await loadChosenFiles()).saveFile(item, index);
  }

  async saveTorrentFile(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item?.metadata === undefined) return;
    const { saveTorrentFile } = await loaded(import("./torrent-file.ts"));
    saveTorrentFile(item.metadata.info, item.record, this.#list.namedTrackers(item));
  }

  /** Asks for the lapsed permission, during a click. */
  async continueSharing(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item?.record.bytes.type !== "files") return;
    const { comeBack, returnedFiles } = await loaded(import("./own-files.ts"));
    await comeBack(this.#list, item, await returnedFiles(item.record.bytes.files, true));
  }

  /** Shares a `needs-file` entry again from picked files. */
  async supplyFiles(key: EntryKey, picked: readonly PickedFile[]): Promise<void> {
    const item = this.#list.find(key);
    if (item?.record.bytes.type !== "files") return;
    const { shareAgain } = await loaded(import("./own-files.ts"));
    await shareAgain(this.#list, item, item.record.bytes.files, picked);
  }

  /** Peers sent the metadata. `waitsBecause`: the engine has paused the download. */
  async #metadataArrived(
    item: Item,
    metadata: TorrentMetadata,
    waitsBecause: WaitReason | undefined,
  ): Promise<void> {
    item.metadata = metadata;
    item.store = this.#list.pieceStore(item.record);
    if (metadata.info.isPrivate) this.#list.announceAgain(item);
    await this.#list.keep(item, {
      infoBytes: new Uint8Array(metadata.infoBytes),
      waitsBecause,
      isPaused: item.record.isPaused || waitsBecause !== undefined,
    });
  }

  /** Done when it is known whether they are here; what is here is hashed meanwhile. */
  async #lookForFiles(item: Item, files: readonly SharedFile[]): Promise<void> {
    const { comeBack, returnedFiles } = await loaded(import("./own-files.ts"));
    comeBack(this.#list, item, await returnedFiles(files, false)).catch(this.#excuse);
  }
}
