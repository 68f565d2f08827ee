import { bytesToHex } from "#shared/base/bytes.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, ShareKey, TrackerUrl } from "#shared/base/ids.ts";
import { MAX_NAMED_TRACKERS, parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { findLinks, holdsLink } from "#shared/meta/links.ts";
import type { Link } from "#shared/meta/read-link.ts";
import { removedRecord } from "./database.ts";
import { type Item, type NewTorrent, newRecord, readMetadata } from "./item.ts";
import { linkOutOfReach } from "./link-reach.ts";
import { loaded } from "./load-later.ts";
import { sha1 } from "./sha1.ts";
import { fittingKey, keyProblem } from "./share-problems.ts";
import { waitReason } from "./start-gate.ts";
import { enterChecked, joinStorage, torrentElsewhere } from "./tabs/joined-storage.ts";
import type { TorrentList } from "./torrent-list.ts";

const NO_STORAGE =
  "This browser does not let the page store anything, so you cannot download. Leave private browsing or allow site data, then reload.";

export { holdsLink, torrentElsewhere };

/** Finds magnet links, share links and info-hashes in a text. `leftOut` says in sentences what it could not read or cannot reach. */
export function torrentsInText(text: string): {
  readonly torrents: readonly NewTorrent[];
  readonly leftOut: readonly string[];
} {
  const { links, leftOut } = findLinks(text);
  const outOfReach = links.flatMap((link) => linkOutOfReach(link, location) ?? []);
  return { torrents: links.map(torrentInLink), leftOut: [...leftOut, ...new Set(outOfReach)] };
}

/** A tracker serves the page of a share link, so the link need not name that tracker. */
function torrentInLink(link: Link): NewTorrent {
  const { infoHash, displayName, trackers, webSeeds, selectedFiles, page, key } = link;
  const [own] = parseTrackerUrls([page?.replace(/^http/, "ws") ?? ""]);
  const all = own === undefined ? trackers : [own, ...trackers];
  return {
    ...{ infoHash, displayName, trackers: all, webSeeds, selectedFiles },
    ...{ shareKey: key, infoBytes: undefined },
  };
}

/** Reads a .torrent file. The warnings are sentences about what it ignored. */
export async function torrentInFile(
  file: File,
): Promise<{ readonly torrent: NewTorrent; readonly warnings: readonly string[] }> {
  const { MAX_TORRENT_FILE_BYTES, parseMetainfo } = await loaded(import("#shared/meta/metainfo.ts"));
  if (file.size > MAX_TORRENT_FILE_BYTES) {
    throw new UsageError(
      "tooLarge",
      `${file.name} is too large to be a .torrent file. To share it, choose it with Choose files.`,
    );
  }
  const { infoBytes, encoding, trackerTiers, webSeeds, warnings } = parseMetainfo(
    new Uint8Array(await file.arrayBuffer()),
  );
  const copy = new Uint8Array(infoBytes);
  const torrent = {
    infoHash: bytesToHex(await sha1(copy)) as InfoHash,
    displayName: undefined,
    trackers: trackerTiers.flat(),
    webSeeds,
    selectedFiles: undefined,
    infoBytes: copy,
    encoding,
  };
  return { torrent, warnings };
}

/** Starts a download. A torrent that is already in the list stays as it is. `excuse` gets errors of what goes on after that. */
export async function download(
  list: TorrentList,
  wanted: NewTorrent,
  excuse: (error: unknown) => void,
): Promise<void> {
  const known = list.at(wanted.infoHash);
  // A person who opens the link of their own missing file wants the file: others may have it.
  if (known !== undefined && known.needs !== "files") return learn(list, known, wanted);
  if (list.kept === undefined) throw new StorageError(NO_STORAGE);
  if (known !== undefined) list.forget(known);
  void navigator.storage?.persist?.(); // The browser may ask the person or decide by itself. Either way the download starts.

  const { database, tab } = list.kept;
  const earlier = known?.record ?? (await removedRecord(database, tab.id, wanted.infoHash));
  const isStored = earlier?.bytes.type === "stored";
  const bytes = isStored ? earlier.bytes : { type: "stored" as const, storageId: newStorageId() };
  const { infoBytes, encoding } = wanted.infoBytes === undefined && earlier !== undefined ? earlier : wanted;
  const shareKey =
    wanted.shareKey ?? fittingKey(readMetadata({ infoBytes, encoding })?.info, earlier?.shareKey);
  const record = newRecord({ ...wanted, infoBytes, encoding, shareKey }, bytes);
  const joined = await joinStorage(database, tab.id, record);
  if (joined !== undefined) {
    enterChecked(list, list.add(joined)).catch(excuse);
    return;
  }
  const item = list.add(record);
  if (earlier === undefined) waitIfAsked(list, item);
  await list.enterStored(item);
  await list.keep(item, {});
}

/**
 * A .torrent file tells at once how large the download is. Of a link this is known once peers have sent the metadata, and of an
 * encrypted share once they have sent its list of files.
 */
function waitIfAsked(list: TorrentList, item: Item): void {
  const { metadata, record } = item;
  if (record.shareKey !== undefined) return;
  const waitsBecause = metadata && waitReason(metadata.info, record.selectedFiles, list.startGate());
  if (waitsBecause !== undefined) item.record = { ...record, waitsBecause, isPaused: true };
}

/** Adds what a link or .torrent file knows about a torrent that is already in the list. */
async function learn(list: TorrentList, known: Item, wanted: NewTorrent): Promise<void> {
  const { infoHash, infoBytes, encoding, trackers = [], shareKey } = wanted;
  const item = shareKey === undefined ? await withoutMisfit(list, known) : known;
  if (shareKey !== undefined) await learnKey(list, item, shareKey);
  if (item.metadata === undefined && infoBytes !== undefined) {
    const metadata = { info: parseInfo(infoBytes, encoding), infoBytes };
    await list.keep(item, { encoding });
    list.feed({ type: "metadataChecked", infoHash, metadata, problem: undefined });
  }
  await addTrackers(list, item, trackers);
}

/** An ordinary torrent that stopped because its link had a key begins anew without it. */
async function withoutMisfit(list: TorrentList, item: Item): Promise<Item> {
  const { key, metadata, record } = item;
  const isMisfit = fittingKey(metadata?.info, record.shareKey) !== record.shareKey;
  if (!isMisfit || record.bytes.type !== "stored") return item;
  list.forget(item);
  const resumed = { shareKey: undefined, isPaused: false, waitsBecause: undefined };
  const again = list.add({ ...record, ...resumed }, key);
  waitIfAsked(list, again);
  await list.enterStored(again);
  await list.keep(again, {});
  return again;
}

/** An encrypted share whose key was missing or wrong goes on with this one: whoever has the whole link wants what is in it. */
async function learnKey(list: TorrentList, item: Item, shareKey: ShareKey): Promise<void> {
  const { metadata, record } = item;
  const problem = metadata && keyProblem(metadata.info, shareKey);
  if (problem !== undefined) throw new UsageError("notEncrypted", problem);
  const before = record.shareKey;
  const isRevealed = before !== undefined && list.look(item)?.files.length !== 0;
  if (before === shareKey || isRevealed) return; // A key that has read the share is the right one.
  await list.keep(item, { shareKey, isPaused: false, waitsBecause: undefined });
  list.bytesAgain(item);
  list.feed({ type: "torrentResumed", infoHash: record.infoHash });
}

async function addTrackers(list: TorrentList, item: Item, trackers: readonly TrackerUrl[]): Promise<void> {
  const all = [...new Set([...item.record.trackers, ...trackers])].slice(0, MAX_NAMED_TRACKERS);
  if (all.length === item.record.trackers.length) return;
  await list.keep(item, { trackers: all });
  list.announceAgain(item);
}

function newStorageId(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
