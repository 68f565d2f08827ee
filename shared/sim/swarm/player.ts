import type { InfoHash } from "../../base/ids.ts";
import { millis } from "../../base/ids.ts";
import type { Input } from "../../session/input.ts";

/** How somebody watches the film while it comes. */
export interface Watching {
  readonly bytesPerSecond: number;
  /** From the first click, or a seek, until the film plays. */
  readonly startMillis: number;
  /** The viewer seeks so long after coming. */
  readonly seekAfterMillis: number;
  /** Where to: a share of the film. */
  readonly seekTo: number;
}

/** A piece of the film, and when the player needs it. */
interface Played {
  readonly piece: number;
  readonly at: number;
}

/** Plays a film from its beginning, then from somewhere else, and notes which pieces it needs when. */
export class Player {
  readonly #watching: Watching;
  readonly #pieces: number;
  readonly #pieceBytes: number;
  readonly #infoHash: InfoHash;
  readonly #feed: (input: Input) => void;
  #played: Played[] = [];

  constructor(
    watching: Watching,
    film: { readonly infoHash: InfoHash; readonly pieces: number; readonly pieceBytes: number },
    feed: (input: Input) => void,
  ) {
    this.#watching = watching;
    this.#pieces = film.pieces;
    this.#pieceBytes = film.pieceBytes;
    this.#infoHash = film.infoHash;
    this.#feed = feed;
  }

  /** Plays from there. What would have played later does not. */
  playFrom(share: number, now: number): void {
    const first = Math.floor(share * this.#pieces);
    const at = now + this.#watching.startMillis;
    const stepMillis = (this.#pieceBytes / this.#watching.bytesPerSecond) * 1_000;
    const last = this.#pieces - 1;
    const deadlines = [{ first, last, at: millis(at), stepMillis }];
    this.#feed({ type: "deadlinesSet", infoHash: this.#infoHash, deadlines });
    this.#played = this.#played.filter((played) => played.at < now);
    for (let piece = first; piece <= last; piece++)
      this.#played.push({ piece, at: at + (piece - first) * stepMillis });
  }

  /** By how many milliseconds the latest piece came after the player needed it. 0: it never stalled. */
  latest(heldAt: (piece: number) => number | undefined): number {
    return Math.max(
      0,
      ...this.#played.map(({ piece, at }) => (heldAt(piece) ?? Number.POSITIVE_INFINITY) - at),
    );
  }
}
