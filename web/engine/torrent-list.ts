import type { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash, PieceIndex, TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { FileStorage } from "#shared/library/file-storage.ts";
import type { PieceReader } from "#shared/library/torrent-file.ts";
import type { TorrentControls } from "#shared/session/controls.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { NO_TOTALS } from "#shared/session/totals.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type {
  Entry,
  EntryKey,
  LoggedEvent,
  PieceMap,
  Settings,
  Speeds,
  StopReason,
  WaitReason,
} from "./client.ts";
import { engineControls, NO_CONTROLS } from "./controls.ts";
import { type Database, keepRecord, type TorrentRecord } from "./database.ts";
import { entryOf, type Item, linkedTorrent, readMetadata } from "./item.ts";
import type { LastingDatabase } from "./lasting-database.ts";
import { PieceStore } from "./piece-store.ts";
import { hasSameFields } from "./same-fields.ts";
import type { StartGate } from "./start-gate.ts";
import type { Tab } from "./tab.ts";
import type { TorrentLinks } from "./torrent-links.ts";
import { type TotalsList, totalsOf } from "./totals.ts";
import type { PageInput } from "./worker/messages.ts";
import type { PageEngine, PageEnginePorts } from "./worker/page-engine.ts";

/** Where this tab keeps its torrents. */
export interface Kept {
  /** Another one after the browser has taken it away. */
  readonly database: Database;
  readonly databases: LastingDatabase;
  readonly tab: Tab;
}

/** The ports that the list gives the engine. */
export type OwnPorts = Pick<PageEnginePorts, "keepMetadata" | "revealed" | "sharingStopped">;

/** The torrents of this tab, each with its state in the engine and its record in the database. */
export class TorrentList {
  /** Undefined: the page stores nothing and cannot download. */
  readonly kept: Kept | undefined;
  readonly links: TorrentLinks;
  readonly #engine: PageEngine;
  readonly #settings: () => Settings;
  readonly #items = new Map<InfoHash, Item>();
  #lastKey = 0;

  constructor(
    kept: Kept | undefined,
    links: TorrentLinks,
    settings: () => Settings,
    start: (ports: OwnPorts) => PageEngine,
    heard: {
      readonly metadata: (
        item: Item,
        metadata: TorrentMetadata,
        waitsBecause: WaitReason | undefined,
      ) => void;
      readonly revealed: (item: Item, name: string, waitsBecause: WaitReason | undefined) => void;
      readonly stopped: (item: Item, because: StopReason) => void;
    },
  ) {
    this.kept = kept;
    this.links = links;
    this.#settings = settings;
    this.#engine = start({
      keepMetadata: (infoHash, metadata, waitsBecause) => {
        const item = this.#items.get(infoHash);
        if (item !== undefined) heard.metadata(item, metadata, waitsBecause);
      },
      revealed: (infoHash, name, waitsBecause) => {
        const item = this.#items.get(infoHash);
        if (item !== undefined) heard.revealed(item, name, waitsBecause);
      },
      sharingStopped: (infoHash, because) => {
        const item = this.#items.get(infoHash);
        if (item !== undefined) heard.stopped(item, because);
      },
    });
  }

  /** What the page shows, oldest first. */
  entries(): Entry[] {
    return this.looks().map(([item, torrent]) => entryOf(item, torrent, this.links));
  }

  /** Each torrent with the engine's view of it, oldest first. */
  looks(): (readonly [item: Item, torrent: TorrentView])[] {
    return this.#engine.view().flatMap((torrent) => {
      const item = this.#items.get(torrent.infoHash);
      return item === undefined ? [] : [[item, torrent] as const];
    });
  }

  items(): Item[] {
    return [...this.#items.values()];
  }

  at(infoHash: InfoHash): Item | undefined {
    return this.#items.get(infoHash);
  }

  find(key: EntryKey): Item | undefined {
    return [...this.#items.values()].find((item) => item.key === key);
  }

  /** The trackers that its .torrent file names, without keys: the file gets passed on. */
  namedTrackers(item: Item): readonly TrackerUrl[] {
    return this.links.namedTrackers(linkedTorrent(item, undefined)).map(withoutKey);
  }

  /** The engine's view of it. */
  look({ record }: Item): TorrentView | undefined {
    return this.#engine.view().find(({ infoHash }) => infoHash === record.infoHash);
  }

  /** What decides now whether a new download waits. */
  startGate(): StartGate {
    return this.#engine.startGate();
  }

  feed(input: PageInput): void {
    this.#engine.feed(input);
  }

  events({ record }: Item, after: number): Promise<readonly LoggedEvent[]> {
    return this.#engine.events(record.infoHash, after);
  }

  async pieces({ record }: Item): Promise<PieceMap | undefined> {
    const bytes = await this.#engine.pieces(record.infoHash);
    return bytes && { states: bytes.map((byte) => byte >> 6), copies: bytes.map((byte) => byte & 63) };
  }

  speeds({ record }: Item): Promise<Speeds | undefined> {
    return this.#engine.speeds(record.infoHash);
  }

  /** See `PageEngine.pieceReader`. */
  pieceReader({ record }: Item, last: PieceIndex): PieceReader {
    return this.#engine.pieceReader(record.infoHash, last);
  }

  /** Resolves once what was fed shows in the entries. */
  caughtUp(): Promise<void> {
    return this.#engine.caughtUp();
  }

  /** Another engine has been given all torrents. */
  filled(): Promise<void> {
    return this.#engine.filled();
  }

  newKey(): EntryKey {
    this.#lastKey += 1;
    return `entry-${this.#lastKey}` as EntryKey;
  }

  /** Adds it to the list only, not to the engine or the database. `key`: what stood in the list until now. */
  add(record: TorrentRecord, key: EntryKey = this.newKey()): Item {
    const metadata = readMetadata(record);
    const item: Item = {
      key,
      record,
      metadata,
      store: metadata === undefined ? undefined : this.pieceStore(record),
      needs: undefined,
      files: undefined,
      sealed: undefined,
      checksFirst: false,
      saving: undefined,
      savingFile: undefined,
      restsBecause: undefined,
      sharesAnyway: false,
      abort: new AbortController(),
    };
    this.#items.set(record.infoHash, item);
    return item;
  }

  /** Gives it to the engine, which ignores one that it has. `asleep`: it waits for its files. */
  enter(item: Item, held: Bitfield | undefined, as: "awake" | "asleep"): void {
    const { record, metadata, sealed } = item;
    if (record.bytes.type === "stored") this.bytesAgain(item);
    this.#engine.feed({
      type: "torrentAdded",
      source: {
        infoHash: record.infoHash,
        displayName: record.displayName,
        metadata,
        trackers: this.links.announceTo(linkedTorrent(item, undefined)),
        webSeeds: record.webSeeds?.map((url) => ({ url, isTrusted: false })),
        held,
        selectedFiles: record.selectedFiles,
        firstFiles: record.firstFiles,
        controls: this.#controls(item),
        before: record.totals,
        paused: record.isPaused || as === "asleep",
      },
    });
    if (sealed !== undefined && metadata !== undefined)
      this.#engine.feed({
        type: "filesRevealed",
        infoHash: record.infoHash,
        info: sealed.share.sealedInfo(metadata.info.pieceHashes),
        selectedFiles: record.selectedFiles,
      });
  }

  /** The engine holds these pieces of a stored torrent, and no others. */
  holdOnly({ record: { infoHash } }: Item, held: Bitfield): void {
    this.#engine.feed({ type: "checkBegan", infoHash, held });
    this.#engine.feed({ type: "checkEnded", infoHash });
  }

  /** Gives it to the engine with its stored pieces. */
  async enterStored(item: Item): Promise<void> {
    this.enter(item, await heldPieces(item), "awake");
  }

  /** The torrent's bytes are in these files of the person. */
  useFiles(item: Item, { files }: Pick<FileStorage, "files">): void {
    item.files = files;
    this.bytesAgain(item);
  }

  /** Tells the engine where its bytes are, if they are here, and its key. */
  bytesAgain({ record: { infoHash, bytes, shareKey }, files, sealed }: Item): void {
    if (bytes.type === "stored") return this.#engine.bytesAre(infoHash, { ...bytes, shareKey });
    if (files === undefined) return;
    if (sealed !== undefined)
      this.#engine.bytesAre(infoHash, { type: "sealed", files, list: sealed.list, shareKey: sealed.key });
    else if (shareKey === undefined) this.#engine.bytesAre(infoHash, { type: "files", files });
  }

  /** The person has chosen something else for it, or the settings have changed. */
  controlAgain(item: Item): void {
    const { infoHash } = item.record;
    this.#engine.feed({ type: "controlsChanged", infoHash, controls: this.#controls(item) });
  }

  controlAllAgain(): void {
    for (const item of this.#items.values()) this.controlAgain(item);
  }

  /** Writes down what each torrent has done by now. */
  async keepTotals(): Promise<void> {
    for (const [infoHash, totals] of this.unkeptTotals()) {
      const item = this.#items.get(infoHash);
      if (item !== undefined) await this.keep(item, { totals });
    }
  }

  /** What has been done since it was last written down. */
  unkeptTotals(): TotalsList {
    return this.#engine.view().flatMap((view) => {
      const totals = totalsOf(view);
      const kept = this.#items.get(view.infoHash)?.record.totals ?? NO_TOTALS;
      return hasSameFields(totals, kept) ? [] : [[view.infoHash, totals] as const];
    });
  }

  #controls({ record }: Item): TorrentControls {
    return engineControls(record.controls ?? NO_CONTROLS, record.bytes.type === "files", this.#settings());
  }

  announceAgain(item: Item): void {
    const trackers = this.links.announceTo(linkedTorrent(item, undefined));
    this.#engine.feed({ type: "trackersChanged", infoHash: item.record.infoHash, trackers });
  }

  /** Removes it from the list and the engine, but keeps its record. */
  forget(item: Item): void {
    item.abort.abort();
    this.#items.delete(item.record.infoHash);
    this.#engine.feed({ type: "torrentRemoved", infoHash: item.record.infoHash });
  }

  async keep(item: Item, change: Partial<TorrentRecord>): Promise<void> {
    item.record = { ...item.record, ...change };
    if (this.kept !== undefined) await keepRecord(this.kept.database, this.kept.tab.id, item.record);
  }

  /** Deletes the stored pieces of a torrent that has left the engine and whose record is gone, if no other tab uses them. */
  async freePieces({ bytes }: TorrentRecord): Promise<void> {
    if (bytes.type === "stored") await this.#engine.clear(bytes.storageId);
  }

  pieceStore({ bytes }: TorrentRecord): PieceStore | undefined {
    return this.kept === undefined || bytes.type !== "stored"
      ? undefined
      : new PieceStore(this.kept.databases, bytes.storageId);
  }
}

async function heldPieces({ metadata, store }: Item): Promise<Bitfield | undefined> {
  return metadata && store?.heldPieces(metadata.info.layout.pieceCount);
}
