import { Bitfield } from "../base/bitfield.ts";
import {
  type FetchId,
  type InfoHash,
  type LinkId,
  type Millis,
  millis,
  type PieceIndex,
} from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { BLOCK_BYTES, type Block } from "../meta/layout.ts";
import { webRanges } from "../meta/web-ranges.ts";
import type { NamedWebSeed } from "../meta/web-seeds.ts";
import { BLOCK_HEADER_BYTES } from "../wire/message.ts";
import { type Context, changed, tell } from "./context.ts";
import { takeBlock } from "./download.ts";
import type { Input } from "./input.ts";
import { OpenRanges } from "./open-ranges.ts";
import { type Content, isRunning, type Torrent } from "./torrent.ts";
import { type FetchProblem, isReady, newSeed, restAfter, type WebFetch, type WebSeed } from "./web-seed.ts";

type BlockFetched = Extract<Input, { type: "blockFetched" }>;
type FetchEnded = Extract<Input, { type: "fetchEnded" }>;

/** Bytes that one request is for, if pieces are smaller: so many that its round trip hardly counts. */
export const RUN_BYTES = 1024 * 1024;

/** A server that sends less in a second, after a while, keeps a piece from others: any modem is faster. */
const MIN_BYTES_PER_SECOND = 4 * 1024;

/** Characters of a server's words or a file's path that we show. */
const MAX_REASON_CHARACTERS = 200;

/**
 * The part of a session that fetches pieces from web servers (BEP 19). A web seed has every piece, and has no say: it neither chokes
 * us nor takes anything.
 *
 * Peers choose first, and what a peer delivers, no web seed is asked for while there is anything else; beyond that a web seed takes
 * its part of the rest from the start, since whoever names one wants it to be used. Its bytes count against the limits of rates, and
 * it takes turns with peers for them, one turn for each block.
 *
 * Before changing this, think of: servers that lie, drip or send forever; many torrents that name one host; ranges whose blocks peers
 * send first; limits of rates; torrents that are paused or removed while something arrives.
 */
export class WebSeeding {
  readonly #ranges = new OpenRanges();

  /** The web seeds of a torrent that enters the session. */
  newSeeds({ newLink }: Context, named: readonly NamedWebSeed[]): Map<LinkId, WebSeed> {
    return new Map(
      named.map((each) => {
        const seed = newSeed(each, newLink());
        return [seed.link, seed];
      }),
    );
  }

  /** Fetches what nobody else delivers, or waits for turns to do so. */
  fetchMore(context: Context, torrent: Torrent): void {
    const { content, webSeeds } = torrent;
    if (content === undefined || !this.#isWanting(torrent, content)) return;
    const down = context.limits?.down;
    const isGoverned = down?.governs(torrent.infoHash) ?? false;
    for (const seed of webSeeds.values()) {
      if (!isReady(seed, context.now)) continue;
      if (content.picker.piecesOf(seed.link) === undefined)
        content.picker.peerHasThese(seed.link, Bitfield.full(content.layout.pieceCount));
      if (isGoverned && this.#ranges.hasRoom(torrent, seed)) down?.queue(seed.link, torrent.infoHash);
      if (isGoverned) continue;
      this.#ranges.dropTurns(seed);
      while (this.#fetch(context, torrent, content, seed, blocksOf(content)));
    }
  }

  /** The torrent of a web seed that waits for a turn. */
  torrentOf({ torrents }: Context, link: LinkId): Torrent | undefined {
    for (const torrent of torrents.values()) if (torrent.webSeeds.has(link)) return torrent;
    return undefined;
  }

  /** A web seed may have one more block. It saves its turns up, until they make a range. False: it wants no more for now. */
  takeTurn(context: Context, torrent: Torrent, link: LinkId): boolean {
    const { content, infoHash } = torrent;
    const seed = torrent.webSeeds.get(link);
    if (content === undefined || seed === undefined) return false;
    if (
      !this.#isWanting(torrent, content) ||
      !isReady(seed, context.now) ||
      !this.#ranges.hasRoom(torrent, seed)
    ) {
      this.#ranges.dropTurns(seed);
      return false;
    }
    this.#ranges.giveTurn(infoHash, seed);
    // A range for each second, or requests would cost the server more than the bytes.
    const isEnough = context.limits?.down.isEnoughAhead(infoHash, 2 * seed.turns * BLOCK_BYTES) ?? true;
    if (!isEnough && seed.turns < blocksOf(content)) return true;
    const { turns } = seed;
    this.#ranges.dropTurns(seed);
    return this.#fetch(context, torrent, content, seed, turns) && this.#ranges.hasRoom(torrent, seed);
  }

  /** Bytes that web seeds were granted and have not sent, of one torrent or all. */
  bytesAhead(of?: InfoHash): number {
    return this.#ranges.blocksAhead(of) * (BLOCK_HEADER_BYTES + BLOCK_BYTES);
  }

  /** Something of a range came, or it ended. */
  heard(context: Context, torrent: Torrent, input: BlockFetched | FetchEnded): void {
    if (input.type === "blockFetched") this.#blockFetched(context, torrent, input);
    else this.#fetchEnded(context, torrent, input);
  }

  /** A block arrived. We take it if we still lack it. */
  #blockFetched(context: Context, torrent: Torrent, input: BlockFetched): void {
    const { content, infoHash } = torrent;
    const { link, fetch: id, block, bytes } = input;
    const seed = torrent.webSeeds.get(link);
    const fetch = seed?.fetches.get(id);
    context.limits?.down.spent(infoHash, bytes.length);
    if (content === undefined || seed === undefined || fetch === undefined) return;
    seed.down.add(context.now, bytes.length);
    torrent.down.add(context.now, bytes.length);
    fetch.gaveAt = context.now;
    fetch.bytes += bytes.length;
    const isPending = content.picker.requestTo(link, block.piece, block.begin) !== undefined;
    if (takeBlock(context, torrent, content, link, block, bytes)) seed.lastPiece = block.piece;
    if (isPending) this.#settleBlock(context, torrent, seed, id, fetch);
  }

  /** A range ended: all of it came, or it will not. `file`: the one at fault, if it is one. */
  #fetchEnded(context: Context, torrent: Torrent, input: FetchEnded): void {
    const seed = torrent.webSeeds.get(input.link);
    const fetch = seed?.fetches.get(input.fetch);
    if (seed === undefined || fetch === undefined) return;
    this.#ranges.close(seed, input.fetch);
    changed(context, torrent).marks.add("blocks");
    const { problem } = input;
    if (problem === undefined) return this.#release(torrent, seed, fetch);
    if (problem.kind === "noFile" && this.#lacksFile(torrent, seed, problem, input.file)) {
      this.#release(torrent, seed, fetch);
      return tell(context, torrent.infoHash, {
        type: "webSeedFailed",
        webSeed: seed.url,
        reason: seed.lacks ?? problem.reason,
        retryInSeconds: undefined,
      });
    }
    this.#rest(context, torrent, seed, problem);
  }

  /** Somebody else sends this block, or it is not wanted any more. */
  withdrawn(context: Context, torrent: Torrent, link: LinkId, { piece, begin }: Block): void {
    const seed = torrent.webSeeds.get(link);
    for (const [id, fetch] of seed?.fetches ?? []) {
      if (seed === undefined || !fetch.blocks.some((each) => each.piece === piece && each.begin === begin))
        continue;
      this.#settleBlock(context, torrent, seed, id, fetch);
    }
  }

  /** It sent blocks of a piece that passed its check, or failed it. */
  countDeed({ webSeeds }: Torrent, link: LinkId, isGood: boolean): void {
    const seed = webSeeds.get(link);
    if (seed === undefined) return;
    if (!isGood) {
      seed.failedPieces += 1;
      return;
    }
    seed.goodPieces += 1;
    seed.failures = 0;
    seed.problem = undefined;
  }

  /** It sent bad data. */
  ban(context: Context, torrent: Torrent, link: LinkId, badPiece: PieceIndex): void {
    const seed = torrent.webSeeds.get(link);
    if (seed === undefined || seed.isBanned) return;
    seed.isBanned = true;
    seed.problem = "it sends other data than the torrent's; its files were changed, or are damaged";
    torrent.content?.picker.disbelieve(link);
    this.#leave(context, torrent, seed);
    tell(context, torrent.infoHash, { type: "webSeedBanned", webSeed: seed.url, badPiece });
  }

  /** The torrent fetches nothing any more, for now. */
  stop(context: Context, torrent: Torrent): void {
    for (const seed of torrent.webSeeds.values()) this.#leave(context, torrent, seed);
  }

  /** Time has passed: gives up ranges that do not come, and asks again where it is time. */
  sweep(context: Context, torrent: Torrent): void {
    const { webSeeds } = torrent;
    if (webSeeds.size === 0) return;
    for (const seed of webSeeds.values()) {
      const late = [...seed.fetches.values()].some((fetch) => isLate(context, fetch));
      if (late)
        this.#rest(context, torrent, seed, { kind: "passing", reason: "it sends too slowly, or nothing" });
      if (seed.restsUntil !== undefined && context.now >= seed.restsUntil) seed.restsUntil = undefined;
    }
    changed(context, torrent).marks.add("webSeeds");
  }

  /** When to look again. */
  nextAt(torrent: Torrent): number {
    const { webSeeds, content, sweepAt } = torrent;
    if (content === undefined || !this.#isWanting(torrent, content)) return Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const { isBanned, restsUntil } of webSeeds.values())
      if (!isBanned) next = Math.min(next, Math.max(sweepAt, restsUntil ?? 0));
    return next;
  }

  #isWanting(torrent: Torrent, { picker }: Content): boolean {
    return !picker.isComplete && isRunning(torrent) && !torrent.isChecking && !torrent.onlyLooks;
  }

  /** False: it has nothing that we want from it, or enough to do. */
  #fetch(context: Context, torrent: Torrent, content: Content, seed: WebSeed, count: number): boolean {
    if (!this.#ranges.hasRoom(torrent, seed)) return false;
    const { link, url: webSeed, isTrusted } = seed;
    const { infoHash } = torrent;
    const { now } = context;
    const blocks = content.picker.pickRun(link, count, now);
    const [first] = blocks;
    if (first === undefined) return false;
    const fetch = this.#ranges.open(infoHash, seed, blocks, now);
    const { info } = content.metadata;
    const start = first.piece * content.layout.pieceLength + first.begin;
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    const ranges = webRanges(webSeed, info, start, length);
    context.effects.push({ type: "fetchRanges", fetch, infoHash, link, isTrusted, ranges, blocks });
    return true;
  }

  /** One block less to wait for. After the last, what is still on its way is of no use. */
  #settleBlock(context: Context, torrent: Torrent, seed: WebSeed, id: FetchId, fetch: WebFetch): void {
    fetch.pending -= 1;
    if (fetch.pending > 0) return;
    this.#ranges.close(seed, id);
    context.effects.push({ type: "cancelFetch", fetch: id });
    changed(context, torrent).marks.add("webSeeds");
  }

  /** The server lacks a file: it is not asked for it any more. False: then it has nothing for us. */
  #lacksFile({ content }: Torrent, seed: WebSeed, { reason }: FetchProblem, at: number | undefined): boolean {
    const file = at === undefined ? undefined : content?.metadata.info.files[at];
    if (content === undefined || file === undefined) return false;
    const { picker, layout } = content;
    const last = Math.floor((file.offset + file.bytes - 1) / layout.pieceLength);
    for (let index = Math.floor(file.offset / layout.pieceLength); index <= last; index++)
      picker.peerLacks(seed.link, index as PieceIndex);
    seed.lacks = `${printable(file.path, MAX_REASON_CHARACTERS)}: ${reason}`;
    return picker.isInteresting(seed.link);
  }

  #release({ content }: Torrent, { link }: WebSeed, { blocks }: WebFetch): void {
    for (const block of blocks)
      if (content?.picker.requestTo(link, block.piece, block.begin) !== undefined)
        content.picker.release(link, block);
  }

  #rest(context: Context, torrent: Torrent, seed: WebSeed, problem: FetchProblem): void {
    const restMillis = restAfter(seed, problem);
    seed.failures += 1;
    seed.stalls += 1;
    seed.problem = printable(problem.reason, MAX_REASON_CHARACTERS);
    seed.lacks = undefined;
    seed.restsUntil = millis(context.now + restMillis);
    this.#leave(context, torrent, seed);
    tell(context, torrent.infoHash, {
      type: "webSeedFailed",
      webSeed: seed.url,
      reason: seed.problem,
      retryInSeconds: Math.round(restMillis / 1000),
    });
  }

  /** It is asked for nothing any more, and the picker does not count on it. */
  #leave(context: Context, torrent: Torrent, seed: WebSeed): void {
    for (const id of [...seed.fetches.keys()]) {
      context.effects.push({ type: "cancelFetch", fetch: id });
      this.#ranges.close(seed, id);
    }
    this.#ranges.dropTurns(seed);
    context.limits?.down.leave(seed.link, torrent.infoHash);
    torrent.content?.picker.peerLeft(seed.link);
    changed(context, torrent).marks.add("blocks");
  }
}

/** Blocks of one request: a piece, or several small ones, unless somebody waits and may want others soon. */
function blocksOf({ layout, picker }: Content): number {
  const ofPiece = Math.ceil(layout.pieceLength / BLOCK_BYTES);
  return picker.hasDeadlines ? ofPiece : ofPiece * Math.max(1, Math.floor(RUN_BYTES / layout.pieceLength));
}

function isLate({ now, config }: Context, { startedAt, gaveAt, bytes }: WebFetch): boolean {
  if (now - gaveAt >= config.requestMillis) return true;
  const owedSince: Millis = millis(startedAt + config.requestMillis);
  return now > owedSince && bytes < ((now - owedSince) / 1000) * MIN_BYTES_PER_SECOND;
}
