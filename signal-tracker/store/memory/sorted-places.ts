import type { TorrentOrder } from "../../core/record-store.ts";
import { compareUtf8 } from "../compare-utf8.ts";
import type { TorrentPlace } from "../torrent-cursor.ts";

/** Places in one run. A full one is cut in two. */
const MAX_PLACES_PER_RUN = 512;

/**
 * The entries of a catalog in one order: names from the front, numbers from the highest. They lie in short runs, so that one entry
 * which comes, goes or moves costs microseconds among a hundred thousand.
 *
 * Invariant: no run is empty, and each place lies before all places of the next run.
 */
export class SortedPlaces {
  readonly order: TorrentOrder;
  readonly #runs: TorrentPlace[][] = [];

  constructor(order: TorrentOrder) {
    this.order = order;
  }

  /** The place behind all others. */
  get last(): TorrentPlace | undefined {
    return this.#runs.at(-1)?.at(-1);
  }

  add(place: TorrentPlace): void {
    // Behind all runs, it joins the last one.
    const at = Math.min(this.#runAfter(place), Math.max(0, this.#runs.length - 1));
    const run = this.#runs[at];
    if (run === undefined) {
      this.#runs.push([place]);
      return;
    }
    run.splice(firstAfter(run, place), 0, place);
    if (run.length > MAX_PLACES_PER_RUN) this.#runs.splice(at + 1, 0, run.splice(MAX_PLACES_PER_RUN / 2));
  }

  /** Removes a place that was added. */
  remove(place: TorrentPlace): void {
    const at = lowestIndex(this.#runs.length, (index) => !isBefore(this.#runs[index]?.at(-1), place));
    const run = this.#runs[at];
    const inRun = lowestIndex(run?.length ?? 0, (index) => !isBefore(run?.[index], place));
    if (run?.[inRun]?.infoHash !== place.infoHash) return;
    run.splice(inRun, 1);
    if (run.length === 0) this.#runs.splice(at, 1);
  }

  clear(): void {
    this.#runs.length = 0;
  }

  /** All places behind that one. Undefined: all there are. */
  *after(place: TorrentPlace | undefined): Generator<TorrentPlace> {
    const first = place === undefined ? 0 : this.#runAfter(place);
    for (let at = first; at < this.#runs.length; at++) {
      const run = this.#runs[at] ?? [];
      const from = at === first && place !== undefined ? firstAfter(run, place) : 0;
      for (let inRun = from; inRun < run.length; inRun++) {
        const found = run[inRun];
        if (found !== undefined) yield found;
      }
    }
  }

  /** The first run with something behind that place. */
  #runAfter(place: TorrentPlace): number {
    return lowestIndex(this.#runs.length, (at) => isBefore(place, this.#runs[at]?.at(-1)));
  }
}

function firstAfter(run: readonly TorrentPlace[], place: TorrentPlace): number {
  return lowestIndex(run.length, (at) => isBefore(place, run[at]));
}

/** Binary search: the lowest index below `length` from which on `holds` is true, or `length`. */
function lowestIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isBefore(left: TorrentPlace | undefined, right: TorrentPlace | undefined): boolean {
  return left !== undefined && right !== undefined && comparePlaces(left, right) < 0;
}

function comparePlaces(left: TorrentPlace, right: TorrentPlace): number {
  const byKey =
    typeof left.key === "number" || typeof right.key === "number"
      ? Number(right.key) - Number(left.key)
      : compareUtf8(left.key, right.key);
  return byKey || (left.infoHash < right.infoHash ? -1 : Number(left.infoHash > right.infoHash));
}
