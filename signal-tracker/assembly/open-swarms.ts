import { performance } from "node:perf_hooks";
import type { Logger } from "pino";
import { millis } from "#shared/base/ids.ts";
import type { SwarmStore } from "../core/swarm-store.ts";
import { keepSwarms, readSwarms, type SwarmFileOptions } from "../store/memory/swarm-file.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";

/** The swarms, in memory. */
export interface Swarms {
  readonly store: SwarmStore;
  close(): Promise<void>;
}

/** With a data folder, which exists, they outlive a restart. Whatever cannot be read there is put aside and logged. */
export async function openSwarms(
  folder: string | undefined,
  isAllowed: SwarmFileOptions["isAllowed"],
  log: Logger,
): Promise<Swarms> {
  const store = new MemorySwarmStore();
  if (folder === undefined) return { store, close: async () => {} };
  const file: SwarmFileOptions = {
    ...{ store, folder, isAllowed },
    now: () => millis(performance.now()),
    unixNow: Date.now,
    warn: (sentence) => log.warn(sentence),
  };
  await readSwarms(file);
  return { store, ...keepSwarms(file) };
}
