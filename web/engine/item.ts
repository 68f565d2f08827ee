import { ProtocolError } from "#shared/base/errors.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { TorrentView, TrackerView, WebSeedView } from "#shared/session/view.ts";
import type { Entry, EntryKey, RestReason } from "./client.ts";
import { NO_CONTROLS } from "./controls.ts";
import type { TorrentBytes, TorrentRecord } from "./database.ts";
import type { PieceStore } from "./piece-store.ts";
import { withPlainSizes } from "./plain-sizes.ts";
import type { OwnShare } from "./seal-files.ts";
import type { ToldTorrent } from "./tabs/tab-words.ts";
import type { LinkedTorrent, TorrentLinks } from "./torrent-links.ts";
import { isUnread } from "./unread.ts";

/** A torrent of this tab. */
export interface Item {
  readonly key: EntryKey;
  /** What the browser stores of it. */
  record: TorrentRecord;
  metadata: TorrentMetadata | undefined;
  /** Its pieces, to count and to save. Undefined: its bytes are the person's own files, or its metadata is not known. */
  store: PieceStore | undefined;
  /** What the person's own files need before the page can share them again. */
  needs: "permission" | "files" | undefined;
  /** Progress of a running save, 0 to 1. */
  saving: number | undefined;
  /** The same for single files: of the one that moved last. It keeps nobody from saving the rest. */
  savingFile: number | undefined;
  /** Why the engine has paused it, although its record is not paused. */
  restsBecause: RestReason | undefined;
  /** The person has resumed it in spite of such a reason: nothing makes it rest any more on this page. */
  sharesAnyway: boolean;
  /** What the page shows of it, and what that was made of. */
  shown?: { readonly made: readonly unknown[]; readonly entry: Entry };
  /** The person's own files, once they are here. */
  files: readonly File[] | undefined;
  /** An encrypted share of the person's own files. */
  sealed: OwnShare | undefined;
  /** It goes on only once all of its files have been checked: nothing of it is announced before. */
  checksFirst: boolean;
  /** Stops checking files that came back. */
  abort: AbortController;
}

/** What a new record needs to know about its torrent. */
export type NewTorrent = Pick<TorrentRecord, "infoHash" | "displayName" | "infoBytes"> &
  Partial<Pick<TorrentRecord, "encoding" | "trackers" | "webSeeds" | "shareKey" | "selectedFiles">>;

export function newRecord(torrent: NewTorrent, bytes: TorrentBytes): TorrentRecord {
  return {
    infoHash: torrent.infoHash,
    displayName: torrent.displayName,
    infoBytes: torrent.infoBytes,
    encoding: torrent.encoding,
    trackers: torrent.trackers ?? [],
    webSeeds: torrent.webSeeds ?? [],
    shareKey: torrent.shareKey,
    selectedFiles: torrent.selectedFiles,
    isPaused: false,
    isSaved: false,
    isRemoved: false,
    addedAt: Date.now(),
    bytes,
  };
}

/** The stored info dictionary. Undefined: not known yet, or damaged, so that peers send it again. */
export function readMetadata({
  infoBytes,
  encoding,
}: Pick<TorrentRecord, "infoBytes" | "encoding">): TorrentMetadata | undefined {
  if (infoBytes === undefined) return undefined;
  try {
    return { info: parseInfo(infoBytes, encoding), infoBytes };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** What links and trackers need to know about it. */
export function linkedTorrent({ record, metadata }: Item, name: string | undefined): LinkedTorrent {
  const { infoHash, trackers, webSeeds, shareKey } = record;
  return { infoHash, name, trackers, webSeeds, shareKey, isPrivate: metadata?.info.isPrivate ?? false };
}

/** What the page shows of it. The same object until something in it has changed. */
export function entryOf(item: Item, torrent: TorrentView, links: TorrentLinks): Entry {
  const { record, needs, saving, savingFile, restsBecause, checksFirst, shown } = item;
  const made = [torrent, record, needs, saving, savingFile, restsBecause, checksFirst];
  if (made.some((each, at) => each !== shown?.made[at]))
    item.shown = { made, entry: newEntry(item, torrent, links) };
  return item.shown?.entry as Entry;
}

function newEntry(item: Item, torrent: TorrentView, links: TorrentLinks): Entry {
  const { key, record, needs, saving = item.savingFile, restsBecause, checksFirst } = item;
  const rests = restsBecause !== undefined && needs === undefined && torrent.phase === "paused";
  const linked = linkedTorrent(item, torrent.name);
  const lock = lockOf(item);
  return {
    state: needs === undefined ? (checksFirst ? "checking" : torrent.phase) : "needs-file",
    key,
    infoHash: torrent.infoHash,
    torrent: {
      ...withPlainSizes(torrent, lock),
      trackers: torrent.trackers.map(withoutItsKey),
      webSeeds: torrent.webSeeds.map(withoutItsQuery),
    },
    magnetLink: links.magnetLink(linked),
    shareLink: links.shareLink(linked),
    canSave: record.bytes.type === "stored" && isComplete(torrent) && !isUnread({ lock, torrent }),
    isSaved: record.isSaved,
    controls: record.controls ?? NO_CONTROLS,
    trackers: links.listed(linked),
    ...(lock === undefined ? {} : { lock }),
    ...(record.waitsBecause === undefined ? {} : { waitsBecause: record.waitsBecause }),
    ...(record.stoppedBecause === undefined ? {} : { stoppedBecause: record.stoppedBecause }),
    ...(rests ? { restsBecause } : {}),
    ...(needs === undefined ? {} : { needs }),
    ...(saving === undefined ? {} : { saving }),
  };
}

/** Whether it is an encrypted share, and we have its key. Without its metadata, its link says so. Undefined: it is none. */
function lockOf({
  record: { shareKey },
  metadata,
}: Pick<Item, "record" | "metadata">): "open" | "closed" | undefined {
  const isEncrypted = metadata === undefined ? shareKey !== undefined : isEncryptedShare(metadata.info);
  if (!isEncrypted) return undefined;
  return shareKey === undefined ? "closed" : "open";
}

/** What other tabs are told of it. */
export function toldOf(
  { infoHash, state, torrent, waitsBecause }: Exclude<Entry, { readonly state: "hashing" }>,
  { bytes }: TorrentRecord,
): ToldTorrent {
  const { name, bytesDone, bytesTotal, downBytesPerSecond, upBytesPerSecond } = torrent;
  return {
    infoHash,
    state,
    name,
    bytesDone,
    bytesTotal,
    downBytesPerSecond,
    upBytesPerSecond,
    isOwn: bytes.type === "files",
    isWaiting: waitsBecause !== undefined,
    storageId: bytes.type === "stored" ? bytes.storageId : undefined,
  };
}

/** Also while it is paused or has stopped: what is here can be saved. */
export function isComplete({ phase, pieceCount, bytesDone, bytesTotal }: TorrentView): boolean {
  const rests = phase === "paused" || phase === "error";
  return phase === "seeding" || (rests && pieceCount > 0 && bytesDone >= bytesTotal);
}

/** What is on the screen gets into photographs and bug reports. */
const withoutItsKey = (tracker: TrackerView): TrackerView => ({ ...tracker, url: withoutKey(tracker.url) });
const withoutItsQuery = (seed: WebSeedView): WebSeedView => ({ ...seed, url: withoutQuery(seed.url) });
