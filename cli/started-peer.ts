import { basename } from "node:path";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { EndReason } from "#headless-peer/sharing-ends.ts";
import type { SkippedEntry } from "#headless-peer/sources/find-files.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { CommandError, isExplained } from "./failure.ts";
import { ownLimits, type TorrentLimits } from "./flags/limit-flags.ts";
import { foundWithoutTracker } from "./flags/peer-flags.ts";
import { whenStateChanges } from "./look-until.ts";
import type { Run } from "./once.ts";
import { downloadedNews, endedNews, errorNews, type PeerNews, pastNews, torrentTexts } from "./peer-news.ts";
import { catalogsAt, Publisher, publishText } from "./publisher.ts";
import type { Progress, Work } from "./show/progress.ts";
import { skippedLines } from "./show/skipped.ts";
import { torrentFacts } from "./show/status.ts";
import { trackerTroubles } from "./show/tracker-trouble.ts";
import { findDownloads } from "./sources/download-source.ts";
import { findSeed, seedLinks, seedTorrent } from "./sources/seed-source.ts";
import type { PeerConfig, PublishedSeed } from "./sources/start-config.ts";
import { findTrackers } from "./sources/trackers.ts";
import { startPeer } from "./start-peer.ts";

type State =
  | { readonly type: "starting" }
  /** `busy`: what it is hashing. `hasBegun`: it has added every torrent that it could. */
  | { readonly type: "running"; readonly peer: HeadlessPeer; busy: string | undefined; hasBegun: boolean }
  /** It does nothing any more. `hasFailed`: and not because everything has stopped as the person chose. */
  | { readonly type: "over"; readonly hasFailed: boolean; readonly text: string };

/** The torrent and folder of each download: two peers would overwrite each other's files. */
export type Claims = Set<string>;

/** Runs one peer of a config from start to end. Reports what fails and goes on with the rest. */
export class StartedPeer {
  readonly #config: PeerConfig;
  readonly #run: Run;
  readonly #tell: (news: PeerNews) => void;
  readonly #claims: Claims;
  readonly #changed: () => void;
  readonly #added = new Set<InfoHash>();
  /** The folder of each download. */
  readonly #folders = new Map<InfoHash, string>();
  /** Torrents reported as downloaded. */
  readonly #downloaded = new Set<InfoHash>();
  /** Torrents reported as stopped. */
  readonly #stopped = new Set<InfoHash>();
  /** Something went wrong with it or one of its torrents. */
  #hasTrouble = false;
  readonly #publisher: Publisher;
  /** What was wrong with its trackers at the last look. */
  #troubles: readonly string[] = [];
  #state: State = { type: "starting" };
  /** Set when all torrents have stopped. */
  #closing: Promise<void> | undefined;

  /** `changed` is called when a look may find news. */
  constructor(
    config: PeerConfig,
    claims: Claims,
    run: Run,
    tell: (news: PeerNews) => void,
    changed: () => void,
  ) {
    this.#changed = changed;
    this.#config = config;
    this.#claims = claims;
    this.#run = run;
    this.#tell = tell;
    this.#publisher = new Publisher(catalogsAt(config.flags.tracker), {
      warn: run.warn,
      told: ({ outcome, ...news }) => {
        run.log.info(news, outcome);
        tell({ text: publishText({ outcome, ...news }), fact: { type: outcome, ...news } });
      },
    });
  }

  /** It could not start, could add no torrent, or all its torrents have stopped. */
  get isOver(): boolean {
    return this.#state.type === "over";
  }

  /** It is over, and not because all its torrents have stopped as the person chose. */
  get hasFailed(): boolean {
    return this.#state.type === "over" && this.#state.hasFailed;
  }

  /** Resolves when every torrent has been added or has failed, or the signal has stopped it. */
  async start(signal: AbortSignal): Promise<void> {
    const { flags, seeds, downloads } = this.#config;
    await this.#trying(async () => {
      const named = await findTrackers(flags.tracker, this.#run.warn);
      signal.throwIfAborted();
      const peer = await startPeer(flags, named, this.#run);
      if (signal.aborted) return peer.close();
      const state: State = { type: "running", peer, busy: undefined, hasBegun: false };
      this.#state = state;
      whenStateChanges(peer)(this.#changed);
      const { port } = peer;
      if (port !== undefined) this.#tell({ text: `TCP port ${port}`, fact: { type: "listening", port } });
      for (const wish of downloads) await this.#trying(() => this.#download(peer, named, wish), signal);
      for (const wish of seeds) await this.#trying(() => this.#seed(peer, named, wish, signal), signal);
      if (!signal.aborted && peer.view().length === 0)
        await this.#end(peer, "None of its torrents could be started");
      state.hasBegun = true;
      this.#changed();
    }, signal);
  }

  /** Reports finished downloads, stopped torrents and trackers in trouble. */
  look(): void {
    this.#lookAtTrackers();
    if (this.#state.type === "running") this.#publisher.look(this.#state.peer);
    if (this.#state.type !== "running") return;
    const { peer, hasBegun } = this.#state;
    const views = peer.view();
    for (const view of views) this.#lookAt(view, peer.endReason(view));
    if (!hasBegun || !views.every(({ infoHash }) => this.#stopped.has(infoHash))) return;
    this.#closing = this.#end(peer, "All of its torrents have stopped");
    this.#closing.catch(() => {}); // `close` awaits it and throws its error.
  }

  /** `because`: why it is no longer shared. */
  #lookAt(view: TorrentView, because: EndReason | undefined): void {
    const { infoHash, phase } = view;
    const folder = this.#folders.get(infoHash);
    const isComplete = phase === "seeding" || because !== undefined;
    if (isComplete && folder !== undefined && !this.#downloaded.has(infoHash)) {
      this.#downloaded.add(infoHash);
      this.#tell(downloadedNews(view, folder));
    }
    if (this.#stopped.has(infoHash) || (because === undefined && phase !== "error")) return;
    this.#stopped.add(infoHash);
    if (because !== undefined) return this.#tell(endedNews(view, because));
    this.#hasTrouble = true;
    this.#tell(errorNews(`${view.name}: ${view.problem ?? "it stopped"}`));
  }

  #lookAtTrackers(): void {
    const troubles = trackerTroubles(this.#views()).map(({ what }) => what);
    for (const what of troubles) if (!this.#troubles.includes(what)) this.#run.warn(what);
    this.#troubles = troubles;
  }

  /** How it is doing, in one line. */
  text(): string {
    if (this.#state.type === "over") return this.#state.text;
    if (this.#state.type === "starting") return "Starting";
    const { busy } = this.#state;
    return [...(busy === undefined ? [] : [busy]), ...torrentTexts(this.#views())].join(", ");
  }

  /** The same for a program. */
  fact(): object {
    const problem = this.hasFailed ? this.text() : undefined;
    return { type: "status", peer: this.#config.id, problem, torrents: this.#views().map(torrentFacts) };
  }

  async close(): Promise<void> {
    if (this.#state.type === "running") await this.#state.peer.close();
    await this.#closing;
  }

  #views(): readonly TorrentView[] {
    return this.#state.type === "running" ? this.#state.peer.view() : [];
  }

  async #download(
    peer: HeadlessPeer,
    named: NamedTrackers,
    wish: PeerConfig["downloads"][number],
  ): Promise<void> {
    const own = { sources: [wish.source], webSeeds: [], withoutKey: false };
    const whole = { ...wish, ...own, named, selected: () => {} };
    for (const torrent of await findDownloads(whole, this.#run.warn)) {
      const claim = `${torrent.infoHash} ${wish.folder}`;
      if (this.#claims.has(claim)) {
        throw new StorageError(
          `A peer already downloads ${torrent.displayName ?? torrent.infoHash} into ${wish.folder}. Choose another "out".`,
        );
      }
      this.#claims.add(claim);
      await this.#add(peer, torrent, wish.limits);
      this.#folders.set(torrent.infoHash, wish.folder);
    }
  }

  async #seed(
    peer: HeadlessPeer,
    named: NamedTrackers,
    wish: PublishedSeed,
    signal: AbortSignal,
  ): Promise<void> {
    const { stopAt } = wish.limits;
    if (stopAt !== undefined && stopAt <= Date.now())
      return this.#tell(pastNews(wish.paths.map((path) => basename(path)).join(", ")));
    const hashing = ({ verb, name, bytesTotal }: Work): Progress => {
      let bytesDone = 0;
      const show = (text: string | undefined): void => {
        if (this.#state.type === "running") this.#state.busy = text;
      };
      return {
        add: (bytes) => {
          signal.throwIfAborted();
          bytesDone += bytes;
          show(`${verb} ${name} ${Math.floor((100 * bytesDone) / Math.max(1, bytesTotal))} %`);
        },
        end: () => show(undefined),
      };
    };
    const skipped = (entries: readonly SkippedEntry[]): void => {
      for (const line of skippedLines(entries)) this.#run.warn(line);
    };
    const found = await findSeed(wish, { hashing, skipped });
    for (const sentence of found.warnings) this.#run.warn(sentence);
    await this.#add(peer, seedTorrent(found, named), wish.limits);
    if (wish.description !== undefined) this.#publisher.add(found, wish.description);
    const links = seedLinks(found, named);
    const { infoHash } = found;
    const { name } = found.info;
    this.#run.log.info({ infoHash, port: peer.port }, "seeding");
    this.#tell({
      text: `sharing ${name}: ${found.key === undefined ? links.magnet : links.link}`, // Only that can be read.
      fact: { type: "seeding", name, infoHash, ...links },
    });
  }

  async #add(peer: HeadlessPeer, torrent: PeerTorrent, limits: TorrentLimits): Promise<void> {
    const { infoHash, trackers, metadata, displayName } = torrent;
    if (this.#added.has(infoHash)) {
      const name = displayName ?? infoHash;
      throw new UsageError(
        "namedTwice",
        `${name} is named twice. Remove one of the two from "seed" or "download".`,
      );
    }
    this.#added.add(infoHash);
    if (trackers.flat().length === 0) {
      const how = foundWithoutTracker(this.#config.flags, metadata?.info.isPrivate ?? false);
      this.#run.warn(`${displayName ?? torrent.infoHash}: ${how}`);
    }
    await peer.add({ ...torrent, ...ownLimits(limits) });
  }

  /** Does part of the work. Reports a failure, unless the signal has stopped it. */
  async #trying(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!isExplained(error) && !(error instanceof CommandError)) throw error;
      this.#hasTrouble = true;
      this.#run.log.error(error.message);
      this.#tell(errorNews(error.message));
      if (this.#state.type !== "starting") return;
      this.#state = { type: "over", hasFailed: true, text: error.message };
      this.#changed();
    }
  }

  /** `problem`: what to call it if anything went wrong. */
  async #end(peer: HeadlessPeer, problem: string): Promise<void> {
    const hasFailed = this.#hasTrouble;
    this.#state = { type: "over", hasFailed, text: hasFailed ? problem : "Nothing is left to share" };
    this.#changed();
    await peer.close();
  }
}
