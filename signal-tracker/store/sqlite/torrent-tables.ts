import type { InfoHash } from "#shared/base/ids.ts";
import type {
  TorrentPublisher,
  TorrentRecord,
  TorrentSighting,
  TorrentTotals,
} from "../../core/record-store.ts";
import { recordOf, type Statements, type Value } from "./statements.ts";

/** Names the columns like the fields of `TorrentRecord`. */
export const TORRENT_COLUMNS = `info_hash AS infoHash, name, description, bytes, file_count AS fileCount,
  folded_name AS foldedName, search_text AS searchText, info_bytes AS infoBytes, encoding, owner,
  owner_key_hash AS ownerKeyHash, network, published_at AS publishedAt, last_seeded_at AS lastSeededAt, seeders`;

/** The catalog: that part of `RecordStore` but the search. */
export class TorrentTables {
  readonly #sql: Statements;

  constructor(statements: Statements) {
    this.#sql = statements;
  }

  addTorrent(torrent: TorrentRecord, infoBytes: Uint8Array): boolean {
    return this.#sql.together(() => {
      const { owner, infoHash } = torrent;
      const isOrphan = owner !== undefined && !this.#sql.row("SELECT id FROM accounts WHERE id = ?", owner);
      if (isOrphan) return false;
      const added = this.#sql.run(
        `INSERT INTO torrents (info_hash, name, description, bytes, file_count, folded_name, search_text,
           info_bytes, encoding, owner, owner_key_hash, network, published_at, last_seeded_at, seeders)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (info_hash) DO NOTHING`,
        ...valuesOf(torrent),
      );
      if (added === 0) return false;
      const sql = "INSERT INTO torrent_infos SELECT id, ? FROM torrents WHERE info_hash = ?";
      this.#sql.run(sql, infoBytes, infoHash);
      return true;
    });
  }

  torrent(infoHash: InfoHash): TorrentRecord | undefined {
    const row = this.#sql.row(`SELECT ${TORRENT_COLUMNS} FROM torrents WHERE info_hash = ?`, infoHash);
    return row && recordOf(row);
  }

  torrentInfo(infoHash: InfoHash): Uint8Array | undefined {
    const sql =
      "SELECT info FROM torrent_infos WHERE torrent = (SELECT id FROM torrents WHERE info_hash = ?)";
    const info = this.#sql.row(sql, infoHash)?.["info"];
    return info instanceof Uint8Array ? info : undefined;
  }

  removeTorrent(infoHash: InfoHash): void {
    this.#sql.run("DELETE FROM torrents WHERE info_hash = ?", infoHash);
  }

  torrentTotals(publisher: TorrentPublisher | undefined): TorrentTotals {
    const sum = "SELECT count(*) AS count, coalesce(sum(info_bytes), 0) AS infoBytes FROM torrents";
    const row =
      publisher === undefined
        ? this.#sql.row(sum)
        : "owner" in publisher
          ? this.#sql.row(`${sum} WHERE owner = ?`, publisher.owner)
          : this.#sql.row(`${sum} WHERE network = ?`, publisher.network);
    return { count: Number(row?.["count"]), infoBytes: Number(row?.["infoBytes"]) };
  }

  sawTorrents(sightings: readonly TorrentSighting[]): void {
    this.#sql.together(() => {
      for (const { infoHash, seeders, lastSeededAt } of sightings)
        this.#sql.run(
          "UPDATE torrents SET seeders = ?, last_seeded_at = coalesce(?, last_seeded_at) WHERE info_hash = ?",
          ...[seeders, lastSeededAt ?? null, infoHash],
        );
    });
  }
}

/** In the order of the columns in `addTorrent`. */
function valuesOf(torrent: TorrentRecord): Value[] {
  const { infoHash, name, description, bytes, fileCount, foldedName, searchText, infoBytes } = torrent;
  const { encoding, owner, ownerKeyHash, network, publishedAt, lastSeededAt, seeders } = torrent;
  const texts = [infoHash, name, description, bytes, fileCount, foldedName, searchText, infoBytes];
  return [
    ...texts,
    encoding ?? null,
    owner ?? null,
    ownerKeyHash ?? null,
    network ?? null,
    publishedAt,
    lastSeededAt ?? null,
    seeders,
  ];
}
