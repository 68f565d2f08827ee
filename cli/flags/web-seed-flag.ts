import { InvalidArgumentError } from "commander";
import type { WebSeedUrl } from "#shared/base/ids.ts";
import { MAX_WEB_SEEDS, parseWebSeedUrl } from "#shared/meta/web-seeds.ts";

/** The option that names web servers with the torrent's files (BEP 19). */
export const WEB_SEED_OPTION: [
  string,
  string,
  (text: string, before: readonly WebSeedUrl[]) => readonly WebSeedUrl[],
  readonly WebSeedUrl[],
] = [
  "--web-seed <url>",
  "web server that has the files, too: https://host/folder/ in which they lie, or the URL of a single file; may be repeated",
  parseWebSeed,
  [],
];

/** Reads one `--web-seed`. */
function parseWebSeed(text: string, before: readonly WebSeedUrl[]): readonly WebSeedUrl[] {
  const url = parseWebSeedUrl(text);
  if (url === undefined) {
    throw new InvalidArgumentError(
      "It is no web address. Pass one like https://example.org/files/, without user name and password.",
    );
  }
  if (before.length === MAX_WEB_SEEDS)
    throw new InvalidArgumentError(`A torrent has at most ${MAX_WEB_SEEDS} web seeds.`);
  return before.includes(url) ? before : [...before, url];
}
