import { setImmediate } from "node:timers/promises";
import type { Millis } from "#shared/base/ids.ts";
import type { SwarmStore, SwarmSummary } from "../../core/swarm-store.ts";
import { MAX_CENSUS_AGE_MILLIS, MAX_LARGEST_SWARMS, SWARMS_COUNTED_AT_ONCE } from "../../limits/operation.ts";

/** What all swarms together hold. */
export interface Census {
  readonly swarms: number;
  /** Peers that are in two swarms count twice. */
  readonly seeders: number;
  readonly leechers: number;
  /** Members by kind: with a socket, and with an address. A peer may be both. */
  readonly sockets: number;
  readonly addresses: number;
  /** The swarms with the most peers, the largest first. */
  readonly largest: readonly SwarmSummary[];
}

/** Looks through all swarms when somebody wants to know, in steps between which announces go on, and remembers what it found. */
export class CensusTaker {
  readonly #store: Pick<SwarmStore, "summaries">;
  readonly #now: () => Millis;
  #takenAt = Number.NEGATIVE_INFINITY;
  #census: Promise<Census> | undefined;

  constructor(store: Pick<SwarmStore, "summaries">, now: () => Millis) {
    this.#store = store;
    this.#now = now;
  }

  /** A census that is at most `MAX_CENSUS_AGE_MILLIS` old. */
  take(): Promise<Census> {
    const now = this.#now();
    if (this.#census === undefined || now - this.#takenAt >= MAX_CENSUS_AGE_MILLIS) {
      this.#takenAt = now;
      this.#census = count(this.#store);
    }
    return this.#census;
  }
}

async function count(store: Pick<SwarmStore, "summaries">): Promise<Census> {
  const sums = { swarms: 0, seeders: 0, leechers: 0, sockets: 0, addresses: 0 };
  const largest: SwarmSummary[] = [];
  for (const swarm of store.summaries()) {
    sums.swarms += 1;
    sums.seeders += swarm.seeders;
    sums.leechers += swarm.leechers;
    sums.sockets += swarm.sockets;
    sums.addresses += swarm.addresses;
    keepLargest(largest, swarm);
    if (sums.swarms % SWARMS_COUNTED_AT_ONCE === 0) await setImmediate();
  }
  return { ...sums, largest };
}

/** Puts the swarm in its place if it is among the largest. Most are not: then one comparison is enough. */
function keepLargest(largest: SwarmSummary[], swarm: SwarmSummary): void {
  const last = largest[MAX_LARGEST_SWARMS - 1];
  if (last !== undefined && peers(last) >= peers(swarm)) return;
  const at = largest.findIndex((other) => peers(other) < peers(swarm));
  largest.splice(at < 0 ? largest.length : at, 0, swarm);
  if (largest.length > MAX_LARGEST_SWARMS) largest.pop();
}

const peers = ({ seeders, leechers }: SwarmSummary): number => seeders + leechers;
