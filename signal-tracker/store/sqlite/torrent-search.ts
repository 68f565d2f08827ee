import { foldedWords } from "#shared/base/fold.ts";
import type { Page, TorrentOrder, TorrentQuery, TorrentRecord } from "../../core/record-store.ts";
import { MAX_TRIGRAMS_PER_WORD, type RecordLimits } from "../../limits/catalog.ts";
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
  const trigrams = trigramsOf(words);
  // Each word is a look at each text.
  const maxScanned = Math.max(1, Math.floor(maxScannedTorrents / Math.max(1, words.length)));
  const behind = place === undefined ? [] : [isBehind(order, place)];
  // What the index finds is looked at as a whole. If that is much, or no word has a trigram, entries are looked at in their order.
  const usesIndex = trigrams.length > 0 && !hasMore(sql, trigrams, maxScanned);
  const isScan = !usesIndex && words.length > 0;
  const end = isScan ? scanEnd(sql, order, behind, maxScanned) : undefined;
  const conditions = [
    ...behind,
    ...(usesIndex ? [matches(trigrams)] : []),
    ...words.map(contains),
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

/**
 * Trigrams that a text with these words has, and few others: some of each word, spread over it. A word as a phrase would be
 * more exact, but SQLite compares all places of all trigrams of a phrase: a long word took it seconds in texts of one letter.
 */
export function trigramsOf(words: readonly string[]): readonly string[] {
  const trigrams = words.flatMap((word) => {
    const letters = [...word];
    const last = letters.length - TRIGRAM;
    if (last < 0) return [];
    const steps = Math.min(last, MAX_TRIGRAMS_PER_WORD - 1);
    return Array.from({ length: steps + 1 }, (_, step) => {
      const start = steps === 0 ? 0 : Math.round((last * step) / steps);
      return letters.slice(start, start + TRIGRAM).join("");
    });
  });
  return [...new Set(trigrams)];
}

/** Whether the index finds more entries than that. */
function hasMore(sql: Statements, trigrams: readonly string[], count: number): boolean {
  const found = "SELECT rowid FROM torrent_search WHERE torrent_search MATCH ? LIMIT 1 OFFSET ?";
  return sql.row(found, allOf(trigrams), count) !== undefined;
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

function matches(trigrams: readonly string[]): Condition {
  return {
    sql: "id IN (SELECT rowid FROM torrent_search WHERE torrent_search MATCH ?)",
    values: [allOf(trigrams)],
  };
}

/** Texts that have all of them. In quotes, nothing but a quote means anything. */
function allOf(trigrams: readonly string[]): string {
  return trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(" ");
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
