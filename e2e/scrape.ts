import { isDeepStrictEqual } from "node:util";
import type { SwarmCounts } from "#shared/announce/announce.ts";
import { readScrapeReply, scrapeQuery } from "#shared/announce/scrape.test-support.ts";
import { parseInfoHash } from "#shared/base/ids.ts";
import { until } from "./until.ts";

/** How many peers of a torrent a Tabswarm tracker knows. Undefined: it does not say. */
async function swarmCounts(trackerUrl: string, infoHash: string): Promise<SwarmCounts | undefined> {
  const parsed = parseInfoHash(infoHash);
  if (parsed === undefined) throw new Error(`no info-hash: ${infoHash}`);
  const answer = await fetch(new URL(`/scrape?${scrapeQuery([parsed])}`, trackerUrl));
  const reply = readScrapeReply(new Uint8Array(await answer.arrayBuffer()));
  return reply.type === "scrapeReply" ? reply.swarms.get(parsed) : undefined;
}

/** Waits until a tracker counts so many peers of a torrent. */
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
