import type { Millis, PieceIndex } from "../../base/ids.ts";

/** When pieces are wanted: `first` at the time `at`, and each later one up to `last` so many milliseconds after the one before. */
export interface Deadline {
  readonly first: number;
  readonly last: number;
  readonly at: Millis;
  readonly stepMillis: number;
}

/** A piece, and when it is wanted. */
export interface Due {
  readonly piece: PieceIndex;
  readonly at: number;
}

/** Pieces wanted later than this are not in a hurry yet: they come in the order of all others, which is better for the swarm. */
const AHEAD_MILLIS = 10_000;

/** As many pieces are considered at a time: more than any line fetches in one round trip. */
const MAX_URGENT = 64;

/** The pieces that somebody waits for, as for playback. */
export class Deadlines {
  readonly #pieceCount: number;
  readonly #isMissing: (piece: PieceIndex) => boolean;
  /** In order of time. */
  #due: readonly Due[] = [];
  /** For each of them, a place from which on the next missing one may be: those that came are looked at once. */
  #from = new Uint32Array(1);

  /** `isMissing`: we want the piece and lack it. */
  constructor(pieceCount: number, isMissing: (piece: PieceIndex) => boolean) {
    this.#pieceCount = pieceCount;
    this.#isMissing = isMissing;
  }

  /** Whether a piece may be missing that has a deadline. */
  get isAny(): boolean {
    return this.#find(0) < this.#due.length;
  }

  /** Replaces all former ones. Of a piece with several, the first counts. Ignores pieces that there are not. */
  set(deadlines: readonly Deadline[]): void {
    const at = new Map<number, number>();
    for (const { first, last, at: from, stepMillis } of deadlines) {
      for (let piece = Math.max(0, first); piece <= Math.min(last, this.#pieceCount - 1); piece++) {
        const when = from + (piece - first) * stepMillis;
        at.set(piece, Math.min(when, at.get(piece) ?? when));
      }
    }
    this.#due = [...at]
      .map(([piece, when]) => ({ piece: piece as PieceIndex, at: when }))
      .sort((left, right) => left.at - right.at);
    this.missingChanged();
  }

  /** A piece that we held is missing again, or others are wanted. */
  missingChanged(): void {
    this.#from = Uint32Array.from({ length: this.#due.length + 1 }, (_, at) => at);
  }

  /** Missing pieces that are wanted soon, the most urgent first. */
  urgent(now: Millis): readonly Due[] {
    const urgent: Due[] = [];
    for (
      let at = this.#find(0);
      at < this.#due.length && urgent.length < MAX_URGENT;
      at = this.#find(at + 1)
    ) {
      const due = this.#due[at] as Due;
      if (due.at > now + AHEAD_MILLIS) break;
      if (this.#isMissing(due.piece)) urgent.push(due);
      else this.#from[at] = at + 1;
    }
    return urgent;
  }

  /** The first place from `start` on whose piece may be missing. Halves the way there for the next look. */
  #find(start: number): number {
    const from = this.#from;
    let at = start;
    for (let next = from[at] as number; next !== at; next = from[at] as number) {
      from[at] = from[next] as number;
      at = next;
    }
    return at;
  }
}
