import type { ReadonlySignal } from "@preact/signals-core";
import { seededRandom } from "#shared/base/random.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Client, Entry, PieceMap } from "./client.ts";

/** Makes up the pieces of a list's entries. */
export function fakePieces(entries: ReadonlySignal<readonly Entry[]>): Client["pieces"] {
  return async (key) => {
    const entry = entries.value.find((one) => one.key === key);
    if (entry === undefined || entry.state === "hashing" || entry.torrent.pieceCount === 0) return undefined;
    return piecesOf(entry.torrent);
  };
}

/** In a random order that is always the same: as many as the torrent holds are here, and the next ones are being fetched. */
function piecesOf({ pieceCount, piecesHeld, phase, peers, files }: TorrentView): PieceMap {
  const random = seededRandom(pieceCount);
  const states = new Uint8Array(pieceCount);
  const order = Array.from({ length: pieceCount }, (_, piece) => ({ piece, at: random.below(1_000_000) }));
  order.sort((left, right) => left.at - right.at);
  const begun = phase === "downloading" && files.length > 0 ? 8 : 0;
  for (const [at, { piece }] of order.entries())
    states[piece] = at < piecesHeld ? 2 : at < piecesHeld + begun ? 1 : 0;
  const copies = states.map(
    () => peers.filter(({ progress }) => random.below(1000) < progress * 1000).length,
  );
  return { states, copies };
}
