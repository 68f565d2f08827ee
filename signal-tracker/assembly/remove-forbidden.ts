import { setImmediate } from "node:timers/promises";
import type { Cluster } from "../core/cluster.ts";
import type { Tracker } from "../core/tracker.ts";
import { SWARMS_COUNTED_AT_ONCE } from "../limits/operation.ts";

/** Takes everybody out of the swarms of torrents that are no longer allowed, in steps between which announces go on. */
export async function removeForbidden(
  { store, isAllowed = () => true }: Pick<Tracker, "store" | "isAllowed">,
  cluster: Pick<Cluster<never>, "removeSwarm"> | undefined,
): Promise<void> {
  let looked = 0;
  for (const { infoHash } of store.summaries()) {
    if (!isAllowed(infoHash)) (cluster ?? store).removeSwarm(infoHash);
    if (++looked % SWARMS_COUNTED_AT_ONCE === 0) await setImmediate();
  }
}
