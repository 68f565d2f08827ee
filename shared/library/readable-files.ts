import type { PieceIndex } from "../base/ids.ts";
import { isContent } from "../meta/layout.ts";
import { safePaths } from "../meta/safe-path.ts";
import type { Readable } from "./open-torrents.ts";
import type { Readings } from "./readings.ts";
import { type FilePieces, type PieceReader, TorrentFile } from "./torrent-file.ts";

/** The files of a torrent, or those in an encrypted share, to be read while they arrive. Padding and symbolic links are left out. */
export function readableFiles(
  { info, plain }: Readable,
  isSelected: FilePieces["isSelected"],
  readings: Readings,
): readonly TorrentFile[] {
  const reader = (last: PieceIndex): PieceReader => {
    const sealed = readings.reader(last);
    return { read: async (piece) => plain(piece, await sealed.read(piece)), close: () => sealed.close() };
  };
  const paths = safePaths(info);
  return info.files.flatMap((entry, at) =>
    isContent(entry) ? [new TorrentFile(at, paths[at] ?? "", entry, { info, isSelected, reader })] : [],
  );
}
