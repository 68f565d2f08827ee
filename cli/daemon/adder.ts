import { isAbsolute } from "node:path";
import type { TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { AddedJson, HashingJson, NewTorrentJson } from "#shared/daemon/daemon-api.ts";
import { encryptionOf } from "#shared/library/encryption.ts";
import type { TorrentLimits } from "../flags/limit-flags.ts";
import type { Run } from "../once.ts";
import type { PeerNews } from "../peer-news.ts";
import type { Progress, Work } from "../show/progress.ts";
import { skippedLines } from "../show/skipped.ts";
import type { SeedWish } from "../sources/seed-source.ts";
import { changedLimits } from "./changed-limits.ts";
import type { Daemon } from "./daemon.ts";
import {
  linksIn,
  type NewTorrent,
  newDownload,
  newSeed,
  type SeedChoice,
  torrentIn,
} from "./new-torrents.ts";

/** Files and folders that wait to be hashed, or are hashed: each of them reads a disk that is busy already. */
const MAX_WAITING = 100;

type Added = AddedJson["items"][number];
type Warn = (sentence: string) => void;

/** What is chosen for a torrent that nobody chooses more for. */
export interface UsualChoice {
  /** Where downloads go. */
  readonly folder: string;
  readonly limits: TorrentLimits;
}

/** Takes torrents into a daemon, from wherever they are named. It hashes one torrent after the other. */
export class Adder {
  readonly #daemon: Daemon;
  readonly #usual: UsualChoice;
  readonly #run: Run;
  readonly #tell: (news: PeerNews) => void;
  readonly #hashing = new Set<HashingJson>();
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(daemon: Daemon, usual: UsualChoice, run: Run, tell: (news: PeerNews) => void) {
    this.#daemon = daemon;
    this.#usual = usual;
    this.#run = run;
    this.#tell = tell;
  }

  /** What is being hashed. */
  hashing(): readonly HashingJson[] {
    return [...this.#hashing];
  }

  /** What a request to the API names. Rejects with a sentence if nothing of it can be taken in. */
  async add(wish: NewTorrentJson): Promise<AddedJson> {
    const warnings: string[] = [];
    const warn = (sentence: string): void => void warnings.push(sentence);
    const items = await this.#addAll(wish, warn);
    return { items, warnings };
  }

  async #addAll(wish: NewTorrentJson, warn: Warn): Promise<readonly Added[]> {
    const { link, torrent, paths, folder = this.#usual.folder, select = [], isPaused = false } = wish;
    const { withoutKey = false } = wish;
    if ([link, torrent, paths].filter((one) => one !== undefined).length !== 1)
      throw new UsageError("malformedRequest", "Name exactly one of `link`, `torrent` and `paths`.");
    for (const path of [folder, ...(paths ?? [])])
      if (!isAbsolute(path)) throw new UsageError("relativePath", `${path} is not an absolute path.`);
    const limits = { ...this.#usual.limits, ...changedLimits({}, wish.limits ?? {}) };
    if (paths !== undefined) {
      const { name, isPrivate = false } = wish;
      const encrypt = encryptionOf({ encrypt: encryptIn(wish), isPrivate });
      const seed = { paths, private: isPrivate, encrypt, ...(name !== undefined && { name }) };
      return [await this.seed(seed, { isPaused, limits: withoutOrder(limits) }, warn)];
    }
    if (wish.encrypt === true || wish.again !== undefined)
      throw new UsageError(
        "malformedRequest",
        "Only what is shared from `paths` can be encrypted. Leave out `encrypt` and `again`.",
      );
    const references =
      torrent === undefined ? linksIn(link ?? "", warn) : [torrentIn(Buffer.from(torrent, "base64"))];
    const added: Added[] = [];
    for (const reference of references)
      added.push(
        await this.download(reference, { folder, globs: select, withoutKey, isPaused, limits }, warn),
      );
    return added;
  }

  /** Downloads a torrent, or shares what is there of it already. Rejects with a sentence. */
  async download(
    reference: TorrentReference,
    choice: Partial<Parameters<typeof newDownload>[1]>,
    warn: Warn,
  ): Promise<Added> {
    const whole = { ...this.#usual, globs: [], withoutKey: false, isPaused: false, ...choice };
    return this.#take(await newDownload(reference, whole, this.#daemon.named, warn), warn);
  }

  /** Shares the person's own files, once it is their turn to be hashed. Rejects with a sentence. */
  async seed(wish: SeedWish, choice: SeedChoice, warn: Warn): Promise<Added> {
    if (this.#waiting >= MAX_WAITING)
      throw new UsageError("tooMuch", `${MAX_WAITING} torrents wait to be hashed. Add this one later.`);
    this.#waiting += 1;
    const skipped = (entries: Parameters<typeof skippedLines>[0]): void =>
      skippedLines(entries).forEach(warn);
    const hash = (): Promise<NewTorrent> =>
      newSeed(wish, choice, { hashing: (work) => this.#progressOf(work), skipped }, warn);
    const hashed = this.#turn.then(hash);
    this.#turn = hashed.catch(() => {}); // Whoever asked is told.
    try {
      return await this.#take(await hashed, warn);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #take(torrent: NewTorrent, warn: Warn): Promise<Added> {
    const { infoHash, displayName } = torrent.record;
    const name = displayName ?? infoHash;
    const { isNew, problem } = await this.#daemon.add(torrent);
    if (problem !== undefined) warn(`${name}: ${problem}`);
    if (isNew) {
      this.#run.log.info({ infoHash, name }, "torrent added");
      this.#tell({ text: `added ${name} (${infoHash})`, fact: { type: "added", name, infoHash } });
    }
    return { infoHash, name, isNew };
  }

  #progressOf({ name, bytesTotal }: Work): Progress {
    const hashing = { name, bytesDone: 0, bytesTotal };
    this.#hashing.add(hashing);
    return {
      add: (bytes) => {
        hashing.bytesDone += bytes;
      },
      end: () => void this.#hashing.delete(hashing),
    };
  }
}

function encryptIn({ encrypt, again }: NewTorrentJson) {
  return again === undefined ? encrypt : { again };
}

/** The person's own files have no order to fetch them in. */
function withoutOrder({ inOrder: _, ...limits }: TorrentLimits): TorrentLimits {
  return limits;
}
