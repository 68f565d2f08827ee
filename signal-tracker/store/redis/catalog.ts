import type { InfoHash } from "#shared/base/ids.ts";
import { StoreUnavailable, type TorrentRecord, type TorrentSighting } from "../../core/record-store.ts";
import type { RecordLimits } from "../../limits/catalog.ts";
import { TorrentIndex } from "../memory/torrent-index.ts";
import { recordKey } from "./record-scripts.ts";
import type { RedisLink, RedisReply } from "./redis-link.ts";
import { parseTorrentJson } from "./torrent-json.ts";

/** Entries read from Redis at once: a few milliseconds of it. */
const SCANNED_AT_ONCE = 200;

/**
 * The catalog in Redis, and an index of it in this node's memory: Redis cannot search texts. Every change increments the catalog's
 * version, and whoever makes it tells the other nodes. A node that misses a version reads the whole catalog again.
 *
 * Invariant: the index shows all changes up to `#version`, and those in `#ahead`.
 */
export class RedisCatalog {
  readonly #link: RedisLink;
  readonly #tell: (infoHash: InfoHash, version: number) => void;
  readonly #unreadable: (infoHash: InfoHash) => void;
  readonly #limits: RecordLimits | undefined;
  #index: TorrentIndex;
  #version = 0;
  readonly #ahead = new Set<number>();
  /** Entries that changed while the catalog is being read. */
  #changed: Set<InfoHash> | undefined;

  /** `tell` tells the other nodes of a change, and `unreadable` hears of an entry that is left out. */
  constructor(
    link: RedisLink,
    tell: (infoHash: InfoHash, version: number) => void,
    unreadable: (infoHash: InfoHash) => void,
    limits?: RecordLimits,
  ) {
    this.#link = link;
    this.#tell = tell;
    this.#unreadable = unreadable;
    this.#limits = limits;
    this.#index = new TorrentIndex(limits);
  }

  get index(): Pick<TorrentIndex, "search" | "totals"> {
    return this.#index;
  }

  /** This node has added an entry. */
  added(torrent: TorrentRecord, version: number): void {
    this.#index.put(torrent);
    this.#note(torrent.infoHash, version);
    this.#tell(torrent.infoHash, version);
  }

  /** This node has removed an entry. */
  removed(infoHash: InfoHash, version: number): void {
    this.#index.remove(infoHash);
    this.#note(infoHash, version);
    this.#tell(infoHash, version);
  }

  /** This node has counted seeders. */
  saw(sightings: readonly TorrentSighting[]): void {
    for (const sighting of sightings) {
      const torrent = this.#index.get(sighting.infoHash);
      if (torrent !== undefined) this.#index.put({ ...torrent, ...sighting });
    }
  }

  /** Another node has told us of a change. If Redis is unavailable, `check` will notice that we missed it. */
  async heard(infoHash: InfoHash, version: number): Promise<void> {
    try {
      await this.#refresh(infoHash);
      this.#note(infoHash, version);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  /** Reads the catalog anew if we have missed a change. */
  async check(): Promise<void> {
    if (this.#changed !== undefined) return;
    const version = Number((await this.#link.send(["GET", recordKey("version")])) ?? 0);
    if (version !== this.#version) await this.#readAll(version);
  }

  /** An entry as Redis has it. */
  async read(infoHash: InfoHash): Promise<TorrentRecord | undefined> {
    const [torrent] = await this.#readSome([infoHash]);
    return torrent;
  }

  async #refresh(infoHash: InfoHash): Promise<void> {
    const torrent = await this.read(infoHash);
    if (torrent === undefined) this.#index.remove(infoHash);
    else this.#index.put(torrent);
  }

  #note(infoHash: InfoHash, version: number): void {
    this.#changed?.add(infoHash);
    if (version > this.#version) this.#ahead.add(version);
    this.#advance();
  }

  #advance(): void {
    while (this.#ahead.delete(this.#version + 1)) this.#version += 1;
  }

  /** `version`: what Redis had before. What changes meanwhile is read once more. */
  async #readAll(version: number): Promise<void> {
    const changed = new Set<InfoHash>();
    this.#changed = changed;
    try {
      const index = new TorrentIndex(this.#limits);
      let cursor = "0";
      do {
        const scan = ["HSCAN", recordKey("torrents"), cursor, "COUNT", String(SCANNED_AT_ONCE)];
        const [next, pairs] = listOf(await this.#link.send(scan));
        const found = listOf(pairs ?? null).filter((_, at) => at % 2 === 0);
        for (const torrent of await this.#readSome(found.map((infoHash) => String(infoHash) as InfoHash)))
          index.put(torrent);
        cursor = String(next);
      } while (cursor !== "0");
      this.#index = index;
      if (version < this.#version) this.#ahead.clear(); // Redis has lost its data.
      for (const ahead of this.#ahead) if (ahead <= version) this.#ahead.delete(ahead);
      this.#version = version;
      this.#advance();
    } finally {
      this.#changed = undefined;
    }
    for (const infoHash of changed) await this.#refresh(infoHash);
  }

  async #readSome(infoHashes: readonly InfoHash[]): Promise<readonly TorrentRecord[]> {
    if (infoHashes.length === 0) return [];
    const read = async (hash: string) =>
      listOf(await this.#link.send(["HMGET", recordKey(hash), ...infoHashes]));
    const [texts, seeders, seededAt] = await Promise.all([
      read("torrents"),
      read("seeders"),
      read("seededAt"),
    ]);
    return infoHashes.flatMap((infoHash, at) => {
      const text = texts[at];
      if (typeof text !== "string") return [];
      const torrent = parseTorrentJson(infoHash, text, seeders[at], seededAt[at]);
      if (torrent === undefined) this.#unreadable(infoHash);
      return torrent ?? [];
    });
  }
}

const listOf = (reply: RedisReply): readonly RedisReply[] => (Array.isArray(reply) ? reply : []);
