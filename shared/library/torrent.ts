import { UsageError } from "../base/errors.ts";
import { type InfoHash, millis, type ShareKey, type TrackerUrl, type WebSeedUrl } from "../base/ids.ts";
import { eachAlone } from "../base/tracker-url.ts";
import { StorageError } from "../driver/ports.ts";
import { formatMagnet, formatShareLink } from "../meta/magnet.ts";
import { encodeMetainfo } from "../meta/metainfo.ts";
import type { Happening } from "../session/happening.ts";
import type { TorrentMetadata } from "../session/input.ts";
import type { TorrentView } from "../session/view.ts";
import { Facts } from "./facts.ts";
import { controlsOf, type TorrentLimits } from "./limits.ts";
import type { Readable } from "./open-torrents.ts";
import type { LibraryPlatform } from "./platform.ts";
import { readableFiles } from "./readable-files.ts";
import { Readings } from "./readings.ts";
import type { States } from "./states.ts";
import type { TorrentFile } from "./torrent-file.ts";
import { trackersIn } from "./tracker-urls.ts";
import { waitUntil } from "./wait-until.ts";

/** When somebody needs some pieces, one after the other. */
export interface PieceDeadline {
  /** Indices of pieces, from 0. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds from now until the first one is needed. */
  readonly inMillis: number;
  /** Milliseconds from each to the next. Absent: all are needed at once. */
  readonly stepMillis?: number | undefined;
}

/** How to remove a torrent. */
export interface RemoveOptions {
  /** Whether to delete the pieces that were stored. Absent: no. */
  readonly deleteData?: boolean;
}

/** How to select files. */
export interface SelectOptions {
  /** Those of them, by their `index`, that come before the rest. Absent: none. */
  readonly first?: readonly number[];
}

/** What a torrent needs of its peer. */
export interface TorrentPorts extends Pick<LibraryPlatform<never>, "peer" | "clock" | "trackers"> {
  readonly states: States;
  /** It has left its swarm; its files are closed once `gone` resolves. */
  readonly removed: (torrent: Torrent, gone: Promise<void>) => void;
}

/** A torrent as it was added. */
interface AddedTorrent {
  readonly infoHash: InfoHash;
  /** Those that it names itself. */
  readonly trackers: readonly TrackerUrl[];
  readonly webSeeds: readonly WebSeedUrl[];
  readonly displayName: string | undefined;
  /** Of an encrypted share that is read here. */
  readonly key: ShareKey | undefined;
}

const REMOVED = "This torrent was removed. Add it again.";

/** A torrent that is being downloaded or shared. */
export class Torrent {
  /** Its name on the network: 40 lower-case hex digits (BEP 3). */
  readonly infoHash: InfoHash;
  readonly #ports: TorrentPorts;
  readonly #displayName: string | undefined;
  readonly #key: ShareKey | undefined;
  readonly #webSeeds: readonly WebSeedUrl[];
  #trackers: readonly TrackerUrl[];
  #last: TorrentView | undefined;
  #files: readonly TorrentFile[] | undefined;
  #isRemoved = false;
  readonly #readings: Readings;

  /** @internal */
  constructor({ infoHash, trackers, webSeeds, displayName, key }: AddedTorrent, ports: TorrentPorts) {
    this.infoHash = infoHash;
    this.#key = key;
    this.#displayName = displayName;
    this.#trackers = trackers;
    this.#webSeeds = webSeeds;
    this.#ports = ports;
    this.#readings = new Readings(infoHash, ports.peer, ports.clock, () => this.#refuse());
  }

  /** All that is known of it now, as plain data: the same object until something changes. After `remove`, its last state. */
  get state(): TorrentView {
    const now = this.#ports.states.of(this.infoHash) ?? this.#last;
    if (now === undefined) throw new StorageError(REMOVED);
    this.#last = now;
    return now;
  }

  /** Calls the listener with the state now and whenever it changes, at most four times a second, until the returned function is called. */
  subscribe(listener: (state: TorrentView) => void): () => void {
    let told: TorrentView | undefined;
    return this.#ports.states.subscribe((views) => {
      const view = views.get(this.infoHash);
      if (view === undefined || view === told) return;
      told = view;
      this.#last = view;
      listener(view);
    });
  }

  /** What happens to it from now on: `for await (const fact of torrent.happened()) …`. Ends when the torrent is removed. */
  happened(): AsyncIterableIterator<Happening> {
    return new Facts((happened, over) =>
      this.#ports.peer.watch((infoHash, what) => {
        if (infoHash !== this.infoHash) return;
        happened(what);
        if (what.type === "torrentRemoved") over();
      }),
    );
  }

  /**
   * Empty until they are known: see `whenKnown`. Those of an encrypted share are what is in it. Padding and symbolic links (BEP 47) are
   * left out.
   */
  get files(): readonly TorrentFile[] {
    const readable = this.#readable();
    const isSelected = (file: number): boolean =>
      this.state.files.find(({ index }) => index === file)?.selected ?? false;
    this.#files ??= readable && readableFiles(readable, isSelected, this.#readings);
    return this.#files ?? [];
  }

  /** For every BitTorrent client that speaks WebRTC, TCP, or both. That of an encrypted share has neither key nor name. */
  get magnetLink(): string {
    const { infoHash } = this;
    return formatMagnet({
      infoHash,
      displayName: this.#name(),
      trackers: this.#named(),
      webSeeds: this.#webSeeds,
      selectedFiles: undefined,
    });
  }

  /**
   * Opens the page of the Tabswarm tracker that was named at the start. Undefined: none was. That of an encrypted share has its key, so
   * that whoever has the link can read it; without a page it begins with `#`, and is for programs.
   */
  get shareLink(): string | undefined {
    const { pageUrl } = this.#ports.trackers;
    const { infoHash } = this;
    const trackers = pageUrl === undefined ? this.#named() : this.#trackers;
    const named = { infoHash, displayName: this.#name(), trackers, webSeeds: this.#webSeeds };
    if (pageUrl === undefined && this.#key === undefined) return undefined;
    return formatShareLink(pageUrl ?? "", named, this.#key);
  }

  /** Its .torrent file. Undefined: its metadata is not known yet. */
  get torrentFile(): Uint8Array<ArrayBuffer> | undefined {
    const metadata = this.#metadata();
    const named = { trackerTiers: eachAlone(this.#named()), webSeeds: this.#webSeeds };
    return metadata && encodeMetainfo({ infoBytes: metadata.infoBytes, ...named });
  }

  /** Resolves once its name and files are known. Rejects with a sentence if it is removed or cannot go on. */
  async whenKnown(): Promise<this> {
    await this.#until(() => this.#readable() !== undefined);
    return this;
  }

  /** Resolves once every selected file is here. Rejects with a sentence if it is removed or cannot go on. */
  async whenComplete(): Promise<this> {
    await this.#until(({ phase, pieceCount, bytesDone, bytesTotal }) => {
      const rests = phase === "paused" && pieceCount > 0 && bytesDone >= bytesTotal;
      return phase === "seeding" || rests;
    });
    return this;
  }

  /** Leaves its swarm until it is resumed. */
  pause(): void {
    this.#ports.peer.feed({ type: "torrentPaused", infoHash: this.infoHash });
  }

  /** Goes on after `pause`, an error, or the end of its sharing. */
  resume(): void {
    this.#ports.peer.feed({ type: "torrentResumed", infoHash: this.infoHash });
  }

  /**
   * Leaves its swarm for good. `deleteData` also deletes the pieces that were stored; files in a folder, and what was shared, stay.
   * Rejects with a sentence if its storage cannot be closed.
   */
  async remove({ deleteData = false }: RemoveOptions = {}): Promise<void> {
    if (this.#isRemoved) return;
    this.#last = this.#ports.states.of(this.infoHash) ?? this.#last;
    this.#isRemoved = true;
    const gone = this.#ports.peer.remove(this.infoHash, deleteData);
    this.#ports.removed(this, gone);
    await gone;
  }

  /**
   * Fetches these files from now on, by their `index`, and no others; `first` of them before the rest. Undefined: all. What is here of
   * others stays. Throws a `UsageError` for files that it does not have; rejects with a sentence if its storage cannot be opened anew.
   */
  async select(files: readonly number[] | undefined, { first = [] }: SelectOptions = {}): Promise<void> {
    const known = this.files;
    if (known.length === 0)
      throw new UsageError(
        "notKnown",
        "The files of this torrent are not known yet. Wait for whenKnown() first.",
      );
    const has = (index: number): boolean => known.some((file) => file.index === index);
    const strange = [...(files ?? []), ...first].filter((index) => !has(index));
    if (strange.length > 0 || files?.length === 0) {
      throw new UsageError(
        "noSuchFile",
        `Select at least one of its files by its index, 0 to ${known.at(-1)?.index}${strange.length > 0 ? `; there is no file ${strange.join(", ")}` : ""}.`,
      );
    }
    await this.#ports.peer.torrents.choose(this.infoHash, files, first);
  }

  /**
   * Pieces that are needed at certain times, as for playback: they come before others. In place of those before; none: nobody waits any
   * more. `TorrentFile.stream` sets deadlines by itself.
   */
  setDeadlines(deadlines: readonly PieceDeadline[]): void {
    const now = this.#ports.clock.now();
    const set = deadlines.map(({ first, last, inMillis, stepMillis = 0 }) => {
      if (![first, last, inMillis, stepMillis].every(Number.isFinite))
        throw new UsageError(
          "badDeadline",
          "A deadline needs numbers for first, last and inMillis. Pass all three.",
        );
      return { first, last, at: millis(now + inMillis), stepMillis };
    });
    this.#readings.set(set);
  }

  /** Its own limits, in place of those before. Throws a `UsageError` for what is no limit. */
  limit(limits: TorrentLimits): void {
    this.#ports.peer.feed({ type: "controlsChanged", infoHash: this.infoHash, controls: controlsOf(limits) });
  }

  /** Announces it to more trackers, and names them in links. Throws a `UsageError` for what is no announce URL. */
  addTrackers(urls: readonly string[]): void {
    const fresh = trackersIn(urls).filter((url) => !this.#trackers.includes(url));
    this.#trackers = [...this.#trackers, ...fresh];
    const trackers = this.#ports.trackers.tiersFor(eachAlone(this.#trackers));
    this.#ports.peer.feed({ type: "trackersChanged", infoHash: this.infoHash, trackers });
  }

  #metadata(): TorrentMetadata | undefined {
    return this.#ports.peer.torrents.metadata(this.infoHash);
  }

  #readable(): Readable | undefined {
    return this.#ports.peer.torrents.readable(this.infoHash);
  }

  /** For links. That of an encrypted share is a secret. */
  #name(): string | undefined {
    if (this.#key !== undefined) return undefined;
    return this.#metadata()?.info.name ?? this.#displayName;
  }

  #named(): readonly TrackerUrl[] {
    return [...new Set([...this.#ports.trackers.publicUrls, ...this.#trackers])];
  }

  /** Resolves once a state is as wanted. */
  #until(isSo: (state: TorrentView) => boolean): Promise<void> {
    return waitUntil(this.#ports.peer, this.infoHash, () => {
      if (!this.#isRemoved && isSo(this.state)) return true;
      this.#refuse();
      return false;
    }).ended;
  }

  #refuse(): void {
    if (this.#isRemoved) throw new StorageError(REMOVED);
    const { phase, problem } = this.state;
    if (phase === "error") throw new StorageError(problem ?? "This torrent has stopped.");
  }
}
