/** Bytes that each party sent to each other one. */
export class Traffic {
  readonly parties: number;
  readonly #bytes: Float64Array;
  /** What each party that has everything had sent until then. */
  readonly #asLeecher = new Map<number, Float64Array>();

  constructor(parties: number) {
    this.parties = parties;
    this.#bytes = new Float64Array(parties * parties);
  }

  moved(from: number, to: number, bytes: number): void {
    const at = from * this.parties + to;
    this.#bytes[at] = (this.#bytes[at] as number) + bytes;
  }

  /** The party has everything now. */
  completed(party: number): void {
    if (!this.#asLeecher.has(party)) this.#asLeecher.set(party, this.#sentBy(party).slice());
  }

  between(from: number, to: number): number {
    return this.#bytes[from * this.parties + to] ?? 0;
  }

  /** While the sender lacked something. */
  betweenAsLeecher(from: number, to: number): number {
    return (this.#asLeecher.get(from) ?? this.#sentBy(from))[to] ?? 0;
  }

  #sentBy(party: number): Float64Array {
    return this.#bytes.subarray(party * this.parties, (party + 1) * this.parties);
  }
}
