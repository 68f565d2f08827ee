import { MAX_KNOWN_NETWORKS_PER_NAME, MAX_NAMES_WITH_KNOWN_NETWORKS } from "../limits/attempts.ts";

/**
 * From which networks the owners of accounts have logged in, so that strangers cannot keep them out by failing in their names. In
 * the memory of this process: after a restart nobody is known.
 */
export class KnownNetworks {
  readonly #maxNames: number;
  /** By account name. The one that logged in last is the last, and so is its network. */
  readonly #networks = new Map<string, readonly string[]>();

  constructor(maxNames = MAX_NAMES_WITH_KNOWN_NETWORKS) {
    this.#maxNames = maxNames;
  }

  /** Somebody has logged in from there. */
  note(name: string, network: string | undefined): void {
    if (network === undefined) return;
    const others = (this.#networks.get(name) ?? []).filter((other) => other !== network);
    this.#networks.delete(name);
    this.#networks.set(name, [...others, network].slice(-MAX_KNOWN_NETWORKS_PER_NAME));
    if (this.#networks.size <= this.#maxNames) return;
    const [oldest] = this.#networks.keys();
    if (oldest !== undefined) this.#networks.delete(oldest);
  }

  has(name: string | undefined, network: string | undefined): boolean {
    if (name === undefined || network === undefined) return false;
    return this.#networks.get(name)?.includes(network) ?? false;
  }
}
