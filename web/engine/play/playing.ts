import type { PieceIndex } from "#shared/base/ids.ts";
import { TorrentFile } from "#shared/library/torrent-file.ts";
import { type MediaType, mediaTypeOf } from "#shared/meta/media-type.ts";
import { readFile } from "../chosen-files.ts";
import type { Play } from "../client.ts";
import type { Item } from "../item.ts";
import { readable } from "../readable.ts";
import type { TorrentList } from "../torrent-list.ts";
import { serve } from "./served-files.ts";

/** Plays a file of a torrent: through the service worker while it arrives or, where there is none, once all of it is here. */
export async function play(list: TorrentList, item: Item, index: number): Promise<Play> {
  const shown = list.look(item)?.files.find((file) => file.index === index);
  const media = shown && mediaTypeOf(shown.path);
  if (shown === undefined || media === undefined) return { state: "not", why: "unknown" };
  if (item.files !== undefined) return fromBlob(await readFile(item, index), media);
  if (!shown.selected) return { state: "not", why: "not-chosen" };
  const content = await readable(item);
  const entry = content?.info.files[index];
  if (content === undefined || entry === undefined) return { state: "not", why: "not-readable" };
  const worker = navigator.serviceWorker?.controller;
  if (worker == null) {
    const whole = await readFile(item, index).catch(() => undefined); // Not complete yet.
    if (whole !== undefined) return fromBlob(whole, media);
    return { state: "not", why: window.isSecureContext ? "no-worker" : "no-https" };
  }
  const file = new TorrentFile(index, shown.path, entry, {
    info: content.info,
    isSelected: () => true,
    reader: (last: PieceIndex) => content.reader(list.pieceReader(item, last)),
  });
  const { url, close } = serve(file, media.type, worker);
  return { state: "plays", kind: media.kind, url, close };
}

function fromBlob(blob: Blob | undefined, { kind, type }: MediaType): Play {
  if (blob === undefined) return { state: "not", why: "not-readable" };
  const url = URL.createObjectURL(blob.slice(0, blob.size, type));
  return { state: "plays", kind, url, close: () => URL.revokeObjectURL(url) };
}
