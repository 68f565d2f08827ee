import { ProtocolError, unreachable } from "../base/errors.ts";
import { decodeHandshake } from "../wire/handshake.ts";
import { decodeMessage, type Message } from "../wire/message.ts";
import { type Context, changed, charge, tell } from "./context.ts";
import { blockArrived, chokeArrived, rejectArrived } from "./download.ts";
import { extendedArrived } from "./extended.ts";
import { handshakeArrived } from "./handshake.ts";
import { closeLink } from "./links.ts";
import { costOf } from "./message-costs.ts";
import type { Peer } from "./peer.ts";
import { bitfieldArrived, haveArrived, wholeWordArrived } from "./their-pieces.ts";
import type { Torrent } from "./torrent.ts";
import { interestChanged } from "./unchoking.ts";
import { cancelArrived, requestArrived } from "./upload.ts";

/** Bytes arrived on a link. */
export function bytesArrived(context: Context, torrent: Torrent, peer: Peer, bytes: Uint8Array): void {
  peer.heardAt = context.now;
  if (peer.rival !== undefined) context.dialling?.settleRivals(context, torrent, peer, true);
  takeFrames(context, torrent, peer, () => peer.framer.push(bytes));
}

/** Handles the frames of a link. If the peer breaks the rules, closes the link. */
export function takeFrames(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  frames: () => readonly Uint8Array[],
): void {
  try {
    for (const frame of frames()) {
      if (peer.state.phase === "open") messageArrived(context, torrent, peer, decodeMessage(frame));
      else handshakeArrived(context, torrent, peer, decodeHandshake(frame));
      if (!torrent.peers.has(peer.link)) return;
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const reason = error.code === "tooManyMessages" ? error.code : "brokeTheRules";
    closeLink(context, torrent, peer, reason, error.message);
  }
}

/** What may come before have-all and have-none; keep-alives are no messages. */
const BEFORE_START: ReadonlySet<Message["type"]> = new Set(["extended", "port", "unknown"]);

function messageArrived(context: Context, torrent: Torrent, peer: Peer, message: Message): void {
  charge(context, peer, costOf(torrent, peer, message));
  const isAtStart = !peer.isPastStart;
  peer.isPastStart ||= !BEFORE_START.has(message.type);
  switch (message.type) {
    case "choke":
      return peer.theyChoke ? undefined : chokeArrived(context, torrent, peer);
    case "unchoke":
      if (peer.theyChoke) tell(context, torrent.infoHash, { type: "peerUnchoked", link: peer.link });
      peer.theyChoke = false;
      peer.giveAndTake.unchoked();
      changed(context, torrent).downloads.add(peer);
      return;
    case "interested":
    case "notInterested":
      if (peer.theyAreInterested === (message.type === "interested")) return;
      return interestChanged(context, torrent, peer, message.type === "interested");
    case "have":
      return haveArrived(context, torrent, peer, message.piece);
    case "haveAll":
    case "haveNone":
      return wholeWordArrived(context, torrent, peer, message.type, isAtStart);
    case "bitfield":
      return bitfieldArrived(context, torrent, peer, message.bits);
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
      return; // Hints that we do not use.
    default:
      return unreachable(message);
  }
}
