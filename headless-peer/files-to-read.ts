import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { readableFiles } from "#shared/library/readable-files.ts";
import { Readings } from "#shared/library/readings.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import type { HeadlessPeer } from "./peer.ts";
import { nodeClock } from "./platform.ts";

/**
 * The files of a torrent, to be read while they arrive: what is read next is fetched first. Make them once for each torrent. Undefined:
 * its metadata, or the list in an encrypted share, is not known yet.
 */
export function filesToRead(peer: HeadlessPeer, infoHash: InfoHash): readonly TorrentFile[] | undefined {
  const readable = peer.torrents.readable(infoHash);
  if (readable === undefined) return undefined;
  const view = () => peer.viewOf(infoHash);
  const readings = new Readings(infoHash, peer, nodeClock, () => {
    const { phase, problem } = view() ?? { phase: "error", problem: "This torrent was removed." };
    if (phase === "error") throw new StorageError(problem ?? "This torrent has stopped.");
  });
  const isSelected = (file: number) => view()?.files.find(({ index }) => index === file)?.selected ?? false;
  return readableFiles(readable, isSelected, readings);
}
