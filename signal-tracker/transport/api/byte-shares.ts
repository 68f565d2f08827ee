import type { ByteLimits } from "../../limits/http.ts";

/**
 * Memory that requests take up while they last, in all and for each network.
 *
 * Invariant: a network is in the map while it has some.
 */
export class ByteShares {
  readonly #limits: ByteLimits;
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  constructor(limits: ByteLimits) {
    this.#limits = limits;
  }

  /** Returns what gives them back, to be called once. Undefined: there is no room. Undefined network: it has no limit of its own. */
  take(network: string | undefined, bytes: number): (() => void) | undefined {
    const { maxBytes, maxBytesPerNetwork } = this.#limits;
    const own = network === undefined ? 0 : (this.#takenBy.get(network) ?? 0);
    if (this.#taken + bytes > maxBytes || own + bytes > maxBytesPerNetwork) return undefined;
    this.#add(network, bytes);
    return () => this.#add(network, -bytes);
  }

  #add(network: string | undefined, bytes: number): void {
    this.#taken += bytes;
    if (network === undefined) return;
    const own = (this.#takenBy.get(network) ?? 0) + bytes;
    if (own === 0) this.#takenBy.delete(network);
    else this.#takenBy.set(network, own);
  }
}
