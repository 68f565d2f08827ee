/** What a worker is to do. */
export interface Task {
  readonly target: string;
  readonly seed: number;
  readonly millis: number;
  /** Only this input, once. Undefined: make inputs until the time is up. */
  readonly only: Uint8Array | undefined;
}

/** What a worker says at its end. */
export interface Result {
  readonly inputs: number;
  readonly millis: number;
  /** Faults with an input each, as short as it could be made. */
  readonly faults: readonly { readonly what: string; readonly input: Uint8Array }[];
  /** Short inputs of which each was treated like none before. */
  readonly novel: readonly Uint8Array[];
}

/** Bytes of the longest input that a desk holds. */
const DESK_BYTES = 128 * 1024;
const HEADER_BYTES = 8;

/** Memory that a worker shares with the thread that watches it: how many inputs it has begun, and the one it is trying. */
export class Desk {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory = new SharedArrayBuffer(HEADER_BYTES + DESK_BYTES)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, HEADER_BYTES);
  }

  /** Inputs begun. */
  get count(): number {
    return Atomics.load(this.#counts, 0);
  }

  /** A copy of the input that is being tried. */
  get input(): Uint8Array {
    return this.#bytes.slice(0, Atomics.load(this.#counts, 1));
  }

  begin(input: Uint8Array): void {
    this.#bytes.set(input);
    Atomics.store(this.#counts, 1, input.length);
    Atomics.add(this.#counts, 0, 1);
  }
}
