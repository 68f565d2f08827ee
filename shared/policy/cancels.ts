import type { Block } from "../meta/layout.ts";

/** As many cancels await their answers at a time: as many requests as a link has. Some clients never answer, so the oldest are forgotten. */
const MAX_AWAITED = 512;

/**
 * Requests to one peer that we cancelled and that it still answers, with a reject or with a block that was on its way (BEP 6).
 * We may have requested the same block anew by then.
 */
export class Cancels {
  readonly #blocks: Block[] = [];

  add(block: Block): void {
    this.#blocks.push(block);
    if (this.#blocks.length > MAX_AWAITED) this.#blocks.shift();
  }

  /** Whether an answer is to come. The numbers may come from outside. */
  awaits(piece: number, begin: number): boolean {
    return this.#find(piece, begin) >= 0;
  }

  /** An answer came. False: none was to come. */
  answered(piece: number, begin: number): boolean {
    const at = this.#find(piece, begin);
    if (at < 0) return false;
    this.#blocks.splice(at, 1);
    return true;
  }

  #find(piece: number, begin: number): number {
    return this.#blocks.findIndex((block) => block.piece === piece && block.begin === begin);
  }
}
