import { access } from "node:fs/promises";
import { join } from "node:path";
import { openParts } from "./assembly/open-parts.ts";
import { openTracker } from "./assembly/open-tracker.ts";
import type { RunningTracker, TrackerOptions } from "./assembly/options.ts";
import { systemRandom } from "./assembly/system-random.ts";
import { resolveHost, StartError, UdpPortBusy } from "./transport/listen.ts";

export type { HttpsWish } from "./assembly/open-https.ts";
export { backUpRecords } from "./assembly/open-records.ts";
export type { RunningTracker, TrackerOptions } from "./assembly/options.ts";
export { RecordFileError } from "./store/record-file-error.ts";
export type { IceServer } from "./transport/config.ts";
export { StartError } from "./transport/listen.ts";
export type { TurnOptions } from "./transport/turn.ts";

/** Ports to try, to find one that is free for both TCP and UDP, when any will do. */
const ANY_PORT_TRIES = 10;

/** Opens the ports and serves until `close`. Rejects with a `StartError`. */
export async function startTracker(options: TrackerOptions): Promise<RunningTracker> {
  if (options.pageFolder !== undefined) await requirePage(options.pageFolder);
  const boundAddress = await resolveHost(options.host);
  const parts = await openParts({ ...options, random: systemRandom });
  const tries = options.port === 0 ? ANY_PORT_TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await openTracker(options, boundAddress, parts);
    } catch (error) {
      if (attempt < tries && error instanceof UdpPortBusy) continue;
      await parts.close();
      throw error;
    }
  }
}

async function requirePage(folder: string): Promise<void> {
  try {
    await access(join(folder, "index.html"));
  } catch {
    throw new StartError(`The page is not in ${folder}. Build it with: npm run build`);
  }
}
