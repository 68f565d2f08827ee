import { createHash } from "node:crypto";
import { basename } from "node:path";
import { isExplained } from "../failure.ts";
import type { Run } from "../once.ts";
import { errorNews, type PeerNews, pastNews } from "../peer-news.ts";
import type { ConfigDownload, ConfigWishes, PublishedSeed } from "../sources/start-config.ts";
import { readTorrentReferences } from "../sources/torrent-reference.ts";
import type { Adder } from "./adder.ts";
import type { Origins } from "./origins.ts";

/** How origins of this kind begin. */
const KIND = "config:";

/** Takes in what a config names, but for what an earlier start has taken in. Tells what cannot be, and goes on. */
export async function takeConfig(
  wishes: ConfigWishes,
  adder: Adder,
  origins: Origins,
  run: Run,
  tell: (news: PeerNews) => void,
): Promise<void> {
  const all = [...wishes.downloads, ...wishes.seeds].map((wish) => [originOf(wish), wish] as const);
  origins.retain(KIND, new Set(all.map(([origin]) => origin)));
  for (const [origin, wish] of all) {
    if (origins.has(origin)) continue;
    try {
      await ("source" in wish ? download(wish, adder, run) : seed(wish, adder, run, tell));
      origins.add(origin);
    } catch (error) {
      if (!isExplained(error)) throw error;
      run.log.error(error.message);
      tell(errorNews(error.message));
    }
  }
}

async function download(
  { source, folder, select, limits }: ConfigDownload,
  adder: Adder,
  run: Run,
): Promise<void> {
  for (const reference of await readTorrentReferences(source, run.warn))
    await adder.download(reference, { folder, globs: select, limits }, run.warn);
}

async function seed(
  { limits, description, ...wish }: PublishedSeed,
  adder: Adder,
  run: Run,
  tell: (news: PeerNews) => void,
): Promise<void> {
  if (limits.stopAt !== undefined && limits.stopAt <= Date.now())
    return tell(pastNews(wish.paths.map((path) => basename(path)).join(", ")));
  await adder.seed(wish, { isPaused: false, limits, description }, run.warn);
}

function originOf(wish: ConfigDownload | PublishedSeed): string {
  return KIND + createHash("sha256").update(JSON.stringify(wish)).digest("hex");
}
