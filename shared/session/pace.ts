import type { InfoHash } from "../base/ids.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import { RateLimit } from "../policy/rate-limit.ts";
import { BLOCK_HEADER_BYTES } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { Context, RateLimits } from "./context.ts";
import { requestNext, requestsTo } from "./download.ts";
import type { Peer } from "./peer.ts";
import type { Rates } from "./rates.ts";
import type { Torrent } from "./torrent.ts";
import { serveNext } from "./upload.ts";

type Torrents = ReadonlyMap<InfoHash, Torrent>;
/** Serves or requests one block for a peer. False: it needs none, or may have none. */
type TakeTurn = (context: Context, torrent: Torrent, peer: Peer) => boolean;

/** We do not make up for a slow disk. */
const READING_MILLIS = 0;

/** Limits a session's rates: links take turns to serve or request one block, as the limits allow. */
export class Pace {
  /** The same object for ever, with the limits of now. */
  readonly limits: RateLimits;
  readonly #limits: { up: RateLimit | undefined; down: RateLimit | undefined };
  readonly #requestMillis: number;
  #rates: Rates = { up: undefined, down: undefined };

  constructor(rates: Rates, { requestMillis }: SessionConfig) {
    this.#requestMillis = requestMillis;
    this.#limits = { up: undefined, down: undefined };
    this.limits = this.#limits;
    this.change(rates);
  }

  /** From now on these rates hold. Nobody waits for a turn under a limit that is new. False: they are those of before. */
  change({ up, down }: Rates): boolean {
    const before = this.#rates;
    this.#rates = { up, down };
    if (up !== before.up) this.#limits.up = up === undefined ? undefined : new RateLimit(up, READING_MILLIS);
    // After that we request a block from others.
    if (down !== before.down)
      this.#limits.down = down === undefined ? undefined : new RateLimit(down, this.#requestMillis);
    return up !== before.up || down !== before.down;
  }

  /** Gives waiting links their turns. */
  takeTurns(context: Context, torrents: Torrents): void {
    const { up, down } = this.limits;
    if (up !== undefined) takeTurns(context, torrents, up, readingBytes, serveNext);
    if (down !== undefined) takeTurns(context, torrents, down, requestedBytes, requestNext);
  }

  /** When the next turn is due. */
  nextTurnAt(context: Context): number {
    const { up, down } = this.limits;
    const upAt = up?.nextAt(readingBytes(context)) ?? Number.POSITIVE_INFINITY;
    const downAt = down?.nextAt(requestedBytes(context)) ?? Number.POSITIVE_INFINITY;
    return Math.min(upAt, downAt);
  }
}

function takeTurns(
  context: Context,
  torrents: Torrents,
  limit: RateLimit,
  aheadBytes: (context: Context) => number,
  takeTurn: TakeTurn,
): void {
  for (;;) {
    const link = limit.next(context.now, aheadBytes(context));
    if (link === undefined) return;
    const peer = context.peers.get(link);
    const torrent = peer && torrents.get(peer.infoHash);
    if (peer === undefined || torrent === undefined) continue;
    context.acting = torrent;
    if (takeTurn(context, torrent, peer)) limit.queue(link, peer.infoHash);
  }
}

function readingBytes({ peers }: Context): number {
  let bytes = 0;
  for (const peer of peers.values()) bytes += peer.readingBytes;
  return bytes;
}

function requestedBytes({ peers, torrents }: Context): number {
  let count = 0;
  for (const peer of peers.values()) {
    const torrent = torrents.get(peer.infoHash);
    if (torrent !== undefined) count += requestsTo(torrent, peer);
  }
  return count * (BLOCK_HEADER_BYTES + BLOCK_BYTES);
}
