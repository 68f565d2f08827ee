import { Bitfield } from "../base/bitfield.ts";
import { ProtocolError } from "../base/errors.ts";
import type { PieceIndex } from "../base/ids.ts";
import { type Context, changed, charge, leaveOut } from "./context.ts";
import { settleEarlyPieces } from "./early-pieces.ts";
import { closeLink } from "./links.ts";
import { COSTS, costOfBytes } from "./message-costs.ts";
import type { Peer } from "./peer.ts";
import type { Content, Torrent } from "./torrent.ts";

/** The peer has one more piece. Each is news once; a repeated one costs it and changes nothing. */
export function haveArrived(context: Context, torrent: Torrent, peer: Peer, index: number): void {
  const { content } = torrent;
  const { pieces } = peer.early;
  if (content === undefined) {
    if (pieces.has(index) || pieces.size >= context.config.maxEarlyPieces)
      return charge(context, peer, COSTS.message);
    return void pieces.add(index);
  }
  const piece = content.layout.piece(index);
  if (piece === undefined) throw new ProtocolError("badPiece", `have of piece ${index}`);
  const changes = changed(context, torrent);
  if (!content.picker.peerHas(peer.link, piece)) {
    charge(context, peer, COSTS.message);
    changes.downloads.add(peer); // It may have rejected a request for it.
    return;
  }
  newsArrived(context, torrent, content, peer, [piece]);
}

/** Have-all and have-none count once, before other messages (BEP 6). We ignore later ones. */
export function wholeWordArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  word: "haveAll" | "haveNone",
  isAtStart: boolean,
): void {
  if (!isAtStart) {
    charge(context, peer, COSTS.turn);
    return leaveOut(context, peer, `${word} after other messages`);
  }
  const { content } = torrent;
  if (content === undefined) {
    peer.early.first = word;
    return;
  }
  const { pieceCount } = content.layout;
  learn(
    context,
    torrent,
    content,
    peer,
    word === "haveAll" ? Bitfield.full(pieceCount) : new Bitfield(pieceCount),
  );
}

/** Usually the first message, but aria2 also sends a bitfield in place of many `have`. It adds to what we knew. */
export function bitfieldArrived(context: Context, torrent: Torrent, peer: Peer, bits: Uint8Array): void {
  charge(context, peer, costOfBytes(bits));
  const { content } = torrent;
  if (content === undefined) {
    if (peer.early.first !== "haveAll") peer.early.first = bits.slice();
    return;
  }
  const has = Bitfield.fromBytes(bits, content.layout.pieceCount);
  if (has === undefined) throw new ProtocolError("badBitfield", `a bitfield of ${bits.length} bytes`);
  learn(context, torrent, content, peer, has);
}

/** Now that we know the metadata we can read what this peer said it has. If it makes no sense, the peer broke the rules. */
export function readEarlyPieces(context: Context, torrent: Torrent, content: Content, peer: Peer): void {
  if (peer.early.first === undefined && peer.early.pieces.size === 0) return; // It is still to come.
  const has = settleEarlyPieces(peer.early, content.layout.pieceCount);
  if (has === undefined)
    return closeLink(
      context,
      torrent,
      peer,
      "brokeTheRules",
      "a bitfield or have that does not fit the torrent",
    );
  peer.early = { first: undefined, pieces: new Set() };
  learn(context, torrent, content, peer, has);
}

/** Takes time only for what is new. */
function learn(context: Context, torrent: Torrent, content: Content, peer: Peer, has: Bitfield): void {
  newsArrived(context, torrent, content, peer, content.picker.peerHasThese(peer.link, has));
  changed(context, torrent).marks.add("leechers");
}

function newsArrived(
  context: Context,
  torrent: Torrent,
  { picker, superSeeding }: Content,
  peer: Peer,
  pieces: readonly PieceIndex[],
): void {
  const { now } = context;
  const { marks, theirPieces } = changed(context, torrent);
  for (const piece of pieces) superSeeding?.has(now, peer.link, piece);
  theirPieces.add(peer);
  if (peer.superSeeds && peer.knowsThatWeWait && picker.isAnyUrgent(pieces, now)) marks.add("revealed");
}
