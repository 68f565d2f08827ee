import type { Info } from "#shared/meta/info.ts";
import type { WaitReason } from "./client.ts";
import type { Item } from "./item.ts";
import { readable } from "./readable.ts";
import { waitReason } from "./start-gate.ts";
import type { TorrentList } from "./torrent-list.ts";

/** The browser has opened its database again: writes all records there once more. True: pieces are gone, and are fetched again. */
export async function restoreRecords(list: TorrentList): Promise<boolean> {
  if (list.kept === undefined) return false;
  await list.kept.tab.claimAgain(list.kept.database);
  let isLess = false;
  for (const item of list.items()) {
    await list.keep(item, {});
    if (await fetchLost(list, item)) isLess = true;
  }
  return isLess;
}

/**
 * Fetches again what a torrent no longer has in the storage. So much data that a new download would wait for the person waits for
 * them now, too. True: it was some.
 */
export async function fetchLost(list: TorrentList, item: Item): Promise<boolean> {
  const { metadata, store } = item;
  if (metadata === undefined || store === undefined) return false;
  const { info } = metadata;
  const held = await store.heldPieces(info.layout.pieceCount);
  if (held.count >= (list.look(item)?.piecesHeld ?? 0)) return false;
  const { infoHash, isPaused } = item.record;
  const waitsBecause = isPaused ? undefined : await reasonToWait(list, item, info);
  if (waitsBecause !== undefined) list.feed({ type: "torrentPaused", infoHash });
  list.holdOnly(item, held);
  if (waitsBecause !== undefined) await list.keep(item, { isPaused: true, waitsBecause });
  return true;
}

/** Of an encrypted share whose files cannot be known any more, all of it counts. */
async function reasonToWait(list: TorrentList, item: Item, sealed: Info): Promise<WaitReason | undefined> {
  const content = await readable(item).catch(() => undefined);
  return waitReason(content?.info ?? sealed, content && item.record.selectedFiles, list.startGate());
}
