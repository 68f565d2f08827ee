import type { TrackerUrl } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { safeName } from "#shared/meta/safe-path.ts";
import type { TorrentRecord } from "./database.ts";
import { saveBlob } from "./save-blob.ts";

/** The media type of .torrent files. */
const TYPE = "application/x-bittorrent";

/** Saves the .torrent file (BEP 3) as a browser download. */
export function saveTorrentFile(
  info: Info,
  { infoBytes, encoding, webSeeds = [] }: Pick<TorrentRecord, "infoBytes" | "encoding" | "webSeeds">,
  trackers: readonly TrackerUrl[],
): void {
  if (infoBytes === undefined) return; // The caller has its metadata, so they are being stored.
  const torrent = encodeMetainfo({
    infoBytes,
    ...(encoding === undefined ? {} : { encoding }),
    trackerTiers: trackers.map((url) => [url]),
    webSeeds,
  });
  saveBlob(new Blob([torrent], { type: TYPE }), `${safeName(info.name)}.torrent`);
}
