import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { dial } from "./dial.ts";

/** Pieces that are requested but not complete. */
const PIECES_AHEAD = 8;

/** Fetches a file from one peer that has it whole. */
export async function leech(torrent: TorrentFile, path: string, port: number): Promise<void> {
  const { layout, pieceHashes } = torrent.info;
  const file = await open(path, "wx");
  const pieces = new Map<number, { readonly bytes: Uint8Array; have: number }>();
  let nextPiece = 0;
  let missing = layout.pieceCount;

  const begin = (): void => {
    const piece = nextPiece as PieceIndex;
    if (piece >= layout.pieceCount) return;
    nextPiece += 1;
    pieces.set(piece, { bytes: Buffer.allocUnsafeSlow(layout.pieceBytes(piece)), have: 0 });
    link.request(layout, piece);
  };
  const keep = async (piece: number, bytes: Uint8Array): Promise<void> => {
    const hash = createHash("sha1").update(bytes).digest();
    if (!hash.equals(pieceHashes.subarray(piece * 20, piece * 20 + 20))) throw new Error("a bad piece");
    await file.write(bytes, 0, bytes.length, piece * layout.pieceLength);
    missing -= 1;
    if (missing === 0) console.log("done");
  };
  const link = dial(torrent, port, {
    unchoked: () => {
      for (let count = 0; count < PIECES_AHEAD; count++) begin();
    },
    place: (piece, at, length) =>
      pieces.get(piece)?.bytes.subarray(at, at + length) ?? new Uint8Array(length),
    block: (index, _at, length) => {
      const piece = pieces.get(index);
      if (piece === undefined) return;
      piece.have += length;
      if (piece.have < piece.bytes.length) return;
      pieces.delete(index);
      begin();
      void keep(index, piece.bytes);
    },
  });
}
