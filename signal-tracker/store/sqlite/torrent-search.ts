import { foldedWords } from "#shared/base/fold.ts";
import type { Page, TorrentOrder, TorrentQuery, TorrentRecord } from "../../core/record-store.ts";
import type { RecordLimits } from "../../limits.ts";
import { parseTorrentCursor, sortKey, type TorrentPlace, torrentCursor } from "../torrent-cursor.ts";
import { recordOf, type Statements, type Value } from "./statements.ts";
import { TORRENT_COLUMNS } from "./torrent-tables.ts";

/** Characters of a word that the trigram index needs. Shorter words are looked for in each text. */
const TRIGRAM = 3;

/** The column of each order, and the comparison with which it goes on. Each has an index that ends with the info-hash. */
const ORDERS: Record<TorrentOrder, { readonly column: string; readonly sort: string; readonly on: string }> =
  {
    newest: { column: "published_at", sort: "published_at DESC, info_hash", on: "<" },
    seeders: { column: "seeders", sort: "seeders DESC, info_hash", on: "<" },
    name: { column: "folded_name", sort: "folded_name, info_hash", on: ">" },
  };

/** A part of a WHERE clause with its values. */
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** As `RecordStore.searchTorrents`. */
export function searchTorrents(
  sql: Statements,
  query: TorrentQuery,
  { maxScannedTorrents }: RecordLimits,
): Page<TorrentRecord> {
  const { order, limit } = query;
  const place = parseTorrentCursor(order, query.cursor);
  const words = foldedWords(query.text);
  const indexed = words.filter((word) => [...word].length >= TRIGRAM);
  const scanned = words.filter((word) => !indexed.includes(word));
  const behind = place === undefined ? [] : [isBehind(order, place)];
  // A word in the index finds few entries. Without one, each entry would be looked at.
  const end =
    scanned.length > 0 && indexed.length === 0 ? scanEnd(sql, order, behind, maxScannedTorrents) : undefined;
  const conditions = [
    ...behind,
    ...(indexed.length === 0 ? [] : [matches(indexed)]),
    ...scanned.map(contains),
    ...(end === undefined ? [] : [isNotBehind(order, end)]),
  ];
  const found = sql
    .rows(
      `SELECT ${TORRENT_COLUMNS} FROM torrents ${where(conditions)} ORDER BY ${ORDERS[order].sort} LIMIT ?`,
      ...valuesOf(conditions),
      limit + 1,
    )
    .map(recordOf<TorrentRecord>);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next =
    found.length > limit && last !== undefined ? { key: sortKey(order, last), infoHash: last.infoHash } : end;
  return next === undefined ? { items } : { items, nextCursor: torrentCursor(order, next) };
}

/** The last entry that may be looked at. Undefined: all that follow may. */
function scanEnd(
  sql: Statements,
  order: TorrentOrder,
  behind: readonly Condition[],
  maxScanned: number,
): TorrentPlace | undefined {
  const { column, sort } = ORDERS[order];
  const [end, next] = sql.rows(
    `SELECT ${column} AS key, info_hash AS infoHash FROM torrents ${where(behind)} ORDER BY ${sort} LIMIT 2 OFFSET ?`,
    ...valuesOf(behind),
    maxScanned - 1,
  );
  return end === undefined || next === undefined ? undefined : recordOf(end);
}

/** The first comparison is what the index is used for. */
function isBehind(order: TorrentOrder, { key, infoHash }: TorrentPlace): Condition {
  const { column, on } = ORDERS[order];
  return {
    sql: `${column} ${on}= ? AND (${column} ${on} ? OR info_hash > ?)`,
    values: [key, key, infoHash],
  };
}

function isNotBehind(order: TorrentOrder, { key, infoHash }: TorrentPlace): Condition {
  const { column, on } = ORDERS[order];
  return {
    sql: `NOT (${column} ${on} ? OR (${column} = ? AND info_hash > ?))`,
    values: [key, key, infoHash],
  };
}

/** Each word is a phrase in quotes, in which nothing but a quote means anything. */
function matches(words: readonly string[]): Condition {
  const phrases = words.map((word) => `"${word.replaceAll('"', '""')}"`);
  return {
    sql: "id IN (SELECT rowid FROM torrent_search WHERE torrent_search MATCH ?)",
    values: [phrases.join(" ")],
  };
}

/** Unlike LIKE, `instr` knows no wildcards. */
function contains(word: string): Condition {
  return { sql: "instr(search_text, ?) > 0", values: [word] };
}

function where(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}`;
}

function valuesOf(conditions: readonly Condition[]): Value[] {
  return conditions.flatMap(({ values }) => values);
}
