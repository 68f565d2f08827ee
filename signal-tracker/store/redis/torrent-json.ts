import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentRecord, UnixMillis } from "../../core/record-store.ts";

/** What changes with the swarm is kept apart. */
type Written = Omit<TorrentRecord, "seeders" | "lastSeededAt">;

const TEXTS = ["name", "description", "foldedName", "searchText"] as const;
const NUMBERS = ["bytes", "fileCount", "infoBytes", "publishedAt"] as const;
const OPTIONAL_TEXTS = ["encoding", "owner", "network", "ownerKeyHash"] as const;

/** An entry of the catalog as Redis has it. Undefined: it cannot be read, because another version of Tabswarm, or something else, wrote it. */
export function parseTorrentJson(
  infoHash: InfoHash,
  text: string,
  seeders: unknown,
  lastSeededAt: unknown,
): TorrentRecord | undefined {
  const written = parseJson(text);
  if (written["infoHash"] !== infoHash) return undefined;
  if (TEXTS.some((name) => typeof written[name] !== "string")) return undefined;
  if (NUMBERS.some((name) => !Number.isSafeInteger(written[name]))) return undefined;
  if (OPTIONAL_TEXTS.some((name) => !["string", "undefined"].includes(typeof written[name])))
    return undefined;
  const seededAt =
    typeof lastSeededAt === "string" ? { lastSeededAt: Number(lastSeededAt) as UnixMillis } : {};
  return { ...(written as unknown as Written), seeders: Number(seeders ?? 0), ...seededAt };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
