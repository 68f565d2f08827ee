import type { Millis } from "../base/ids.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";

export interface PipelineLimits {
  /** Requests outstanding at the start, when we know nothing of the peer. */
  readonly first: number;
  /** Most requests outstanding; the peer's own limit may be lower. */
  readonly maxRequests: number;
  /** How long the requests queued at the peer should keep it busy, beyond the round trip. */
  readonly queueMillis: number;
  /** Most requests queued for that: a fast peer needs no half second of work, and its link may suffer from it. */
  readonly maxQueued: number;
}

const LEAST = 4; // Below this a peer idles between two blocks.
const SAMPLE_MILLIS = 200;
const SAMPLE_ROUND_TRIPS = 2; // At the start, blocks come in bursts, one for each round trip: a sample must not fall between two.
const GROWTH_THAT_COUNTS = 1.1; // Slow start ends when doubling the requests gains less than a tenth.
const SMOOTHING = 0.3;
const MAX_SMOOTHING = 0.6;
const QUEUE_REFILLED = 2 / 3; // Half of the depth is sooner, unless more is in transit than half of the queue.

/**
 * Decides how many requests one peer has outstanding: enough to keep it busy for `queueMillis` and the round trip, and
 * no more, because we ask nobody else for those blocks.
 *
 * Starts like TCP: one more request for each block received, until the rate stops growing or `maxQueued` are outstanding.
 */
export class Pipeline {
  readonly #limits: PipelineLimits;
  #maxRequests: number;
  /** How many the peer had queued when it rejected one. */
  #accepted = Number.POSITIVE_INFINITY;
  #depth: number;
  /** How many of them the peer should have queued: the others are in transit. */
  #queued = Number.POSITIVE_INFINITY;
  #inSlowStart = true;
  #bytesPerMilli = 0;
  #leastDelayMillis = Number.POSITIVE_INFINITY;
  #sampleBytes = 0;
  #sampleStartedAt: Millis | undefined;

  constructor(limits: PipelineLimits) {
    this.#limits = limits;
    this.#maxRequests = limits.maxRequests;
    this.#depth = limits.first;
  }

  /** How many requests the peer queues (`reqq`, BEP 10). Transmission 3.00 rejects the one that fills its queue. */
  limitTo(maxRequestsQueued: number): void {
    this.#maxRequests = Math.max(1, Math.min(this.#limits.maxRequests, maxRequestsQueued - 1));
  }

  /** How many more requests fit beside the outstanding ones. Negative: those are too many. */
  free(outstanding: number): number {
    return Math.min(this.#maxRequests, this.#depth, Math.floor(this.#accepted)) - outstanding;
  }

  /**
   * How many requests to send now. Zero until half of the depth is free: requests sent together cost one message. With a far
   * peer it is less, as otherwise its queue would run dry before the next requests reach it.
   */
  room(outstanding: number): number {
    const free = this.free(outstanding);
    return free >= Math.min(outstanding, this.#queued * QUEUE_REFILLED) ? free : 0;
  }

  /** The peer rejected a request, usually because it has enough to do with the others, which are still outstanding. */
  rejected(outstanding: number): void {
    this.#accepted = Math.max(LEAST, outstanding);
  }

  arrived(now: Millis, requestedAt: Millis, bytes: number): void {
    this.#accepted += 1 / this.#accepted; // One more for each time it has served them all.
    this.#leastDelayMillis = Math.min(this.#leastDelayMillis, now - requestedAt);
    if (this.#inSlowStart && this.#depth < this.#limits.maxQueued) this.#depth += 1;
    this.#sampleStartedAt ??= requestedAt;
    this.#sampleBytes += bytes;
    const sampleMillis = Math.max(SAMPLE_MILLIS, SAMPLE_ROUND_TRIPS * this.#leastDelayMillis);
    if (now - this.#sampleStartedAt >= sampleMillis) this.#sampled(now, sampleMillis);
  }

  /** The peer kept us waiting too long: trust it with one request at a time until it delivers. */
  stalled(): void {
    this.#inSlowStart = true;
    this.#depth = 1;
    this.#bytesPerMilli = 0;
    this.#sampleStartedAt = undefined;
    this.#sampleBytes = 0;
  }

  #sampled(now: Millis, sampleMillis: number): void {
    const bytesPerMilli = this.#sampleBytes / (now - (this.#sampleStartedAt ?? now));
    this.#sampleStartedAt = now;
    this.#sampleBytes = 0;
    if (this.#inSlowStart) {
      const isGrowing = bytesPerMilli > this.#bytesPerMilli * GROWTH_THAT_COUNTS;
      this.#inSlowStart = isGrowing && this.#depth < this.#limits.maxQueued;
      this.#bytesPerMilli = bytesPerMilli;
      if (this.#inSlowStart) return;
    } else {
      // A far peer has fewer samples a second, each over a longer time: they count for more.
      const weight = Math.min(MAX_SMOOTHING, (SMOOTHING * sampleMillis) / SAMPLE_MILLIS);
      this.#bytesPerMilli += (bytesPerMilli - this.#bytesPerMilli) * weight;
    }
    const { maxRequests, maxQueued, queueMillis } = this.#limits;
    const blocksPerMilli = this.#bytesPerMilli / BLOCK_BYTES;
    const queued = Math.min(maxQueued, blocksPerMilli * queueMillis);
    const onTheWay = blocksPerMilli * this.#leastDelayMillis;
    this.#queued = queued;
    this.#depth = Math.max(LEAST, Math.min(maxRequests, Math.ceil(onTheWay + queued)));
  }
}
