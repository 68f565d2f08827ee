import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type BareLink, dial } from "./dial.ts";

/** Pieces that each link has requested but not received. */
const PIECES_AHEAD = 2;

/** Requests pieces over many links, each starting at a different place in the torrent, and discards them. */
export async function discard(
  torrent: TorrentFile,
  port: number,
  links: number,
  bytesEach: number,
): Promise<void> {
  const ended = Array.from({ length: links }, (_, at) => {
    const first = Math.floor((at * torrent.info.layout.pieceCount) / links);
    return discardOverOneLink(torrent, port, first, bytesEach);
  });
  await Promise.all(ended);
  console.log("done");
}

function discardOverOneLink(
  torrent: TorrentFile,
  port: number,
  first: number,
  maxBytes: number,
): Promise<void> {
  const { layout } = torrent.info;
  const nowhere = new Uint8Array(64 * 1024);
  let requested = 0;
  let bytes = 0;
  return new Promise((resolve) => {
    const request = (): void => {
      link.request(layout, ((first + requested) % layout.pieceCount) as PieceIndex);
      requested += 1;
    };
    const link: BareLink = dial(torrent, port, {
      unchoked: () => {
        for (let count = 0; count < PIECES_AHEAD; count++) request();
      },
      place: (_piece, _begin, length) => nowhere.subarray(0, length),
      block: (_piece, _begin, length) => {
        const piecesBefore = Math.floor(bytes / layout.pieceLength);
        bytes += length;
        if (bytes >= maxBytes) {
          link.rest(); // So that the seeder serves others.
          resolve();
        } else if (Math.floor(bytes / layout.pieceLength) > piecesBefore) request();
      },
    });
  });
}
