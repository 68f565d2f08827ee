import type { SwarmCounts } from "#shared/announce/announce.ts";
import { scrapeUrl } from "#shared/announce/http.ts";
import { parseScrapeReply } from "#shared/announce/http-reply.ts";
import { parseInfoHash, type TrackerUrl } from "#shared/base/ids.ts";

/** How many peers of a torrent a Tabswarm tracker knows. Undefined: it does not say. */
export async function swarmCounts(trackerUrl: string, infoHash: string): Promise<SwarmCounts | undefined> {
  const parsed = parseInfoHash(infoHash);
  if (parsed === undefined) throw new Error(`no info-hash: ${infoHash}`);
  const url = scrapeUrl(new URL("/announce", trackerUrl).href as TrackerUrl, [parsed]) ?? "";
  const reply = parseScrapeReply(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  return reply.type === "scrapeReply" ? reply.swarms.get(parsed) : undefined;
}
