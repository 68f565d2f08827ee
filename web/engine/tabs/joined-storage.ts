import type { IDBPObjectStore, StoreNames } from "idb";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { MAX_NAMED_TRACKERS } from "#shared/base/tracker-url.ts";
import { hashPieces, type Run } from "#shared/driver/hash-pieces.ts";
import { type Info, isPieceHash } from "#shared/meta/info.ts";
import type { Layout } from "#shared/meta/layout.ts";
import {
  type Database,
  freeUnnamed,
  pieceRange,
  readRecord,
  type Schema,
  type TabId,
  type TorrentRecord,
} from "../database.ts";
import { type Item, type NewTorrent, readMetadata } from "../item.ts";
import type { PieceStore } from "../piece-store.ts";
import { sha1 } from "../sha1.ts";
import { fittingKey } from "../share-problems.ts";
import type { TorrentList } from "../torrent-list.ts";

// Tabs that have the same download share its storage, each with a record of its own. The pieces stay until no record names them.

type TorrentRecords = IDBPObjectStore<
  Schema,
  ArrayLike<StoreNames<Schema>>,
  "torrents",
  "readonly" | "readwrite"
>;

/** Bytes of one hashing, or one piece if that is longer. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads at once: more gain nothing. */
const READS_AT_ONCE = 3;

/**
 * Stores this tab's record with the storage of another tab that has more pieces of the torrent; of several, with the fullest.
 * Undefined: there is none, or the browser refused.
 */
export async function joinStorage(
  database: Database,
  tab: TabId,
  record: TorrentRecord,
): Promise<TorrentRecord | undefined> {
  const change = database.transaction(["lives", "torrents", "pieces"], "readwrite");
  const piecesOf = async ({ bytes }: TorrentRecord): Promise<number> =>
    bytes.type === "stored" ? change.objectStore("pieces").count(pieceRange(bytes.storageId)) : 0;
  try {
    let best = record;
    let most = await piecesOf(record);
    for (const other of await recordsOf(change.objectStore("torrents"), record.infoHash, tab)) {
      const count = await piecesOf(other);
      if (count > most) [best, most] = [other, count];
    }
    if (best === record) return undefined;
    const joined = { ...withKnowledgeOf(best, record), bytes: best.bytes };
    await change.objectStore("torrents").put(joined, [tab, joined.infoHash]);
    if (record.bytes.type === "stored") await freeUnnamed(change, record.bytes.storageId);
    await change.done;
    return joined;
  } catch {
    change.done.catch(() => {}); // It says the same.
    return undefined;
  }
}

/** What another tab's record says of a torrent: what the person would know from its link. Undefined: no other tab has it. */
export async function torrentElsewhere(
  database: Database,
  tab: TabId,
  infoHash: InfoHash,
): Promise<NewTorrent | undefined> {
  const [record, ...others] = await recordsOf(database.transaction("torrents").store, infoHash, tab);
  const known = record && others.reduce((all, other) => withKnowledgeOf(other, all), record);
  return known && { ...known, shareKey: fittingKey(readMetadata(known)?.info, known.shareKey) };
}

/** The records of all tabs but this one. */
async function recordsOf(
  torrents: TorrentRecords,
  infoHash: InfoHash,
  tab: TabId,
): Promise<readonly TorrentRecord[]> {
  const records: TorrentRecord[] = [];
  for (const key of await torrents.index("infoHash").getAllKeys(infoHash))
    if (key[0] !== tab) records.push(...readRecord(await torrents.get(key)));
  return records;
}

/**
 * Gives a torrent to the engine with those pieces of another tab's storage that fit their hashes. Those that do not are deleted:
 * both tabs fetch them again, the other one once somebody asks it for them. Rejects if the storage cannot be read, or if the
 * torrent is removed meanwhile.
 */
export async function enterChecked(list: TorrentList, item: Item): Promise<void> {
  const { metadata, store, record } = item;
  if (metadata === undefined || store === undefined) return list.enterStored(item);
  const { infoHash } = record;
  list.enter(item, undefined, "asleep");
  list.feed({ type: "checkBegan", infoHash, held: new Bitfield(metadata.info.layout.pieceCount) });
  if (!record.isPaused) list.feed({ type: "torrentResumed", infoHash });
  try {
    await checkStored(list, item, metadata.info, store);
  } finally {
    list.feed({ type: "checkEnded", infoHash });
  }
}

async function checkStored(
  list: TorrentList,
  { record: { infoHash }, abort }: Item,
  { layout, pieceHashes }: Info,
  store: PieceStore,
): Promise<void> {
  const held = await store.heldPieces(layout.pieceCount);
  const unreadable = new Set<PieceIndex>();
  const dropped: Promise<void>[] = [];
  await hashPieces({
    layout,
    pieces: [...layout.pieces()].filter((piece) => held.has(piece)),
    read: (run) => readRun(store, layout, run, unreadable),
    sha1,
    runBytes: READ_BYTES,
    runsAtOnce: READS_AT_ONCE,
    hashed: (piece, hash) => {
      const good = !unreadable.has(piece) && isPieceHash(pieceHashes, piece, hash);
      list.feed({ type: "storedPieceChecked", infoHash, piece, good });
      if (!good) dropped.push(store.drop(piece));
    },
    signal: abort.signal,
  });
  await Promise.allSettled(dropped); // Whether or not it works, we do not count them as ours.
}

/** Reads pieces that follow one another: in one go or, if something is wrong with one of them, each alone. */
async function readRun(
  store: PieceStore,
  layout: Layout,
  { start, length, pieces }: Run,
  unreadable: Set<PieceIndex>,
): Promise<Uint8Array<ArrayBuffer>> {
  const blobs = await store.blobs(pieces[0] ?? 0, pieces.length).catch(() => []);
  const whole = await new Blob(blobs).arrayBuffer().catch(() => undefined);
  if (whole?.byteLength === length) return new Uint8Array(whole);
  const bytes = new Uint8Array(length);
  for (const piece of pieces) {
    const found = await store.read(piece);
    if (found?.length === layout.pieceBytes(piece)) bytes.set(found, piece * layout.pieceLength - start);
    else unreadable.add(piece);
  }
  return bytes;
}

function withKnowledgeOf(other: TorrentRecord, record: TorrentRecord): TorrentRecord {
  const { infoBytes, encoding } = record.infoBytes === undefined ? other : record;
  const trackers = [...new Set([...record.trackers, ...other.trackers])].slice(0, MAX_NAMED_TRACKERS);
  const displayName = record.displayName ?? other.displayName;
  const shareKey = record.shareKey ?? fittingKey(readMetadata({ infoBytes, encoding })?.info, other.shareKey);
  return { ...record, infoBytes, encoding, trackers, displayName, shareKey };
}
