import { Bitfield } from "../base/bitfield.ts";
import { ProtocolError, unreachable } from "../base/errors.ts";
import { decodeHandshake } from "../wire/handshake.ts";
import { decodeMessage, type Message } from "../wire/message.ts";
import type { Context } from "./context.ts";
import {
  blockArrived,
  chokeArrived,
  piecesKnown,
  rejectArrived,
  requestMore,
  shareOut,
  updateInterest,
} from "./download.ts";
import { extendedArrived } from "./extended.ts";
import { closeIfUseless, closeLink, handshakeArrived } from "./links.ts";
import { type Peer, settleEarlyPieces } from "./peer.ts";
import type { Content, Torrent } from "./torrent.ts";
import { cancelArrived, chooseWhomToServe, requestArrived } from "./upload.ts";

/** Bytes of a link. A peer that breaks the rules loses its link; this is the one place that catches it. */
export function bytesArrived(context: Context, torrent: Torrent, peer: Peer, bytes: Uint8Array): void {
  peer.heardAt = context.now;
  try {
    framesArrived(context, torrent, peer, peer.framer.push(bytes));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    closeLink(context, torrent, peer, "brokeTheRules");
  }
}

/** What a link's framer made of its bytes, the handshake first. */
export function framesArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  frames: readonly Uint8Array[],
): void {
  for (const frame of frames) {
    if (peer.state.phase === "open") messageArrived(context, torrent, peer, decodeMessage(frame));
    else handshakeArrived(context, torrent, peer, decodeHandshake(frame));
    if (!torrent.peers.has(peer.link)) return;
  }
}

function messageArrived(context: Context, torrent: Torrent, peer: Peer, message: Message): void {
  switch (message.type) {
    case "choke":
      return chokeArrived(context, torrent, peer);
    case "unchoke":
      peer.theyChoke = false;
      return requestMore(context, torrent, peer);
    case "interested":
    case "notInterested":
      peer.theyAreInterested = message.type === "interested";
      return chooseWhomToServe(context, torrent);
    case "have":
      return haveArrived(context, torrent, peer, message.piece);
    case "bitfield":
    case "haveAll":
    case "haveNone":
      return allPiecesArrived(context, torrent, peer, message);
    case "request":
      return requestArrived(context, torrent, peer, message.range);
    case "cancel":
      return cancelArrived(context, peer, message.range);
    case "reject":
      return rejectArrived(context, torrent, peer, message.range);
    case "block":
      return blockArrived(context, torrent, peer, message);
    case "extended":
      return extendedArrived(context, torrent, peer, message.id, message.payload);
    case "port":
    case "suggest":
    case "allowedFast":
    case "unknown":
      return; // Hints that we make no use of.
    default:
      return unreachable(message);
  }
}

function haveArrived(context: Context, torrent: Torrent, peer: Peer, index: number): void {
  const { content } = torrent;
  if (content === undefined) {
    if (peer.early.pieces.size < context.config.maxEarlyPieces) peer.early.pieces.add(index);
    return;
  }
  const piece = content.layout.piece(index);
  if (piece === undefined) throw new ProtocolError("badPiece", `have of piece ${index}`);
  peer.has ??= new Bitfield(content.layout.pieceCount);
  peer.has.set(piece);
  content.picker.peerHas(peer.link, piece);
  if (closeIfUseless(context, torrent, peer)) return;
  updateInterest(context, torrent, peer);
  requestMore(context, torrent, peer);
}

/** As a rule the first word, but aria2 sends a bitfield in place of many `have`, too. */
function allPiecesArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  message: Extract<Message, { type: "bitfield" } | { type: "haveAll" | "haveNone" }>,
): void {
  peer.early.first = message.type === "bitfield" ? message.bits.slice() : message.type;
  if (torrent.content !== undefined) settle(context, torrent, torrent.content, peer);
}

/** The metadata is known: what this peer said it has can be understood. If it makes no sense, the link is closed. */
export function settle(context: Context, torrent: Torrent, content: Content, peer: Peer): void {
  if (peer.early.first === undefined && peer.early.pieces.size === 0) return; // It is still to come.
  const before = peer.has;
  peer.has = settleEarlyPieces(peer.early, content.layout.pieceCount);
  if (peer.has === undefined) return closeLink(context, torrent, peer, "brokeTheRules");
  for (const index of before?.indices() ?? []) peer.has.set(index);
  peer.early = { first: undefined, pieces: new Set() };
  if (closeIfUseless(context, torrent, peer)) return;
  piecesKnown(context, torrent, content, peer);
  shareOut(context, torrent);
  requestMore(context, torrent, peer);
}
