import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { Readings } from "#shared/library/readings.ts";
import { type PieceReader, TorrentFile } from "#shared/library/torrent-file.ts";
import { isContent } from "#shared/meta/layout.ts";
import { safePaths } from "#shared/meta/safe-path.ts";
import type { HeadlessPeer } from "./peer.ts";
import { nodeClock } from "./platform.ts";

/**
 * The files of a torrent, to be read while they arrive: what is read next is fetched first. Make them once for each torrent. Undefined:
 * its metadata, or the list in an encrypted share, is not known yet.
 */
export function filesToRead(peer: HeadlessPeer, infoHash: InfoHash): readonly TorrentFile[] | undefined {
  const readable = peer.torrents.readable(infoHash);
  if (readable === undefined) return undefined;
  const { info, plain } = readable;
  const view = () => peer.view().find((each) => each.infoHash === infoHash);
  const readings = new Readings(infoHash, peer, nodeClock, () => {
    const { phase, problem } = view() ?? { phase: "error", problem: "This torrent was removed." };
    if (phase === "error") throw new StorageError(problem ?? "This torrent has stopped.");
  });
  const pieces = {
    info,
    isSelected: (file: number) => view()?.files.find(({ index }) => index === file)?.selected ?? false,
    reader(last: PieceIndex): PieceReader {
      const reader = readings.reader(last);
      return {
        read: async (piece) => plain(piece, await reader.read(piece)),
        close: () => reader.close(),
      };
    },
  };
  const paths = safePaths(info);
  return info.files.flatMap((entry, at) =>
    isContent(entry) ? [new TorrentFile(at, paths[at] ?? "", entry, pieces)] : [],
  );
}
