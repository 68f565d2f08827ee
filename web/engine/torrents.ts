import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type {
  Controls,
  EndReason,
  Entry,
  EntryKey,
  LoggedEvent,
  PickedFile,
  PieceMap,
  RestReason,
  Settings,
  SharedTorrent,
  Speeds,
  StorageUse,
  WaitReason,
} from "./client.ts";
import { controlsIn, sharedOn } from "./controls.ts";
import { dropRecord, type SharedFile, tabRecords } from "./database.ts";
import { FileActions } from "./file-actions.ts";
import type { FileHashing } from "./hash-picked.ts";
import { type Item, isComplete, toldOf } from "./item.ts";
import { endedMeanwhile, LinkEnds } from "./link-ends.ts";
import { loaded } from "./load-later.ts";
import { loadDownloads } from "./load-rest.ts";
import { rest } from "./resting.ts";
import type { ToldTorrent } from "./tabs/tab-words.ts";
import type { TorrentLinks } from "./torrent-links.ts";
import { type Kept, type OwnPorts, TorrentList } from "./torrent-list.ts";
import { leaveTotals, takeLeftTotals } from "./totals.ts";
import type { PageEngine } from "./worker/page-engine.ts";

const loadLostPieces = () => loaded(import("./lost-pieces.ts"));
const loadNamedTrackers = () => loaded(import("./named-trackers.ts"));
const loadStorageUse = () => loaded(import("./storage-use.ts"));

/** The actions of a person on the torrents of this tab. */
export class Torrents {
  readonly files: FileActions;
  readonly #list: TorrentList;
  readonly #linkEnds: LinkEnds;
  readonly #settings: () => Settings;
  readonly #excuse: (error: unknown) => void;
  readonly #hashing = new Map<EntryKey, FileHashing>();
  #restsBecause: RestReason | undefined;

  /** Without `kept` the page stores nothing and cannot download. `excuse` gets errors of background work. */
  constructor(
    kept: Kept | undefined,
    links: TorrentLinks,
    settings: () => Settings,
    excuse: (error: unknown) => void,
    start: (ports: OwnPorts) => PageEngine,
  ) {
    this.#excuse = excuse;
    this.#settings = settings;
    this.#list = new TorrentList(kept, links, settings, start, {
      metadata: (item, metadata, waitsBecause) => {
        this.#metadataArrived(item, metadata, waitsBecause).catch(excuse);
      },
      revealed: (item, name, waitsBecause) => {
        this.#revealed(item, name, waitsBecause).catch(excuse);
      },
      stopped: (item, stoppedBecause) => {
        this.#stopped(item, stoppedBecause).catch(excuse);
      },
    });
    this.files = new FileActions(this.#list);
    this.#linkEnds = new LinkEnds(this.#list, (item, because) => {
      this.#end(item, because).catch(excuse);
    });
  }

  /** What the page shows, newest first. */
  entries(): Entry[] {
    return [...this.#list.entries(), ...[...this.#hashing.values()].map(({ entry }) => entry)].reverse();
  }

  /** What other tabs are told, newest first. */
  told(): readonly ToldTorrent[] {
    return this.entries().flatMap((entry) => {
      const item = this.#list.find(entry.key);
      return item === undefined || entry.state === "hashing" ? [] : [toldOf(entry, item.record)];
    });
  }

  /** Restores the torrents that this tab had before. Done once they are among the entries. */
  async restore(session: Storage): Promise<void> {
    const { kept } = this.#list;
    if (kept === undefined) return;
    const left = takeLeftTotals(session);
    for (const record of await tabRecords(kept.database, kept.tab.id)) {
      if (record.isRemoved) continue;
      const totals = left.get(record.infoHash) ?? record.totals;
      const ended = endedMeanwhile(record);
      const item = this.#list.add({ ...record, ...ended, totals });
      if (totals !== record.totals || ended.isPaused) await this.#list.keep(item, {});
      if (record.bytes.type === "stored") await this.#list.enterStored(item);
      else await this.#lookForFiles(item, record.bytes.files).catch(this.#excuse);
    }
    await this.#list.caughtUp();
    this.#linkEnds.look();
  }

  /** The engine has ended, and another one has taken its place: gives all torrents to it. */
  async enterAgain(): Promise<void> {
    const { enterAgain } = await loaded(import("./own-files.ts"));
    await enterAgain(this.#list, this.#excuse);
  }

  /** The browser had taken the database away. True: downloads have lost pieces, and fetch them again. */
  async restoreRecords(): Promise<boolean> {
    return (await loadLostPieces()).restoreRecords(this.#list);
  }

  /** `encrypts`: as an encrypted share with a key of its own. `say` gets a sentence about files that are left out. */
  async share(
    picked: readonly PickedFile[],
    encrypts: boolean,
    say: (kind: "info", text: string) => void,
  ): Promise<SharedTorrent> {
    const [{ FileHashing }, { shareHashed }] = await loaded(
      Promise.all([import("./hash-picked.ts"), import("./own-files.ts")]),
    );
    const key = this.#list.newKey();
    const hashing = new FileHashing(key, picked, {
      pieceLength: this.#settings().pieceLength,
      encrypts,
    });
    if (hashing.leftOut !== undefined) say("info", hashing.leftOut);
    this.#hashing.set(key, hashing);
    try {
      const hashed = await hashing.run();
      this.#hashing.delete(key); // Otherwise it appears twice while its record is being written.
      const shared = await shareHashed(this.#list, key, hashed);
      // Whoever shares it now wants others to get it, whatever it costs, and also if they have shared it before.
      const item = this.#list.at(shared.infoHash);
      if (item !== undefined && this.#restsBecause !== undefined) item.sharesAnyway = true;
      if (item?.record.isPaused === true || item?.restsBecause !== undefined) await this.resume(item.key);
      return shared;
    } finally {
      this.#hashing.delete(key);
    }
  }

  /** Downloads the torrents that a text names. Returns sentences about what it could not read. */
  async addLink(text: string): Promise<readonly string[]> {
    const { download, torrentsInText } = await loadDownloads();
    const { torrents, leftOut } = torrentsInText(text);
    for (const torrent of torrents) await download(this.#list, torrent, this.#excuse);
    return leftOut;
  }

  /** Downloads what the person has accepted. They want it now, also if they had paused it. */
  async accept(infoHash: InfoHash, link: string): Promise<void> {
    await this.addLink(link);
    const item = this.#list.at(infoHash);
    if (item === undefined || item.record.waitsBecause !== undefined) return;
    const torrent = this.#list.look(item);
    if (torrent?.phase === "paused" && !isComplete(torrent)) await this.resume(item.key);
  }

  /** Downloads a torrent that another tab has. `name`: in case that tab is gone meanwhile. */
  async openHere(infoHash: InfoHash, name: string | undefined): Promise<void> {
    const { kept } = this.#list;
    const { download, torrentElsewhere } = await loadDownloads();
    const known = kept && (await torrentElsewhere(kept.database, kept.tab.id, infoHash));
    await download(this.#list, known ?? { infoHash, displayName: name, infoBytes: undefined }, this.#excuse);
  }

  /** Returns sentences about what it ignored. */
  async addTorrentFile(file: File): Promise<readonly string[]> {
    const { download, torrentInFile } = await loadDownloads();
    const { torrent, warnings } = await torrentInFile(file);
    await download(this.#list, torrent, this.#excuse);
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

  async speeds(key: EntryKey): Promise<Speeds | undefined> {
    const item = this.#list.find(key);
    return item && this.#list.speeds(item);
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
    const torrent = this.#list.look(item);
    if (this.#restsBecause !== undefined && torrent && isComplete(torrent)) item.sharesAnyway = true;
    item.restsBecause = undefined;
    const shared = this.#shareOn(item);
    const kept = this.#list.keep(item, { isPaused: false, waitsBecause: undefined });
    this.#list.feed({ type: "torrentResumed", infoHash: item.record.infoHash });
    await Promise.all([shared, kept]);
  }

  async endLink(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await this.#end(item, "person");
  }

  /** What only sends rests for this reason, or goes on. Call it whenever the reason or the engine's views have changed. */
  rest(because: RestReason | undefined): void {
    this.#restsBecause = because;
    rest(this.#list, because);
  }

  /** The settings have changed. */
  controlAgain(): void {
    this.#list.controlAllAgain();
  }

  /** Writes down what each torrent has sent and received by now, and for how long it was shared. */
  keepTotals(): Promise<void> {
    return this.#list.keepTotals();
  }

  /** The page goes: leaves the rest for the next page load. */
  leaveTotals(session: Storage): void {
    leaveTotals(session, this.#list.unkeptTotals());
  }

  /** Asks the trackers that did not answer once more. */
  tryNow(): void {
    this.#list.feed({ type: "cameOnline" });
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

  async storageUse(): Promise<StorageUse | undefined> {
    return (await loadStorageUse()).storageUse(this.#list);
  }

  async freeStorage(storageIds: readonly string[]): Promise<void> {
    const { freeStorage } = await loadStorageUse();
    await freeStorage(this.#list, storageIds, (key) => this.remove(key, true));
  }

  async changeControls(key: EntryKey, change: Partial<Controls>): Promise<void> {
    const item = this.#list.find(key);
    if (item === undefined) return;
    const kept = this.#list.keep(item, { controls: controlsIn({ ...item.record.controls, ...change }) });
    this.#list.controlAgain(item);
    this.#linkEnds.look();
    await kept;
  }

  async addTracker(key: EntryKey, address: string): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await (await loadNamedTrackers()).addTracker(this.#list, item, address);
  }

  async removeTracker(key: EntryKey, url: TrackerUrl): Promise<void> {
    const item = this.#list.find(key);
    if (item !== undefined) await (await loadNamedTrackers()).removeTracker(this.#list, item, url);
  }

  /** Asks for the lapsed permission, during a click. */
  async continueSharing(key: EntryKey): Promise<void> {
    const item = this.#list.find(key);
    if (item?.record.bytes.type !== "files") return;
    const { comeBack, returnedFiles } = await loaded(import("./own-files.ts"));
    const returned = await returnedFiles(item.record.bytes.files, true);
    await this.#shareOn(item);
    await comeBack(this.#list, item, returned);
  }

  /** Shares a `needs-file` entry again from picked files. */
  async supplyFiles(key: EntryKey, picked: readonly PickedFile[]): Promise<void> {
    const item = this.#list.find(key);
    if (item?.record.bytes.type !== "files") return;
    const { shareAgain } = await loaded(import("./own-files.ts"));
    await this.#shareOn(item);
    await shareAgain(this.#list, item, item.record.bytes.files, picked);
  }

  /** The person wants to go on with what has stopped. */
  async #shareOn(item: Item): Promise<void> {
    if (item.record.stoppedBecause === undefined) return;
    const kept = this.#list.keep(item, sharedOn(item.record));
    this.#list.controlAgain(item);
    await kept;
  }

  async #end(item: Item, because: EndReason): Promise<void> {
    this.#list.feed({ type: "torrentPaused", infoHash: item.record.infoHash });
    await this.#stopped(item, because);
  }

  async #stopped(item: Item, stoppedBecause: EndReason): Promise<void> {
    await this.#list.keep(item, { isPaused: true, stoppedBecause });
    await this.#list.caughtUp();
    await this.#list.keepTotals();
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

  /** The files in an encrypted share are known. `waitsBecause`: the engine has paused it. */
  async #revealed(item: Item, name: string, waitsBecause: WaitReason | undefined): Promise<void> {
    if (name === item.record.displayName && waitsBecause === undefined) return;
    const waits = waitsBecause === undefined ? {} : { waitsBecause, isPaused: true };
    await this.#list.keep(item, { displayName: name, ...waits });
  }

  /** Done when it is known whether they are here; what is here is hashed meanwhile. */
  async #lookForFiles(item: Item, files: readonly SharedFile[]): Promise<void> {
    const { comeBack, planAgain, returnedFiles } = await loaded(import("./own-files.ts"));
    await planAgain(item);
    comeBack(this.#list, item, await returnedFiles(files, false)).catch(this.#excuse);
  }
}
