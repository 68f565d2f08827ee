import type { Bitfield } from "../base/bitfield.ts";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import { type Context, changed, tell } from "./context.ts";
import type { BadCopy } from "./input.ts";
import { banPeer, closeLink } from "./links.ts";
import { setMetadata } from "./new-torrent.ts";
import type { BadCopySenders, BlockSender, Content, Torrent } from "./torrent.ts";

/** The storage hashed a piece from peers and, if good, stored it. Only now we hold, announce and serve it. */
export function pieceChecked(
  context: Context,
  torrent: Torrent,
  content: Content,
  piece: PieceIndex,
  outcome: { readonly good: boolean; readonly badCopies: readonly BadCopy[] },
): void {
  const senders = content.picker.senders(piece);
  if (senders.length === 0) return; // A late result from before this torrent was removed and added again.
  for (const link of new Set(senders))
    if (link !== undefined) countDeed(context, torrent, link, outcome.good);
  if (!outcome.good)
    return pieceFailed(
      context,
      torrent,
      content,
      piece,
      senders.map((link) => link && senderOf(torrent, link)),
    );

  if (torrent.hopelessPiece === piece) torrent.hopelessPiece = undefined;
  if (content.picker.pieceChecked(piece, true)) pieceHeld(context, torrent, content, piece, false);
  blame(context, torrent, content, piece, outcome.badCopies);
  changed(context, torrent).marks.add("blocks"); // There is room for another piece.
}

/** A piece that no peer sent us proved good in the storage. */
export function storedPieceFound(
  context: Context,
  torrent: Torrent,
  content: Content,
  piece: PieceIndex,
): void {
  if (content.picker.pieceFound(piece)) pieceHeld(context, torrent, content, piece, true);
  if (!torrent.isChecking) changed(context, torrent).marks.add("blocks"); // Requests for it may have been taken back.
}

/** Storing a full piece failed: we fetch it again, and nobody is to blame. */
export function pieceUnstored(content: Content, piece: PieceIndex): void {
  content.picker.retry(piece);
  content.badCopies.delete(piece);
}

/** The storage can no longer read a held piece: we fetch it again. Peers learn of it from the bitfield of a new link. */
export function pieceLost(context: Context, torrent: Torrent, content: Content, piece: PieceIndex): void {
  if (!content.picker.pieceLost(piece)) return;
  if (content.wanted.has(piece)) content.bytesDone -= content.layout.pieceBytes(piece);
  content.fileCounts?.lost(piece);
  for (const peer of [...torrent.peers.values()]) closeLink(context, torrent, peer, "pieceLost");
}

/** The storage is being hashed: we request nothing meanwhile. `held`: all that we know to be good in it. */
export function checkBegan(context: Context, torrent: Torrent, held: Bitfield | undefined): void {
  torrent.isChecking = true;
  if (held !== undefined && torrent.content !== undefined) {
    const { metadata } = torrent.content;
    for (const peer of [...torrent.peers.values()]) closeLink(context, torrent, peer, "pieceLost");
    context.webSeeding?.stop(context, torrent); // The picker that knows them ends.
    setMetadata(context, torrent, metadata, held);
  }
  if (torrent.content !== undefined)
    torrent.content.withheldUntil = context.revealing?.withheldUntil(context, torrent);
}

/** The storage is fully hashed: now we fetch the rest. */
export function checkEnded(context: Context, torrent: Torrent): void {
  torrent.isChecking = false;
  const changes = changed(context, torrent);
  changes.marks.add("checkEnded");
  changes.marks.add("blocks");
}

function pieceHeld(
  context: Context,
  torrent: Torrent,
  content: Content,
  piece: PieceIndex,
  wasStored: boolean,
): void {
  if (content.wanted.has(piece)) content.bytesDone += content.layout.pieceBytes(piece);
  if (!wasStored) torrent.piecesFetched += 1;
  tell(context, torrent.infoHash, { type: "pieceVerified", piece, wasStored });
  for (const file of content.fileCounts?.held(piece) ?? [])
    tell(context, torrent.infoHash, { type: "fileCompleted", file });
  changed(context, torrent).held.push(piece);
}

/** We fetch it again, from one peer alone; the only sender of a bad piece is guilty without further proof. */
function pieceFailed(
  context: Context,
  torrent: Torrent,
  content: Content,
  piece: PieceIndex,
  senders: BadCopySenders,
): void {
  torrent.failedPieces += 1;
  tell(context, torrent.infoHash, { type: "pieceFailed", piece });
  content.badCopies.set(piece, [...(content.badCopies.get(piece) ?? []), senders]);
  content.picker.pieceChecked(piece, false);

  const [only, ...others] = new Set(senders);
  if (only !== undefined && others.length === 0) ban(context, torrent, only, piece);
  if (content.picker.availability(piece) === 0) torrent.hopelessPiece = piece;
  changed(context, torrent).marks.add("blocks");
}

/** With a good copy, the blocks of bad copies that differ from it convict their senders. */
function blame(
  context: Context,
  torrent: Torrent,
  content: Content,
  piece: PieceIndex,
  badCopies: readonly BadCopy[],
): void {
  const sentBy = content.badCopies.get(piece);
  content.badCopies.delete(piece);
  const guilty = badCopies.flatMap(({ attempt, blocks }) => blocks.map((at) => sentBy?.[attempt]?.[at]));
  for (const sender of new Set(guilty)) if (sender !== undefined) ban(context, torrent, sender, piece);
}

function senderOf({ peerIds, webSeeds }: Torrent, link: LinkId): BlockSender | undefined {
  return peerIds.get(link) ?? webSeeds.get(link);
}

function ban(context: Context, torrent: Torrent, sender: BlockSender, piece: PieceIndex): void {
  if (typeof sender === "string") banPeer(context, torrent, sender, piece);
  else context.webSeeding?.ban(context, torrent, sender.link, piece);
}

function countDeed(context: Context, torrent: Torrent, link: LinkId, good: boolean): void {
  const peer = torrent.peers.get(link);
  if (peer === undefined) return context.webSeeding?.countDeed(torrent, link, good);
  if (good) peer.goodPieces += 1;
  else peer.failedPieces += 1;
}
