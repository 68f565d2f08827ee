/** Samples kept: a minute's. */
const SAMPLES = 12;
const SAMPLE_MILLIS = 60_000 / SAMPLES;

/** Tells how many announces there were in the last minute, by reading the counter now and then. */
export class AnnounceRate {
  readonly #count: () => number;
  readonly #timer: NodeJS.Timeout;
  /** The counter as it was, the latest last. */
  readonly #samples: number[] = [0];

  constructor(count: () => number) {
    this.#count = count;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MILLIS).unref();
  }

  /** Announces of the last minute, or since the start if that is less. */
  get perMinute(): number {
    return this.#count() - (this.#samples[0] ?? 0);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#samples.push(this.#count());
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }
}
