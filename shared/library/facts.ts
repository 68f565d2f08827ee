/** Facts that may wait for whoever reads them: some minutes of a busy torrent. Then the oldest are forgotten. */
export const MAX_WAITING_FACTS = 10_000;

/** Facts as they happen, for one reader, from when it was made until the reader leaves the loop or the source ends. */
export class Facts<Fact> implements AsyncIterableIterator<Fact> {
  readonly #waiting: Fact[] = [];
  #ready: (() => void) | undefined;
  #isOver = false;
  readonly #unwatch: () => void;

  /** `watch` passes on each fact, and returns what ends that. */
  constructor(watch: (happened: (fact: Fact) => void, over: () => void) => () => void) {
    this.#unwatch = watch(
      (fact) => this.#happened(fact),
      () => this.#end(),
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Fact, undefined>> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#ready = resolve;
      });
    }
    const value = this.#waiting.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  async return(): Promise<IteratorResult<Fact, undefined>> {
    this.#waiting.length = 0;
    this.#end();
    return { done: true, value: undefined };
  }

  #happened(fact: Fact): void {
    if (this.#isOver) return;
    if (this.#waiting.length === MAX_WAITING_FACTS) this.#waiting.shift();
    this.#waiting.push(fact);
    this.#ready?.();
  }

  #end(): void {
    this.#isOver = true;
    this.#unwatch();
    this.#ready?.();
  }
}
