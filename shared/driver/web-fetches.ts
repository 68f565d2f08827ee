import type { FetchId } from "../base/ids.ts";
import { BLOCK_BYTES, type Block } from "../meta/layout.ts";
import type { WebRange } from "../meta/web-ranges.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { FetchProblem } from "../session/web-seed.ts";
import type { FetchRange } from "./ports.ts";

type FetchEffect = Extract<Effect, { type: "fetchRanges" }>;

const NOT_HERE: FetchProblem = { kind: "lasting", reason: "this program fetches nothing from web servers" };
const NO_NAME: FetchProblem = { kind: "noFile", reason: "no address can name this file" };
const TOO_SHORT: FetchProblem = { kind: "passing", reason: "it sent less than it was asked for" };

/**
 * Ranges on their way from web seeds. Each comes file after file, and block after block, so that no more than a block of it is in
 * memory here.
 */
export class WebFetches {
  readonly #fetchRange: FetchRange | undefined;
  readonly #feed: (input: Input) => void;
  readonly #fetches = new Map<FetchId, WebFetch>();
  #isClosed = false;

  /** Undefined: this platform cannot. */
  constructor(fetchRange: FetchRange | undefined, feed: (input: Input) => void) {
    this.#fetchRange = fetchRange;
    this.#feed = feed;
  }

  perform(effect: FetchEffect | Extract<Effect, { type: "cancelFetch" }>): void {
    if (effect.type === "cancelFetch") return this.#fetches.get(effect.fetch)?.cancel(); // It may have ended.
    if (this.#isClosed) return;
    const fetch = new WebFetch(effect, this.#fetchRange, this.#feed, () =>
      this.#fetches.delete(effect.fetch),
    );
    this.#fetches.set(effect.fetch, fetch);
    fetch.goOn();
  }

  /** Cancels all, also those that are started later. */
  closeAll(): void {
    this.#isClosed = true;
    for (const fetch of [...this.#fetches.values()]) fetch.cancel();
  }
}

class WebFetch {
  readonly #effect: FetchEffect;
  readonly #fetchRange: FetchRange | undefined;
  readonly #feed: (input: Input) => void;
  readonly #ended: () => void;
  /** A block of which some bytes have come. */
  #gathered: Uint8Array | undefined;
  #gatheredBytes = 0;
  /** How many blocks have come, and how many ranges were begun. */
  #blocks = 0;
  #ranges = 0;
  #isOver = false;
  #cancelRange = (): void => {};

  constructor(
    effect: FetchEffect,
    fetchRange: FetchRange | undefined,
    feed: (input: Input) => void,
    ended: () => void,
  ) {
    this.#effect = effect;
    this.#fetchRange = fetchRange;
    this.#feed = feed;
    this.#ended = ended;
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended();
    this.#cancelRange();
  }

  /** Fetches the next range, or tells that it was the last one. */
  goOn(): void {
    while (!this.#isOver) {
      const range = this.#effect.ranges[this.#ranges];
      this.#ranges += 1;
      if (range === undefined) return this.#end(undefined, undefined);
      if (range.url !== "padding") return this.#fetch(range);
      for (let left = range.length; left > 0 && !this.#isOver; left -= BLOCK_BYTES)
        this.#take(new Uint8Array(Math.min(left, BLOCK_BYTES)));
    }
  }

  #fetch({ file, url, begin, length, fileBytes }: WebRange): void {
    if (this.#fetchRange === undefined) return this.#end(NOT_HERE, undefined);
    if (url === undefined) return this.#end(NO_NAME, file);
    let left = length;
    let isDone = false;
    const { isTrusted } = this.#effect;
    const cancel = this.#fetchRange(
      { url, begin, length, fileBytes, isTrusted },
      {
        arrived: (bytes) => {
          const taken = bytes.subarray(0, left); // What it sends beyond what we asked for is nobody's.
          left -= taken.length;
          if (!isDone && !this.#isOver) this.#take(taken);
        },
        ended: (problem) => {
          if (isDone || this.#isOver) return;
          isDone = true;
          this.#cancelRange = () => {};
          if (problem !== undefined) this.#end(problem, file);
          else if (left > 0) this.#end(TOO_SHORT, file);
          else this.goOn();
        },
      },
    );
    if (isDone) return;
    this.#cancelRange = cancel;
    if (this.#isOver) cancel();
  }

  #take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isOver; ) {
      const block = this.#effect.blocks[this.#blocks];
      if (block === undefined) return;
      const missing = block.length - this.#gatheredBytes;
      const part = bytes.subarray(at, at + missing);
      at += part.length;
      if (part.length === block.length) this.#hand(block, part);
      else {
        // A new one each time: if this comes from within the session's turn, it keeps the block until that is over.
        this.#gathered ??= new Uint8Array(block.length);
        this.#gathered.set(part, this.#gatheredBytes);
        this.#gatheredBytes += part.length;
        if (this.#gatheredBytes === block.length) this.#hand(block, this.#gathered);
      }
    }
  }

  #hand(block: Block, bytes: Uint8Array): void {
    const { infoHash, link, fetch, blocks } = this.#effect;
    this.#blocks += 1;
    if (this.#blocks === blocks.length) this.#ended(); // From now on the session need not cancel it, which would cost the connection.
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
    this.#feed({ type: "blockFetched", infoHash, link, fetch, block, bytes });
  }

  #end(problem: FetchProblem | undefined, file: number | undefined): void {
    const { infoHash, link, fetch } = this.#effect;
    this.#isOver = true;
    this.#ended();
    this.#feed({ type: "fetchEnded", infoHash, link, fetch, problem, file });
  }
}
