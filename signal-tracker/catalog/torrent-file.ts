import type { TrackerUrl } from "#shared/base/ids.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import type { TorrentRecord } from "../core/record-store.ts";

/** The announce URLs in a .torrent file. */
export interface FileTrackers {
  readonly urls: readonly TrackerUrl[];
  /** The name of the account whose key they carry. Undefined: they carry none. */
  readonly keyOf: string | undefined;
}

/** The .torrent file of an entry. A file that carries somebody's key says so. */
export function catalogTorrentFile(
  { encoding }: TorrentRecord,
  infoBytes: Uint8Array,
  { urls, keyOf }: FileTrackers,
): Uint8Array<ArrayBuffer> {
  return encodeMetainfo({
    infoBytes,
    // Each in a tier of its own: the WebSocket one knows browsers, the others know desktops.
    trackerTiers: urls.map((url) => [url]),
    ...(encoding !== undefined && { encoding }),
    ...(keyOf !== undefined && {
      comment: `Made for ${keyOf}: its announce URLs carry a key of that account. Do not pass this file on.`,
    }),
  });
}

/** `Content-Disposition` (RFC 6266) under the entry's name; clients that do not know its form take the info-hash. */
export function attachment({ name, infoHash }: TorrentRecord): string {
  const encoded = encodeURIComponent(`${name}.torrent`).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${infoHash}.torrent"; filename*=UTF-8''${encoded}`;
}
