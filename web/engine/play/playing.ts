import type { PieceIndex } from "#shared/base/ids.ts";
import { TorrentFile } from "#shared/library/torrent-file.ts";
import { type MediaType, mediaTypeOf } from "#shared/meta/media-type.ts";
import { safePaths } from "#shared/meta/safe-path.ts";
import { readFile } from "../chosen-files.ts";
import type { Play } from "../client.ts";
import type { Item } from "../item.ts";
import type { TorrentList } from "../torrent-list.ts";
import { serve } from "./served-files.ts";

/** Plays a file of a torrent: through the service worker while it arrives or, where there is none, once all of it is here. */
export async function play(list: TorrentList, item: Item, index: number): Promise<Play> {
  const { metadata, files: own } = item;
  const entry = metadata?.info.files[index];
  const path = metadata && safePaths(metadata.info)[index];
  const media = path === undefined ? undefined : mediaTypeOf(path);
  if (metadata === undefined || entry === undefined || path === undefined || media === undefined)
    return { state: "not", why: "unknown" };
  if (own !== undefined) return fromBlob(await readFile(item, index), media);
  const torrent = list.look(item);
  if (torrent?.files.find((file) => file.index === index)?.selected !== true)
    return { state: "not", why: "not-chosen" };
  const worker = navigator.serviceWorker?.controller;
  if (worker == null) {
    const whole = await readFile(item, index).catch(() => undefined); // Not complete yet.
    if (whole !== undefined) return fromBlob(whole, media);
    return { state: "not", why: window.isSecureContext ? "no-worker" : "no-https" };
  }
  const file = new TorrentFile(index, path, entry, {
    info: metadata.info,
    isSelected: () => true,
    reader: (last: PieceIndex) => list.pieceReader(item, last),
  });
  const { url, close } = serve(file, media.type, worker);
  return { state: "plays", kind: media.kind, url, close };
}

function fromBlob(blob: Blob | undefined, { kind, type }: MediaType): Play {
  if (blob === undefined) return { state: "not", why: "not-readable" };
  const url = URL.createObjectURL(blob.slice(0, blob.size, type));
  return { state: "plays", kind, url, close: () => URL.revokeObjectURL(url) };
}
