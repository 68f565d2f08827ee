import {
  type NamedTorrent,
  namedTorrent,
  type TorrentReference,
} from "#headless-peer/sources/named-torrent.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, WebSeedUrl } from "#shared/base/ids.ts";
import type { PeerTorrent, SelectFiles, Selection } from "#shared/library/peer-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { type NamedWebSeed, namedWebSeeds } from "#shared/meta/web-seeds.ts";
import { selectByGlobs } from "../flags/select-flag.ts";
import { folderOpening } from "./folder-opening.ts";
import { MAX_TORRENTS } from "./start-config.ts";
import { readTorrentReferences } from "./torrent-reference.ts";

/** What a person wants to download. */
export interface DownloadWish {
  /** Each a .torrent file, a text with magnet links, share links and info-hashes, or `-` for standard input. */
  readonly sources: readonly string[];
  /** The folder to download into. */
  readonly folder: string;
  /** Globs. None: what the link selects, or everything. */
  readonly select: readonly string[];
  /** Encrypted shares are downloaded as they are, to be carried for others. */
  readonly withoutKey: boolean;
  /** Web seeds to add to the torrent's own. */
  readonly webSeeds: readonly WebSeedUrl[];
  /** Trackers to add to the torrent's own. */
  readonly named: NamedTrackers;
  /** Called with the files that the globs or the link select, once the metadata is known. */
  readonly selected: (info: Info, files: readonly number[]) => void;
  /** Called with what is going to be downloaded: undefined means everything. May throw a `UsageError`. */
  readonly chosen?: ((infoHash: InfoHash, info: Info, files: Selection) => void) | undefined;
}

/**
 * Finds at least one torrent, ready for a peer. Rejects with a `StorageError`, `ProtocolError` or `UsageError` when there is
 * none; tells `warn` what it leaves out.
 */
export async function findDownloads(
  wish: DownloadWish,
  warn: (sentence: string) => void,
): Promise<readonly PeerTorrent[]> {
  const found = new Map<InfoHash, PeerTorrent>();
  for (const source of wish.sources) {
    const references = await readTorrentReferences(source, warn);
    const torrents = await Promise.all(references.map((reference) => findDownload(reference, wish, warn)));
    for (const torrent of torrents) if (!found.has(torrent.infoHash)) found.set(torrent.infoHash, torrent);
  }
  if (found.size > MAX_TORRENTS)
    throw new UsageError("tooMany", `One peer downloads at most ${MAX_TORRENTS} torrents. Name fewer.`);
  return [...found.values()];
}

async function findDownload(
  reference: TorrentReference,
  { named, webSeeds, folder, select: globs, selected, chosen, withoutKey }: DownloadWish,
  warn: (sentence: string) => void,
): Promise<PeerTorrent> {
  const torrent = await namedTorrent(reference, named, warn);
  const { infoHash } = torrent;
  const link = reference.type === "link" ? reference.link : undefined;
  const choose = globs.length > 0 ? selectByGlobs(globs) : selectByIndex(link?.selectedFiles);
  const tell: SelectFiles = (info) => {
    const files = choose(info);
    chosen?.(infoHash, info, files);
    if (files !== undefined) selected(info, files);
    return files;
  };
  const opening = folderOpening({ infoHash, folder, key: link?.key, withoutKey, choose: tell });
  const isRead = link?.key !== undefined && !withoutKey;
  // No server has what is encrypted.
  return { ...torrent, webSeeds: isRead ? [] : withOwn(webSeeds, torrent), ...opening };
}

function withOwn(own: readonly WebSeedUrl[], torrent: NamedTorrent): readonly NamedWebSeed[] {
  return namedWebSeeds(
    own,
    torrent.webSeeds.map(({ url }) => url),
  );
}

/** What a magnet link selects (BEP 53), or somebody has chosen: files by their index. Undefined: all. */
export function selectByIndex(chosen: Selection): SelectFiles {
  return ({ files }): Selection => {
    const there = chosen?.filter((at) => files[at] !== undefined && isContent(files[at]));
    if (there?.length !== 0) return there;
    throw new UsageError(
      "nothingSelected",
      "The link selects files that the torrent does not have. To download everything, pass --select '**'.",
    );
  };
}
