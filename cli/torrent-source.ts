import { existsSync } from "node:fs";
import { readTorrentFile, type TorrentFile } from "#headless-peer/torrent-file.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { type Magnet, parseLink } from "#shared/meta/magnet.ts";

/** What a person named a torrent by. */
export type TorrentSource =
  | { readonly type: "torrent"; readonly torrent: TorrentFile }
  | { readonly type: "link"; readonly magnet: Magnet };

/** Reads the name of a .torrent file, a magnet link, a share link or an info-hash. What is none of them is a sentence. */
export async function readTorrentSource(text: string): Promise<TorrentSource> {
  if (existsSync(text)) return { type: "torrent", torrent: await readTorrentFile(text) };
  try {
    return { type: "link", magnet: parseLink(text) };
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "notALink" || /^magnet:/i.test(text)) throw error;
    throw new ProtocolError(
      "notFound",
      `There is no file ${text}, and it is no magnet link and no info-hash either. Check how it is written.`,
    );
  }
}
