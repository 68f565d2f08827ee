import { join } from "node:path";
import { deleteDownload } from "#headless-peer/files/delete-download.ts";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { EndReason } from "#headless-peer/sharing-ends.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { NO_TOTALS } from "#shared/session/totals.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Run } from "../once.ts";
import { downloadedNews, endedNews, errorNews, type PeerNews } from "../peer-news.ts";
import type { Publisher } from "../publisher.ts";
import { CompletionCommand } from "./completion-command.ts";
import { type DaemonLimits, KeptLimits } from "./kept-limits.ts";
import { KeptTorrents } from "./kept-torrents.ts";
import type { NewTorrent } from "./new-torrents.ts";
import type { TorrentRecord } from "./record.ts";
import type { StateFolder } from "./state-folder.ts";
import { DaemonTorrent, type EnteringTorrent } from "./torrent.ts";
import { type TorrentChange, TorrentChanges } from "./torrent-changes.ts";

/** What a daemon needs. */
export interface DaemonParts {
  readonly peer: HeadlessPeer;
  readonly named: NamedTrackers;
  readonly state: StateFolder;
  /** Limits of all torrents together, for as long as nobody has chosen others. */
  readonly limits: DaemonLimits;
  /** A program to run for each download that is complete. */
  readonly onComplete: string | undefined;
  readonly publisher: Publisher;
  readonly run: Run;
  readonly tell: (news: PeerNews) => void;
}

/** A torrent of the list. */
export interface Listed {
  readonly torrent: Pick<DaemonTorrent, "record" | "name" | "info">;
  readonly view: TorrentView;
  /** Why it is no longer shared. */
  readonly endReason: EndReason | undefined;
}

/** Each costs memory, a place in trackers, and a line in every list. */
const MAX_TORRENTS = 5_000;

/** Torrents whose files are opened at once at the start. */
const OPENINGS_AT_ONCE = 8;

/** What a crash may forget of the totals. */
const TOTALS_MILLIS = 60_000;

/**
 * A peer that runs for years: it keeps its torrents in a folder, and has them again after it was stopped or killed.
 *
 * Invariant: a torrent is in the list exactly if it is in the folder, or is about to be written there.
 */
export class Daemon {
  readonly #parts: DaemonParts;
  readonly #kept: KeptTorrents;
  readonly #limits: KeptLimits;
  readonly #changes: TorrentChanges;
  readonly #completion: CompletionCommand | undefined;
  readonly #torrents = new Map<InfoHash, DaemonTorrent>();
  /** Removed, but not gone yet from the peer and the disk: whoever adds one again waits for that. */
  readonly #leaving = new Map<InfoHash, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  #totalsTimer: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    this.#kept = new KeptTorrents(parts.state);
    this.#limits = new KeptLimits(parts.state, parts.limits, parts.peer);
    this.#changes = new TorrentChanges({
      ...{ peer: parts.peer, named: parts.named },
      keep: (torrent, change) => this.#keep(torrent, change),
      has: (torrent) => this.#has(torrent),
      tellProblem: (torrent, problem) => this.#tellProblem(torrent, problem),
    });
    this.#completion =
      parts.onComplete === undefined ? undefined : new CompletionCommand(parts.onComplete, parts.run);
    parts.peer.watch((infoHash, what) => {
      const torrent = infoHash && this.#torrents.get(infoHash);
      if (torrent !== undefined) this.#happened(torrent, what);
    });
  }

  /** Lists what it had when it ended. Nothing else may happen before: it would not know of a torrent that it has. */
  async load(): Promise<void> {
    await this.#limits.load();
    const kept = await this.#kept.load(this.#parts.run.warn);
    if (kept.length > MAX_TORRENTS) throw tooMany();
    for (const torrent of kept) this.#list(torrent);
  }

  /** Shares what it has loaded. Resolves when all files are open, or it is known why they cannot be. */
  async restore(): Promise<void> {
    this.#totalsTimer = setInterval(() => this.#keepTotals(), TOTALS_MILLIS);
    const next = [...this.#torrents.values()].values();
    const open = async (): Promise<void> => {
      for (const torrent of next) if (!this.#isClosing && this.#has(torrent)) await this.#enter(torrent);
    };
    await Promise.all(Array.from({ length: OPENINGS_AT_ONCE }, open));
  }

  get peer(): HeadlessPeer {
    return this.#parts.peer;
  }

  get named(): NamedTrackers {
    return this.#parts.named;
  }

  /** All torrents, the oldest first. */
  list(): readonly Listed[] {
    const running = new Map(this.peer.view().map((view) => [view.infoHash, view]));
    return [...this.#torrents.values()].map((torrent) =>
      this.#listed(torrent, running.get(torrent.infoHash)),
    );
  }

  /** One of them. Undefined: it has no such torrent. */
  find(infoHash: InfoHash): Listed | undefined {
    const torrent = this.#torrents.get(infoHash);
    return torrent && this.#listed(torrent, this.peer.viewOf(infoHash));
  }

  has(infoHash: InfoHash): boolean {
    return this.#torrents.has(infoHash);
  }

  /** What a torrent consists of. Undefined: it is not known yet, or there is no such torrent. */
  metadata(infoHash: InfoHash): TorrentMetadata | undefined {
    return this.#torrents.get(infoHash)?.metadata;
  }

  /** The files of a torrent, to be read while they arrive. Undefined: they are not known yet, or not open. */
  files(infoHash: InfoHash): readonly TorrentFile[] | undefined {
    return this.#torrents.get(infoHash)?.files();
  }

  /** Calls the listener when a torrent comes or goes, until the returned function is called. */
  watchList(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes a torrent in. One that is there already stays as it is, unless it needed another key. Resolves once its files are open, with
   * why they cannot be if so; it stays in the list then, and can be resumed. Rejects with a `UsageError` if there is no room.
   */
  async add(fresh: NewTorrent): Promise<{ readonly isNew: boolean; readonly problem?: string }> {
    const { record, metadata } = fresh;
    const { infoHash } = record;
    while (this.#leaving.has(infoHash)) await this.#leaving.get(infoHash);
    const known = this.#torrents.get(infoHash);
    if (known !== undefined) return this.#mendKey(known, record);
    if (this.#torrents.size >= MAX_TORRENTS) throw tooMany();
    const torrent = this.#list({ ...fresh, totals: NO_TOTALS });
    this.#changed();
    const unkept = await torrent.inTurn(async () => {
      const problem = metadata && (await this.#kept.keepMetadata(record, metadata));
      return (await this.#kept.keep(torrent.record)) ?? problem;
    });
    if (!this.#has(torrent)) return { isNew: true }; // Somebody has removed it meanwhile.
    const forgotten = unkept && `The daemon cannot keep it, so it would be gone after a restart. ${unkept}`;
    const problem = (await this.#enter(torrent)) ?? forgotten;
    return { isNew: true, ...(problem !== undefined && { problem }) };
  }

  /** Changes a torrent. Rejects with a `UsageError` if there is no such torrent or it cannot be so. */
  async change(infoHash: InfoHash, change: TorrentChange): Promise<void> {
    await this.#changes.make(this.#theTorrent(infoHash), change);
  }

  /** Takes a torrent out of the list. `deleteData`: also what it has downloaded, but never the person's own files. */
  async remove(infoHash: InfoHash, deleteData: boolean): Promise<void> {
    const torrent = this.#theTorrent(infoHash);
    this.#torrents.delete(infoHash);
    const left = this.#leave(torrent, deleteData).finally(() => this.#leaving.delete(infoHash));
    this.#leaving.set(
      infoHash,
      left.catch(() => {}), // Whoever removes it is told.
    );
    this.#changed();
    await left;
  }

  /** Limits of all torrents together. */
  get limits(): DaemonLimits {
    return this.#limits.now;
  }

  /** Sets them, and keeps them for the next start. */
  limit(limits: DaemonLimits): void {
    this.#limits.set(limits);
  }

  /** Says goodbye and writes what is left to write. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#totalsTimer);
    this.#keepTotals();
    const programDone = this.#completion?.close();
    await this.peer.close().finally(() => this.#parts.state.settled());
    await programDone;
  }

  /** A link brings a key for an encrypted share that could not be read so far, or none for a torrent that needs none. */
  async #mendKey(torrent: DaemonTorrent, { content }: TorrentRecord): ReturnType<Daemon["add"]> {
    const known = torrent.record.content;
    if (
      known.type === "own" ||
      content.type === "own" ||
      content.withoutKey ||
      !torrent.lacksKey(content.key)
    )
      return { isNew: false };
    this.#keep(torrent, { content: { ...known, key: content.key } });
    const problem = await torrent.enterAnew();
    if (problem !== undefined) this.#tellProblem(torrent, problem);
    return { isNew: false, ...(problem !== undefined && { problem }) };
  }

  #list(entering: EnteringTorrent): DaemonTorrent {
    const { peer, named, state, run } = this.#parts;
    const seedRecords = join(state.path, "seeds");
    const torrent = new DaemonTorrent(entering, { peer, named, seedRecords, warn: run.warn });
    this.#torrents.set(torrent.infoHash, torrent);
    return torrent;
  }

  #listed(torrent: DaemonTorrent, running: TorrentView | undefined): Listed {
    const view = torrent.view(running);
    return { torrent, view, endReason: this.peer.endReason(view) };
  }

  async #enter(torrent: DaemonTorrent): Promise<string | undefined> {
    const { publisher, peer } = this.#parts;
    const problem = await torrent.enter();
    const { metadata, infoHash } = torrent;
    const { description } = torrent.record;
    if (problem !== undefined) this.#tellProblem(torrent, problem);
    else if (description !== undefined && metadata !== undefined)
      publisher.add({ infoHash, infoBytes: metadata.infoBytes, seed: metadata }, description);
    publisher.look(peer);
    return problem;
  }

  async #leave(torrent: DaemonTorrent, deleteData: boolean): Promise<void> {
    const { infoHash } = torrent;
    await torrent.leave();
    await this.#kept.forget(infoHash);
    const { content } = torrent.record;
    const { info } = torrent;
    if (deleteData && content.type === "download" && info !== undefined)
      await deleteDownload({ infoHash, info, folder: content.folder });
  }

  /** Whether nobody has removed it. */
  #has(torrent: DaemonTorrent): boolean {
    return this.#torrents.get(torrent.infoHash) === torrent;
  }

  #theTorrent(infoHash: InfoHash): DaemonTorrent {
    const torrent = this.#torrents.get(infoHash);
    if (torrent !== undefined) return torrent;
    throw new UsageError("noSuchTorrent", `The daemon has no torrent ${infoHash}. List them: tabswarm list`);
  }

  #keep(torrent: DaemonTorrent, change: Partial<TorrentRecord>): void {
    torrent.record = { ...torrent.record, ...change };
    if (this.#has(torrent)) void this.#kept.keep(torrent.record);
  }

  #happened(torrent: DaemonTorrent, what: Happening): void {
    switch (what.type) {
      case "metadataArrived":
        return this.#keepMetadata(torrent);
      case "phaseChanged":
        return this.#parts.publisher.look(this.peer);
      case "torrentCompleted":
        return this.#completed(torrent);
      case "sharingStopped":
        return this.#parts.tell(endedNews(torrentView(this, torrent.infoHash), what.because));
      case "problemChanged":
        if (what.problem !== undefined) this.#tellProblem(torrent, what.problem);
        return;
    }
  }

  #keepMetadata(torrent: DaemonTorrent): void {
    const metadata = this.peer.torrents.metadata(torrent.infoHash);
    if (metadata === undefined) return;
    torrent.metadata = metadata;
    void this.#kept.keepMetadata(torrent.record, metadata);
    this.#keep(torrent, { displayName: metadata.info.name });
  }

  #completed(torrent: DaemonTorrent): void {
    const { content, completedAt } = torrent.record;
    if (content.type === "own" || completedAt !== undefined) return;
    this.#keep(torrent, { completedAt: Date.now() });
    const { infoHash, info } = torrent;
    this.#parts.tell(downloadedNews(torrentView(this, infoHash), content.folder));
    if (info !== undefined) this.#completion?.run(infoHash, info, content.folder);
  }

  #tellProblem({ name }: DaemonTorrent, problem: string): void {
    this.#parts.tell(errorNews(`${name}: ${problem}`));
  }

  #keepTotals(): void {
    const running = new Map(this.peer.view().map((view) => [view.infoHash, view]));
    const torrents = [...this.#torrents.values()];
    this.#kept.keepTotals(
      new Map(torrents.map((torrent) => [torrent.infoHash, torrent.totals(running.get(torrent.infoHash))])),
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function torrentView(daemon: Daemon, infoHash: InfoHash): TorrentView {
  const found = daemon.find(infoHash);
  if (found === undefined) throw new Error("a torrent of the list is not in the list");
  return found.view;
}

function tooMany(): UsageError {
  return new UsageError("tooMany", `A daemon has at most ${MAX_TORRENTS} torrents. Remove some first.`);
}
