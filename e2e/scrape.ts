import { isDeepStrictEqual } from "node:util";
import type { SwarmCounts } from "#shared/announce/announce.ts";
import { readScrapeReply, scrapeQuery } from "#shared/announce/scrape.test-support.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { until } from "./until.ts";

/** How many peers of a torrent a Tabswarm tracker has. Undefined: it gives no counts. */
async function swarmCounts(trackerUrl: string, infoHash: string): Promise<SwarmCounts | undefined> {
  const parsed = parseInfoHash(infoHash);
  if (parsed === undefined) throw new Error(`not an info-hash: ${infoHash}`);
  const answer = await fetch(new URL(`/scrape?${scrapeQuery([parsed])}`, trackerUrl));
  const reply = readScrapeReply(new Uint8Array(await answer.arrayBuffer()));
  return reply.type === "scrapeReply" ? reply.swarms.get(parsed) : undefined;
}

/** Waits until a tracker's counts for a torrent are those wanted. */
export async function untilCounted(
  trackerUrl: string,
  infoHash: string,
  wanted: Partial<SwarmCounts>,
): Promise<void> {
  await until(async () => {
    const counts = await swarmCounts(trackerUrl, infoHash);
    return counts !== undefined && isDeepStrictEqual({ ...counts, ...wanted }, counts);
  });
}
