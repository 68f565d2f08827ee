import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Speeds } from "../client.ts";

/**
 * Seconds of speeds kept of each torrent: a quarter of an hour shows how a download of some gigabytes went and what a change did,
 * has about as many points as a graph has pixels, and costs 7 kB.
 */
export const MAX_SECONDS = 900;
/** A view's speed is that of its last five seconds: see `Rate`. */
const WINDOW_SECONDS = 5;

/** The speeds of a torrent. */
type Moving = Pick<TorrentView, "infoHash" | "downBytesPerSecond" | "upBytesPerSecond">;

/** How fast each torrent was lately, second by second. What is at rest costs nothing. */
export class SpeedLog {
  readonly #rings = new Map<InfoHash, Ring>();
  readonly #now: () => number;
  /** The second of the latest look, since 1970. */
  #lookedAt = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes the speeds of all torrents as they are now. Of several looks in one second, the latest counts. */
  look(views: readonly Moving[]): void {
    const second = Math.floor(this.#now() / 1000);
    if (second < this.#lookedAt) this.#rings.clear(); // Somebody set the clock back: what we have is of times to come.
    const isEarlier = second <= this.#lookedAt;
    // A late look tells of the seconds before it, too.
    const from = isEarlier ? second : Math.max(this.#lookedAt + 1, second - WINDOW_SECONDS + 1);
    this.#lookedAt = second;
    for (const { infoHash, downBytesPerSecond: down, upBytesPerSecond: up } of views) {
      const ring = this.#rings.get(infoHash);
      if (down + up > 0) {
        const moving = ring ?? new Ring(second);
        this.#rings.set(infoHash, moving);
        moving.put(ring === undefined ? second : from, second, down, up);
      } else if (ring?.newest === second) {
        ring.put(second, second, 0, 0);
      }
    }
  }

  /** Its speeds until the latest look, from when it first moved. Undefined: nothing has moved for as long as we keep speeds. */
  of(infoHash: InfoHash): Speeds | undefined {
    const ring = this.#rings.get(infoHash);
    if (ring === undefined) return undefined;
    if (ring.newest > this.#lookedAt - MAX_SECONDS)
      return { lastAt: this.#lookedAt * 1000, ...ring.until(this.#lookedAt) };
    this.#rings.delete(infoHash);
    return undefined;
  }

  forget(infoHash: InfoHash): void {
    this.#rings.delete(infoHash);
  }
}

/** The speeds of one torrent. Seconds after the newest were at rest. */
class Ring {
  readonly #down = new Float32Array(MAX_SECONDS);
  readonly #up = new Float32Array(MAX_SECONDS);
  readonly #first: number;
  /** The latest second with a speed of its own. */
  newest: number;

  constructor(second: number) {
    this.#first = second;
    this.newest = second;
  }

  /** Both speeds in all seconds of a range. */
  put(from: number, to: number, down: number, up: number): void {
    const gap = Math.max(this.newest + 1, to - MAX_SECONDS + 1);
    for (let second = gap; second < from; second++) this.#set(second, 0, 0);
    for (let second = from; second <= to; second++) this.#set(second, down, up);
    this.newest = to;
  }

  until(second: number): Pick<Speeds, "down" | "up"> {
    const length = Math.min(MAX_SECONDS, second - this.#first + 1);
    const start = second - length + 1;
    const from = (slots: Float32Array): Float32Array =>
      Float32Array.from({ length }, (_, at) =>
        start + at > this.newest ? 0 : (slots[(start + at) % MAX_SECONDS] ?? 0),
      );
    return { down: from(this.#down), up: from(this.#up) };
  }

  #set(second: number, down: number, up: number): void {
    this.#down[second % MAX_SECONDS] = down;
    this.#up[second % MAX_SECONDS] = up;
  }
}
