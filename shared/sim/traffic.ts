/** Bytes that each party sent to each other one. */
export class Traffic {
  readonly parties: number;
  readonly #bytes: Float64Array;

  constructor(parties: number) {
    this.parties = parties;
    this.#bytes = new Float64Array(parties * parties);
  }

  moved(from: number, to: number, bytes: number): void {
    const at = from * this.parties + to;
    this.#bytes[at] = (this.#bytes[at] as number) + bytes;
  }

  between(from: number, to: number): number {
    return this.#bytes[from * this.parties + to] ?? 0;
  }
}
