import { UsageError } from "../base/errors.ts";
import type { WebSeedUrl } from "../base/ids.ts";
import { MAX_WEB_SEEDS, parseWebSeedUrl } from "../meta/web-seeds.ts";

/** Throws a `UsageError` for what is no web seed, or too many of them. */
export function webSeedsIn(urls: readonly string[]): readonly WebSeedUrl[] {
  if (urls.length > MAX_WEB_SEEDS)
    throw new UsageError("tooManyWebSeeds", `A torrent has at most ${MAX_WEB_SEEDS} web seeds. Name fewer.`);
  return urls.map(webSeedIn);
}

function webSeedIn(text: string): WebSeedUrl {
  const url = parseWebSeedUrl(text);
  if (url !== undefined) return url;
  throw new UsageError(
    "badWebSeed",
    `${text} is no web seed. Pass an address such as https://example.org/files/, without user name and password.`,
  );
}
