import { existsSync } from "node:fs";
import type { PeerTorrent } from "#headless-peer/peer.ts";
import { readTorrentFile, type TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { eachAlone } from "#shared/base/tracker-url.ts";
import { type Magnet, parseLink } from "#shared/meta/magnet.ts";
import { type NamedTrackers, withTyped } from "./trackers.ts";

/** What a person named a torrent by. */
export type TorrentSource =
  | { readonly type: "torrent"; readonly torrent: TorrentFile }
  | { readonly type: "link"; readonly magnet: Magnet };

/** A torrent as a peer takes it, but for its files. */
export type NamedTorrent = Pick<PeerTorrent, "infoHash" | "displayName" | "metadata" | "trackers">;

/** What a person named, with trackers besides its own. */
export function namedTorrent(source: TorrentSource, named: NamedTrackers): NamedTorrent {
  if (source.type === "torrent") {
    const { torrent } = source;
    return {
      infoHash: torrent.infoHash,
      displayName: torrent.info.name,
      metadata: torrent,
      trackers: withTyped(named, torrent.trackerTiers),
    };
  }
  const { infoHash, displayName, trackers } = source.magnet;
  return { infoHash, displayName, metadata: undefined, trackers: withTyped(named, eachAlone(trackers)) };
}

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
