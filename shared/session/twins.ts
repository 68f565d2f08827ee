import type { PeerId } from "../base/ids.ts";
import type { Context } from "./context.ts";
import type { CloseReason } from "./link-end.ts";
import { closeLink } from "./links.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** Two links that begin at the same time are both open by then. Later anybody may say that it is a peer to whom we have a link. */
const SETTLED_MILLIS = 30_000;

/** Whether the newer of two links to a peer stays: for good, or until we hear from the older one. */
export function staysBeside(
  context: Context,
  torrent: Torrent,
  newer: Peer,
  older: Peer,
  peerId: PeerId,
): boolean {
  if (!isSettled(context, newer, older) && isPreferred(context, newer, older, peerId))
    endTwin(context, torrent, older, newer, "twin");
  else if (!context.dialling?.awaitRival(context, newer, older))
    endTwin(context, torrent, newer, older, "twin");
  return torrent.peers.has(newer.link);
}

export function endTwin(
  context: Context,
  torrent: Torrent,
  loser: Peer,
  winner: Peer,
  reason: CloseReason,
): void {
  winner.listensAt ??= loser.listensAt;
  winner.candidates.push(...loser.candidates.splice(0)); // We do not dial those while the winner lives.
  closeLink(context, torrent, loser, reason);
}

/** Peer ids prove nothing: whoever takes the one of another peer must not end the link to it. TCP may still replace WebRTC, which is slower. */
function isSettled({ now }: Context, newer: Peer, { kind, state }: Peer): boolean {
  return state.phase === "open" && now - state.since >= SETTLED_MILLIS && kind === newer.kind;
}

/**
 * Two peers that connect to each other at the same time get two links. Both sides must keep the same one: TCP before
 * WebRTC, then that of the initiator with the lower peer id, then, if one side made both offers, the lower offer id.
 */
function isPreferred(context: Context, newer: Peer, older: Peer, theirs: PeerId): boolean {
  const rank = ({ introduction: by }: Peer): string => {
    if (by.type === "offer") return `1 ${by.weOffered ? context.peerId : theirs} ${by.offerId}`;
    return `0 ${by.type === "dialled" ? context.peerId : theirs}`;
  };
  return rank(newer) < rank(older);
}
