import type { InfoHash, LinkId } from "../base/ids.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import { type BytesAhead, RateLimits } from "../policy/rate-limits.ts";
import { BLOCK_HEADER_BYTES } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { Context, Limits } from "./context.ts";
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

/** Limits a session's rates, of all torrents together and of each: links take turns to serve or request one block. */
export class Pace {
  readonly limits: Limits;

  constructor(rates: Rates, { requestMillis }: SessionConfig) {
    // After `requestMillis` we request a block from others.
    this.limits = { up: new RateLimits(READING_MILLIS), down: new RateLimits(requestMillis) };
    this.change(rates);
  }

  /** From now on these rates hold for all together. Nobody waits for a turn under a limit that is new. False: they are those of before. */
  change({ up, down }: Rates): boolean {
    const isUpNew = this.limits.up.limitAll(up);
    return this.limits.down.limitAll(down) || isUpNew;
  }

  /** From now on these rates hold for one torrent. None of its links waits for a turn. */
  changeOne({ infoHash, peers, webSeeds }: Torrent, { up, down }: Rates): void {
    for (const { link } of peers.values()) {
      this.limits.up.leave(link, infoHash);
      this.limits.down.leave(link, infoHash);
    }
    for (const link of webSeeds.keys()) this.limits.down.leave(link, infoHash);
    this.limits.up.limitOne(infoHash, up);
    this.limits.down.limitOne(infoHash, down);
  }

  /** Gives waiting links their turns. */
  takeTurns(context: Context, torrents: Torrents): void {
    takeTurns(context, torrents, this.limits.up, readingBytes(context), serveNext);
    takeTurns(context, torrents, this.limits.down, requestedBytes(context), requestNext);
  }

  /** When the next turn is due. */
  nextTurnAt(context: Context): number {
    const { up, down } = this.limits;
    return Math.min(
      up.isNone ? Number.POSITIVE_INFINITY : up.nextAt(readingBytes(context)),
      down.isNone ? Number.POSITIVE_INFINITY : down.nextAt(requestedBytes(context)),
    );
  }
}

function takeTurns(
  context: Context,
  torrents: Torrents,
  limits: RateLimits,
  ahead: BytesAhead,
  takeTurn: TakeTurn,
): void {
  if (limits.isNone) return;
  for (;;) {
    const link = limits.next(context.now, ahead);
    if (link === undefined) return;
    const peer = context.peers.get(link);
    if (peer === undefined) {
      takeWebSeedsTurn(context, limits, link);
      continue;
    }
    const torrent = torrents.get(peer.infoHash);
    if (torrent === undefined) continue;
    context.acting = torrent;
    limits.hadTurn(link, peer.infoHash, takeTurn(context, torrent, peer));
  }
}

function takeWebSeedsTurn(context: Context, limits: RateLimits, link: LinkId): void {
  const torrent = context.webSeeding?.torrentOf(context, link);
  if (torrent === undefined) return;
  context.acting = torrent;
  limits.hadTurn(link, torrent.infoHash, context.webSeeding?.takeTurn(context, torrent, link) ?? false);
}

function readingBytes({ peers, torrents }: Context): BytesAhead {
  return {
    all: () => sumOf(peers, ({ readingBytes }) => readingBytes),
    of: (torrent) => sumOf(torrents.get(torrent)?.peers, ({ readingBytes }) => readingBytes),
  };
}

function requestedBytes({ peers, torrents, webSeeding }: Context): BytesAhead {
  const bytesFrom = (peer: Peer): number => {
    const torrent = torrents.get(peer.infoHash);
    return torrent === undefined ? 0 : requestsTo(torrent, peer) * (BLOCK_HEADER_BYTES + BLOCK_BYTES);
  };
  return {
    all: () => sumOf(peers, bytesFrom) + (webSeeding?.bytesAhead() ?? 0),
    of: (torrent) => sumOf(torrents.get(torrent)?.peers, bytesFrom) + (webSeeding?.bytesAhead(torrent) ?? 0),
  };
}

function sumOf(peers: ReadonlyMap<unknown, Peer> | undefined, bytesOf: (peer: Peer) => number): number {
  let bytes = 0;
  if (peers !== undefined) for (const peer of peers.values()) bytes += bytesOf(peer);
  return bytes;
}
