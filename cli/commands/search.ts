import { Command, InvalidArgumentError, Option } from "commander";
import type { ApiTorrent } from "#shared/announce/tracker-api.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import type { LogFlags } from "../flags/log.ts";
import { parseTabswarmTracker } from "../flags/tabswarm-tracker-flag.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { formatBytes, formatDuration, plural } from "../show/format.ts";
import { plainTable, tableText } from "../show/peer-table.ts";
import { type CatalogSearch, SEARCH_ORDERS, TrackerCatalog } from "../sources/catalog.ts";

interface SearchFlags extends LogFlags, Omit<CatalogSearch, "text"> {
  readonly tracker: TrackerUrl;
}

const MAX_LIMIT = 1_000;
const USUAL_LIMIT = 20;
/** Characters of a name, an account and a description in the table. */
const MAX_NAME_CHARACTERS = 48;
const MAX_ACCOUNT_CHARACTERS = 20;
const MAX_DESCRIPTION_CHARACTERS = 80;

/** `tabswarm search`: the catalog of a Tabswarm tracker. */
export function searchCommand(): Command {
  const command = new Command("search")
    .description("search the torrents that people have published on a Tabswarm tracker")
    .argument("[text...]", "words that names, descriptions or file names contain; none: all torrents")
    .requiredOption("--tracker <url>", "Tabswarm tracker, such as http://host:8000", parseTabswarmTracker)
    .addOption(new Option("--sort <order>", "what comes first").choices(SEARCH_ORDERS).default("newest"))
    .option("--limit <number>", `list at most so many, up to ${MAX_LIMIT}`, parseLimit, USUAL_LIMIT);
  return withCommonFlags(command).action(search);
}

async function search(words: readonly string[], flags: SearchFlags): Promise<void> {
  await runOnce("search", flags, async ({ log }) => {
    const { tracker, sort, limit, json } = flags;
    const catalog = new TrackerCatalog(tracker);
    const text = words.join(" ");
    const { found, hasMore } = await catalog.search({ text, sort, limit });
    log.info({ tracker, text, found: found.length }, "searched");
    if (json) for (const torrent of found) console.log(JSON.stringify({ type: "torrent", ...torrent }));
    else console.log(found.length > 0 ? foundText(found, hasMore, tracker) : nothingText(text, tracker));
  });
}

function foundText(found: readonly ApiTorrent[], hasMore: boolean, tracker: TrackerUrl): string {
  const count = hasMore
    ? `The first ${found.length}; --limit shows more.`
    : `${plural(found.length, "torrent", "torrents")}.`;
  return `${table(found, Date.now())}\n${count} To download one: tabswarm download <info-hash> --tracker ${tracker}`;
}

function nothingText(text: string, tracker: TrackerUrl): string {
  if (text.trim() === "")
    return `Nothing is published on ${tracker} yet. To publish: tabswarm seed --publish`;
  return `Nothing on ${tracker} contains ${printable(text)}. Try fewer words, or a part of one.`;
}

function table(found: readonly ApiTorrent[], now: number): string {
  const rows = plainTable([
    "name",
    "size>",
    "files>",
    "seeders>",
    "leechers>",
    "last seeded",
    "published",
    "by",
    "info-hash",
    "description",
  ]);
  for (const torrent of found) {
    const { name, bytes, fileCount, seeders, leechers, lastSeededAt, publishedAt, publishedBy } = torrent;
    const seeded = seeders > 0 ? "now" : lastSeededAt === undefined ? "never" : ago(lastSeededAt, now);
    const by = printable(publishedBy ?? "", MAX_ACCOUNT_CHARACTERS);
    const shown = [printable(name, MAX_NAME_CHARACTERS), formatBytes(bytes), fileCount, seeders, leechers];
    const description = printable(torrent.description, MAX_DESCRIPTION_CHARACTERS);
    rows.push([...shown, seeded, ago(publishedAt, now), by, torrent.infoHash, description]);
  }
  return tableText(rows);
}

function ago(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1_000;
  return seconds < 60 ? "just now" : `${formatDuration(Math.floor(seconds / 60) * 60)} ago`;
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_LIMIT}.`);
}
