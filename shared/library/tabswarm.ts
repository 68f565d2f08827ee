import { bytesToHex } from "../base/bytes.ts";
import { UsageError } from "../base/errors.ts";
import type { InfoHash, ShareKey, WebSeedUrl } from "../base/ids.ts";
import { eachAlone } from "../base/tracker-url.ts";
import type { EncryptedShare } from "../encrypted/share.ts";
import { parseInfo } from "../meta/info.ts";
import { findLinks } from "../meta/links.ts";
import { parseMetainfo } from "../meta/metainfo.ts";
import { namedWebSeeds } from "../meta/web-seeds.ts";
import type { Happening } from "../session/happening.ts";
import { type ChooseFiles, choosing } from "./choosing.ts";
import { encryptionOf } from "./encryption.ts";
import { Facts } from "./facts.ts";
import { controlsOf, type Limits, maxPeersOf, ratesOf, type TorrentLimits } from "./limits.ts";
import { openingOf } from "./opening.ts";
import type { PeerTorrent, SelectFiles } from "./peer-torrent.ts";
import type { LibraryPlatform, MakeOptions } from "./platform.ts";
import { States } from "./states.ts";
import { type OpenStorage, openStore } from "./storage.ts";
import { Torrent } from "./torrent.ts";
import { trackersIn } from "./tracker-urls.ts";
import { webSeedsIn } from "./web-seed-urls.ts";

/** What may be chosen for a torrent that is added or shared. */
export interface TorrentOptions {
  /** Announce URLs, besides those that are named for all torrents. Absent: none. */
  readonly trackers?: readonly string[] | undefined;
  /**
   * Web servers that have its files, such as `https://example.org/files/` (BEP 19), besides those that it names itself. Those may be
   * in a private network, which others may not. Absent: none.
   */
  readonly webSeeds?: readonly string[] | undefined;
  /** Whether it waits for `resume()`. Absent: it starts at once. */
  readonly isPaused?: boolean | undefined;
  /** Its own limits. Absent: none. */
  readonly limits?: TorrentLimits | undefined;
}

/** How to share. */
export interface ShareOptions extends TorrentOptions, MakeOptions {
  /**
   * Whether only those who have the share link can read it, or learn names and sizes: an encrypted share, under a new key. `again`: the
   * share link of such a share, which goes on with it; it was made of the same things before. Absent: no.
   */
  readonly encrypt?: boolean | { readonly again: string } | undefined;
}

/** How to download. */
export interface AddOptions extends TorrentOptions {
  /** Where its pieces go. Absent: where those of all torrents go. */
  readonly storage?: OpenStorage | undefined;
  /** The files to fetch, by their `index`, chosen once they are known. Absent or undefined: those that the link names, or all. */
  readonly select?: ChooseFiles | undefined;
  /** Whether an encrypted share is downloaded as it is, to be carried for others. Absent: no; then its link must have its key. */
  readonly withoutKey?: boolean | undefined;
}

/** Something that happened to a torrent or, without an info-hash, to the peer. */
export interface Fact {
  readonly infoHash: InfoHash | undefined;
  readonly what: Happening;
}

/** A torrent as a source names it. */
interface FoundTorrent extends Omit<PeerTorrent, "open" | "webSeeds"> {
  readonly webSeeds: readonly WebSeedUrl[];
  /** Of an encrypted share that is to be read. */
  readonly key: ShareKey | undefined;
}

/** A peer: it shares and downloads torrents until it is closed. `Source` is what it can share. */
export class Tabswarm<Source> {
  readonly #platform: LibraryPlatform<Source>;
  readonly #storage: OpenStorage;
  readonly #states: States;
  readonly #entered = new Map<InfoHash, Promise<Torrent>>();
  /** What is just closing its files: it must not be opened before that is done. */
  readonly #leaving = new Map<InfoHash, Promise<void>>();
  readonly #ended = new Set<() => void>();
  readonly #listeners = new Set<(torrents: readonly Torrent[]) => void>();
  #list: readonly Torrent[] = [];
  #isClosed = false;

  /** @internal */
  constructor(platform: LibraryPlatform<Source>, storage: OpenStorage, limits: Limits) {
    this.#platform = platform;
    this.#storage = storage;
    this.#states = new States(platform.peer, platform.clock);
    this.limit(limits);
  }

  /** All torrents, the oldest first: the same array until one comes or goes. */
  get torrents(): readonly Torrent[] {
    return this.#list;
  }

  /** Calls the listener with the torrents now and whenever one comes or goes, until the returned function is called. */
  subscribe(listener: (torrents: readonly Torrent[]) => void): () => void {
    const own = (torrents: readonly Torrent[]): void => listener(torrents);
    this.#listeners.add(own);
    listener(this.#list);
    return () => void this.#listeners.delete(own);
  }

  /** What happens from now on to all torrents: `for await (const { infoHash, what } of tabswarm.happened()) …`. Ends with `close`. */
  happened(): AsyncIterableIterator<Fact> {
    return new Facts((happened, over) => {
      this.#ended.add(over);
      const unwatch = this.#platform.peer.watch((infoHash, what) => happened({ infoHash, what }));
      return () => {
        this.#ended.delete(over);
        unwatch();
      };
    });
  }

  /**
   * Shares things as one torrent. Resolves once they are hashed. Rejects with a sentence if they cannot be read, cannot be one torrent, or
   * are not the files of the encrypted share that is to go on.
   */
  async share(sources: Source | readonly Source[], options: ShareOptions = {}): Promise<Torrent> {
    const { isPrivate = false } = options;
    const encryption = encryptionOf(options);
    const torrent = this.#wished(options);
    const all = Array.isArray(sources) ? (sources as readonly Source[]) : [sources as Source];
    const wishes = { ...options, isPrivate };
    const made = await this.#platform.makeTorrent(all, wishes, encryption);
    const { infoHash, infoBytes, info, open, encrypted } = made;
    const metadata = { info, infoBytes };
    const files = { select: () => undefined, open, share: encrypted?.share };
    return this.#enter({ infoHash, displayName: info.name, metadata, ...torrent, ...files }, encrypted?.key);
  }

  /**
   * Downloads a torrent, and shares it: a magnet link, share link or info-hash, or the bytes of a .torrent file. It does not fetch
   * again what the storage already has, and returns a torrent that it already has as it is. The share link of an encrypted share has its
   * key, with which its files are read: storages keep ciphertext, and `folder` the decrypted files. Rejects with a sentence if the source
   * is none of these, or the storage cannot be opened.
   */
  async add(source: string | Uint8Array, options: AddOptions = {}): Promise<Torrent> {
    const wished = this.#wished(options);
    const { key, select, ...found } = await this.#find(source, options);
    const own = wished.webSeeds.map(({ url }) => url);
    const trackers = [...wished.trackers, ...found.trackers];
    const torrent = {
      ...{ ...wished, ...found, trackers, opensAnew: true },
      ...this.#openingOf(found.infoHash, key, select, options),
    };
    if (key !== undefined) return this.#enter({ ...torrent, webSeeds: [] }, key); // No server has what is encrypted.
    return this.#enter({ ...torrent, webSeeds: namedWebSeeds(own, found.webSeeds) });
  }

  /** Limits of all torrents together, in place of those before. Throws a `UsageError` for what is no limit. */
  limit(limits: Limits): void {
    const { peer } = this.#platform;
    const [rates, maxLinks] = [ratesOf(limits), maxPeersOf(limits)];
    peer.feed({ type: "ratesChanged", rates });
    peer.feed({ type: "linksLimited", maxLinks });
  }

  /** Says goodbye to trackers and peers, and closes everything. Rejects with a sentence if a storage could not be closed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#platform.peer.close();
    for (const over of [...this.#ended]) over();
  }

  #wished({ trackers = [], webSeeds = [], isPaused, limits }: TorrentOptions) {
    if (this.#isClosed) throw new UsageError("closed", "This Tabswarm was closed. Start another one.");
    const controls = limits && controlsOf(limits);
    const named = namedWebSeeds(webSeedsIn(webSeeds), []);
    return { trackers: eachAlone(trackersIn(trackers)), webSeeds: named, isPaused, controls };
  }

  async #find(
    source: string | Uint8Array,
    { select, withoutKey = false }: AddOptions,
  ): Promise<FoundTorrent> {
    if (typeof source !== "string") {
      const { infoBytes: theirs, encoding, trackerTiers, webSeeds } = parseMetainfo(source);
      const infoBytes = new Uint8Array(theirs); // They may change theirs.
      const infoHash = bytesToHex(await this.#platform.sha1(infoBytes)) as InfoHash;
      const info = parseInfo(infoBytes, encoding);
      const metadata = { info, infoBytes };
      const choose = choosing(select, undefined);
      const named = { trackers: trackerTiers, webSeeds };
      return { infoHash, displayName: info.name, metadata, ...named, select: choose, key: undefined };
    }
    const [link, second] = findLinks(source).links;
    if (link === undefined || second !== undefined)
      throw new UsageError("severalLinks", "This text names several torrents. Add one at a time.");
    const { infoHash, displayName, webSeeds, selectedFiles } = link;
    const through = await this.#platform.findThrough(link);
    return {
      infoHash,
      displayName,
      metadata: undefined,
      ...through,
      webSeeds,
      select: choosing(select, selectedFiles),
      key: withoutKey ? undefined : link.key,
    };
  }

  #openingOf(
    infoHash: InfoHash,
    key: ShareKey | undefined,
    choose: SelectFiles,
    { storage = this.#storage, withoutKey = false }: AddOptions,
  ): ReturnType<typeof openingOf> {
    let share: EncryptedShare | undefined;
    return openingOf({
      ...{ key, withoutKey, choose, carry: "add it with { withoutKey: true }" },
      openFiles: (info, selectedFiles) =>
        openStore(storage, this.#platform, infoHash, { info, selectedFiles }),
      openShare: ({ info, key, selectedFiles, events }) => {
        const select = share === undefined ? choose : () => selectedFiles; // It is opened anew when that changes.
        const revealed: typeof events.revealed = (files, selected, whole) => {
          share = whole ?? share;
          events.revealed(files, selected, whole);
        };
        const sealed = { key, share, select, events: { ...events, revealed } };
        return openStore(storage, this.#platform, infoHash, { info, selectedFiles, share: sealed });
      },
    });
  }

  #enter(torrent: PeerTorrent, key?: ShareKey): Promise<Torrent> {
    const { infoHash } = torrent;
    const known = this.#entered.get(infoHash);
    if (known !== undefined) return known;
    const entering = this.#open(torrent, key);
    this.#entered.set(infoHash, entering);
    entering.catch(() => this.#entered.delete(infoHash)); // Whoever adds it is told.
    return entering;
  }

  async #open(torrent: PeerTorrent, key: ShareKey | undefined): Promise<Torrent> {
    const { infoHash, displayName } = torrent;
    const { peer, clock, trackers } = this.#platform;
    await this.#leaving.get(infoHash)?.catch(() => {}); // Whoever removed it is told.
    const removed = (entered: Torrent, gone: Promise<void>): void => this.#removed(entered, gone);
    const ports = { peer, clock, trackers, states: this.#states, removed };
    try {
      await peer.add({ ...torrent, trackers: trackers.tiersFor(torrent.trackers) });
    } catch (error) {
      await peer.remove(infoHash, false);
      throw error;
    }
    const trackersNamed = [...new Set(torrent.trackers.flat())];
    const named = { trackers: trackersNamed, webSeeds: (torrent.webSeeds ?? []).map(({ url }) => url) };
    const entered = new Torrent({ infoHash, displayName, key, ...named }, ports);
    this.#show([...this.#list, entered]);
    return entered;
  }

  #removed(entered: Torrent, gone: Promise<void>): void {
    const { infoHash } = entered;
    this.#entered.delete(infoHash);
    this.#leaving.set(infoHash, gone);
    const forget = (): void => void this.#leaving.delete(infoHash);
    gone.then(forget, forget);
    this.#show(this.#list.filter((other) => other !== entered));
  }

  #show(list: readonly Torrent[]): void {
    this.#list = list;
    for (const listener of [...this.#listeners]) listener(list);
  }
}
