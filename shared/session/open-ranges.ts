import type { FetchId, InfoHash, LinkId, Millis } from "../base/ids.ts";
import type { Block } from "../meta/layout.ts";
import type { Torrent } from "./torrent.ts";
import type { WebSeed } from "./web-seed.ts";

/** At a time, ranges of one web seed: while one arrives, the request for the next is on its way. */
const MAX_FETCHES = 2;

/** At a time, ranges of one host for all torrents together: browsers make six connections to a host, for a single person. */
const MAX_FETCHES_OF_HOST = 4;

/** At a time, ranges for one torrent from all of its web seeds. */
const MAX_FETCHES_OF_TORRENT = 8;

/** The ranges of web seeds that are on their way for a session, and how many more may be. */
export class OpenRanges {
  readonly #ofHost = new Map<string, number>();
  /** Web seeds with ranges on their way, or turns. */
  readonly #busy = new Map<LinkId, { readonly infoHash: InfoHash; readonly seed: WebSeed }>();
  #last = 0;

  /** Whether a web seed may be asked for one more range. */
  hasRoom({ webSeeds }: Torrent, { host, fetches }: WebSeed): boolean {
    let ofTorrent = 0;
    for (const each of webSeeds.values()) ofTorrent += each.fetches.size;
    return (
      fetches.size < MAX_FETCHES &&
      ofTorrent < MAX_FETCHES_OF_TORRENT &&
      (this.#ofHost.get(host) ?? 0) < MAX_FETCHES_OF_HOST
    );
  }

  /** A web seed is asked for these blocks, one after the other. */
  open(infoHash: InfoHash, seed: WebSeed, blocks: readonly Block[], now: Millis): FetchId {
    this.#last += 1;
    const id = this.#last as FetchId;
    seed.fetches.set(id, { blocks, startedAt: now, gaveAt: now, bytes: 0, pending: blocks.length });
    this.#ofHost.set(seed.host, (this.#ofHost.get(seed.host) ?? 0) + 1);
    this.#busy.set(seed.link, { infoHash, seed });
    return id;
  }

  /** All of a range has come, or nothing more of it will. */
  close(seed: WebSeed, id: FetchId): void {
    if (!seed.fetches.delete(id)) return;
    const left = (this.#ofHost.get(seed.host) ?? 1) - 1;
    if (left > 0) this.#ofHost.set(seed.host, left);
    else this.#ofHost.delete(seed.host);
    this.#rest(seed);
  }

  /** A web seed may have one more block, and saves that up. */
  giveTurn(infoHash: InfoHash, seed: WebSeed): void {
    seed.turns += 1;
    this.#busy.set(seed.link, { infoHash, seed });
  }

  /** Its turns are used, or of no use. */
  dropTurns(seed: WebSeed): void {
    seed.turns = 0;
    this.#rest(seed);
  }

  /** Blocks that web seeds were granted and have not sent, of one torrent or all. */
  blocksAhead(of?: InfoHash): number {
    let blocks = 0;
    for (const { infoHash, seed } of this.#busy.values()) {
      if (of !== undefined && infoHash !== of) continue;
      blocks += seed.turns;
      for (const { pending } of seed.fetches.values()) blocks += pending;
    }
    return blocks;
  }

  #rest({ link, turns, fetches }: WebSeed): void {
    if (turns === 0 && fetches.size === 0) this.#busy.delete(link);
  }
}
