import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type BareLink, dial } from "./dial.ts";

/** Pieces that each link has asked for and not yet got. */
const PIECES_AHEAD = 2;

/** Asks a seeder for pieces from all over the torrent over many links, each beginning elsewhere, and keeps none. */
export async function drink(
  torrent: TorrentFile,
  port: number,
  links: number,
  bytesEach: number,
): Promise<void> {
  const ended = Array.from({ length: links }, (_, at) => {
    const first = Math.floor((at * torrent.info.layout.pieceCount) / links);
    return drinkOverOneLink(torrent, port, first, bytesEach);
  });
  await Promise.all(ended);
  console.log("done");
}

function drinkOverOneLink(
  torrent: TorrentFile,
  port: number,
  first: number,
  maxBytes: number,
): Promise<void> {
  const { layout } = torrent.info;
  const nowhere = new Uint8Array(64 * 1024);
  let asked = 0;
  let bytes = 0;
  return new Promise((resolve) => {
    const ask = (): void => {
      link.request(layout, ((first + asked) % layout.pieceCount) as PieceIndex);
      asked += 1;
    };
    const link: BareLink = dial(torrent, port, {
      unchoked: () => {
        for (let count = 0; count < PIECES_AHEAD; count++) ask();
      },
      place: (_piece, _begin, length) => nowhere.subarray(0, length),
      block: (_piece, _begin, length) => {
        const piecesBefore = Math.floor(bytes / layout.pieceLength);
        bytes += length;
        if (bytes >= maxBytes) {
          link.rest(); // So that others are served.
          resolve();
        } else if (Math.floor(bytes / layout.pieceLength) > piecesBefore) ask();
      },
    });
  });
}
