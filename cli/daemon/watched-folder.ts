import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import { readStart } from "#headless-peer/sources/read-start.ts";
import { messageOf } from "#shared/base/errors.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";
import { isExplained } from "../failure.ts";
import { linksIn, torrentIn } from "./new-torrents.ts";
import type { Origins } from "./origins.ts";

/** What is found goes to. */
export interface WatchEvents {
  /** Rejects with a sentence if it cannot be taken in. */
  readonly found: (reference: TorrentReference) => Promise<void>;
  readonly warn: (sentence: string) => void;
}

/** Programs write a file in several strokes. */
const SETTLE_MILLIS = 500;

/** Somebody writes into it all the time, perhaps: we look all the same. */
const MAX_SETTLE_MILLIS = 3_000;

/** Folders on another machine tell nothing of their changes, so we look now and then. */
const LOOK_MILLIS = 30_000;

/** Files that one look takes in: a folder of 100,000 is somebody's mistake. */
const MAX_WATCHED_FILES = 5_000;

/** Text files hold links. */
const MAX_TEXT_BYTES = 1024 * 1024;

const ENDING = /\.(torrent|magnet|txt)$/i;

/** How origins of this kind begin. */
const KIND = "watch:";

/**
 * Takes in the `.torrent` files that somebody puts into a folder, and the links in its `.magnet` and `.txt` files. The files stay as
 * they are. One that cannot be read is reported, and read again when it has changed.
 */
export class WatchedFolder {
  readonly #path: string;
  readonly #origins: Origins;
  readonly #events: WatchEvents;
  /** Reported, by origin: not again until the file changes. */
  #bad = new Set<string>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the first of the changes came that no look has seen. */
  #changedAt: number | undefined;
  #looking: Promise<void> | undefined;
  #looksAgain = false;
  #isClosed = false;
  /** What was wrong with the folder at the last look. */
  #problem: string | undefined;

  constructor(path: string, origins: Origins, events: WatchEvents) {
    this.#path = path;
    this.#origins = origins;
    this.#events = events;
  }

  /** Looks now, and from now on. Resolves after the first look. */
  async start(): Promise<void> {
    this.#watch();
    await this.#look();
    this.#lookIn(LOOK_MILLIS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#looking;
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#path, () => this.#lookSoon());
      this.#watcher.on("error", () => this.#unwatch());
    } catch {
      this.#unwatch(); // The look says what is wrong with the folder.
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #lookSoon(): void {
    const now = performance.now();
    this.#changedAt ??= now;
    this.#lookIn(Math.min(SETTLE_MILLIS, Math.max(0, this.#changedAt + MAX_SETTLE_MILLIS - now)));
  }

  #lookIn(millis: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#changedAt = undefined;
      if (this.#watcher === undefined) this.#watch();
      void this.#look().then(() => this.#lookIn(LOOK_MILLIS));
    }, millis);
  }

  /** One look at a time; whoever asks meanwhile waits for a further one. */
  #look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#looksAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilQuiet().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#looksAgain = false;
      await this.#lookOnce();
    } while (this.#looksAgain && !this.#isClosed);
  }

  async #lookOnce(): Promise<void> {
    const names = await this.#names();
    if (names === undefined) return;
    const present = new Set<string>();
    for (const name of names) {
      if (this.#isClosed) return;
      const origin = await this.#originOf(name);
      if (origin === undefined) continue;
      present.add(origin);
      if (!this.#origins.has(origin) && !this.#bad.has(origin)) await this.#take(name, origin);
    }
    // An empty folder may be where a disk is missing: what was taken in from it must not come back with it.
    if (names.length > 0) this.#origins.retain(KIND, present);
    this.#bad = new Set([...this.#bad].filter((origin) => present.has(origin)));
  }

  /** Undefined: the folder cannot be read. */
  async #names(): Promise<readonly string[] | undefined> {
    try {
      const names = (await readdir(this.#path)).filter((name) => ENDING.test(name));
      const isTooMuch = names.length > MAX_WATCHED_FILES;
      this.#report(
        isTooMuch
          ? `has more than ${MAX_WATCHED_FILES} files of torrents; the others are left out`
          : undefined,
      );
      return names.sort().slice(0, MAX_WATCHED_FILES);
    } catch (error) {
      this.#report(`cannot be read (${messageOf(error)}); it is tried again`);
      this.#unwatch();
      return undefined;
    }
  }

  /** Says what is wrong with the folder once, not at each look. */
  #report(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.#problem)
      this.#events.warn(`The watched folder ${this.#path} ${problem}.`);
    this.#problem = problem;
  }

  /** Another one once the file has changed. Undefined: it has just gone, or is no file. */
  async #originOf(name: string): Promise<string | undefined> {
    try {
      const stats = await stat(join(this.#path, name), { bigint: true });
      return stats.isFile() ? `${KIND}${join(this.#path, name)}:${stats.size}:${stats.mtimeNs}` : undefined;
    } catch {
      return undefined;
    }
  }

  async #take(name: string, origin: string): Promise<void> {
    const path = join(this.#path, name);
    try {
      for (const reference of await this.#referencesIn(path)) await this.#events.found(reference);
      this.#origins.add(origin);
    } catch (error) {
      if (!isExplained(error)) throw error;
      this.#bad.add(origin);
      this.#events.warn(`${path}: ${error.message}`);
    }
  }

  async #referencesIn(path: string): Promise<readonly TorrentReference[]> {
    if (/\.torrent$/i.test(path)) return [torrentIn(await readStart(path, MAX_TORRENT_FILE_BYTES + 1))];
    const text = new TextDecoder().decode(await readStart(path, MAX_TEXT_BYTES));
    return linksIn(text, (sentence) => this.#events.warn(`${path}: ${sentence}`));
  }
}
