import type { ApiTorrent, ApiTorrentDetails } from "#shared/announce/tracker-api.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { CatalogEntry, OpenedEntry } from "../../catalog/catalog.ts";
import { CatalogRefusal, type CatalogRefusalCode } from "../../catalog/refusal.ts";
import { ApiRefusal } from "./api-error.ts";
import { isoTime } from "./iso-time.ts";

const STATUS: Record<CatalogRefusalCode, number> = {
  alreadyPublished: 409,
  catalogFull: 507,
  descriptionTooLong: 400,
  malformedCursor: 400,
  noSuchTorrent: 404,
  notYours: 403,
  searchTooLong: 400,
  torrentNotAllowed: 403,
  torrentTooLarge: 413,
  tooManyTorrents: 403,
};

/** An entry of the catalog, as the API shows it. */
export function apiTorrent(entry: CatalogEntry): ApiTorrent {
  const { record, counts, publishedBy, lastSeededAt, goesAt } = entry;
  return {
    infoHash: record.infoHash,
    name: record.name,
    description: record.description,
    bytes: record.bytes,
    fileCount: record.fileCount,
    seeders: counts.seeders,
    leechers: counts.leechers,
    publishedAt: isoTime(record.publishedAt),
    ...(publishedBy !== undefined && { publishedBy }),
    ...(lastSeededAt !== undefined && { lastSeededAt: isoTime(lastSeededAt) }),
    ...(goesAt !== undefined && { goesAt: isoTime(goesAt) }),
  };
}

/** An opened entry, as the API shows it. */
export function apiTorrentDetails(entry: OpenedEntry): ApiTorrentDetails {
  const { pieceBytes, pieceCount, files, canUnpublish } = entry;
  return { ...apiTorrent(entry), pieceBytes, pieceCount, files, canUnpublish };
}

/** Does something with the catalog. Whatever it refuses becomes an `ApiRefusal`. */
export async function inCatalog<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CatalogRefusal) throw new ApiRefusal(STATUS[error.code], error.code, error.message);
    if (error instanceof ProtocolError) throw new ApiRefusal(400, error.code, error.message);
    throw error;
  }
}
