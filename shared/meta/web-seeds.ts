import type { WebSeedUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";

/** Web seeds of one torrent that we read: each is a server that we call. */
export const MAX_WEB_SEEDS = 16;

/** Web seeds in a link that we write, so that it stays short enough to send. */
export const MAX_LINK_WEB_SEEDS = 4;

/** As long as servers take them. */
const MAX_WEB_SEED_URL_CHARACTERS = 2_048;

/** Invalid addresses that a warning names; it counts the others. */
const MAX_INVALID_SHOWN = 3;

/** Characters of an address in a warning: enough to recognise it. */
const MAX_ADDRESS_CHARACTERS = 80;

/** A web seed, and who named it. */
export interface NamedWebSeed {
  readonly url: WebSeedUrl;
  /** The person did, so it may lead into a private network. One that a torrent or link names may not. */
  readonly isTrusted: boolean;
}

/** Web seeds, and how many texts among them were none or too many. */
export interface ReadWebSeeds {
  readonly webSeeds: readonly WebSeedUrl[];
  readonly invalid: readonly string[];
  readonly tooMany: number;
}

/**
 * Parses and normalises the URL of a web seed (BEP 19), so that different spellings compare equal. Undefined if it is not on http or
 * https, has no host, is too long, names port 0 or contains credentials, which browsers refuse.
 */
export function parseWebSeedUrl(text: string): WebSeedUrl | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_WEB_SEED_URL_CHARACTERS || !/^https?:\/\//i.test(trimmed)) return undefined;
  const url = parsedUrl(trimmed);
  if (url === undefined || url.username !== "" || url.password !== "" || url.port === "0") return undefined;
  const normal = `${url.origin}${url.pathname}${url.search}`;
  return normal.length <= MAX_WEB_SEED_URL_CHARACTERS ? (normal as WebSeedUrl) : undefined;
}

/** Reads web seeds, each once, at most `MAX_WEB_SEEDS`. */
export function readWebSeeds(texts: Iterable<string>): ReadWebSeeds {
  const found = new Set<WebSeedUrl>();
  const invalid = new Set<string>();
  for (const text of texts) {
    const url = parseWebSeedUrl(text);
    if (url !== undefined) found.add(url);
    else if (text.trim() !== "") invalid.add(text);
  }
  const webSeeds = [...found].slice(0, MAX_WEB_SEEDS);
  return { webSeeds, invalid: [...invalid], tooMany: found.size - webSeeds.length };
}

/** Those that the person named, and those that a torrent or link names: each once, at most `MAX_WEB_SEEDS`. */
export function namedWebSeeds(
  own: readonly WebSeedUrl[],
  others: readonly WebSeedUrl[],
): readonly NamedWebSeed[] {
  const isTrusted = new Set(own);
  return [...new Set([...own, ...others])]
    .slice(0, MAX_WEB_SEEDS)
    .map((url) => ({ url, isTrusted: isTrusted.has(url) }));
}

/** The URL as it may be shown and logged: a query may hold a secret. */
export function withoutQuery(webSeed: WebSeedUrl): WebSeedUrl {
  return webSeed.replace(/\?.*$/s, "") as WebSeedUrl;
}

/** Says which web seeds were left out. */
export function webSeedWarnings({ invalid, tooMany }: Omit<ReadWebSeeds, "webSeeds">): string[] {
  const warnings: string[] = [];
  if (invalid.length > 0) {
    const shown = invalid.slice(0, MAX_INVALID_SHOWN);
    const named = shown.map((text) => printable(text, MAX_ADDRESS_CHARACTERS)).join(", ");
    const more = invalid.length - shown.length;
    warnings.push(`Left out invalid web seeds: ${more > 0 ? `${named} and ${more} more` : named}.`);
  }
  if (tooMany > 0)
    warnings.push(`Only the first ${MAX_WEB_SEEDS} web seeds were read; ${tooMany} more were left out.`);
  return warnings;
}

function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
