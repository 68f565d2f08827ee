import { millis, type PeerId } from "../base/ids.ts";
import { encodeMetadataMessage } from "../wire/extension.ts";
import { KEEP_ALIVE } from "../wire/message.ts";
import { type Context, say, sendBytes } from "./context.ts";
import type { CloseReason } from "./link-end.ts";
import { closeLink } from "./links.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** Whether the newer of two links to a peer stays: for good, or until we hear from the older one. */
export function staysBeside(
  context: Context,
  torrent: Torrent,
  newer: Peer,
  older: Peer,
  peerId: PeerId,
): boolean {
  const isNewerPreferred = isPreferred(context, newer, older, peerId);
  const { aliveMillis, pingMillis } = context.config;
  const isAlive = older.kind === "rtc" || context.now - older.heardAt < aliveMillis; // WebRTC checks its paths itself.
  if (isNewerPreferred) endTwin(context, torrent, older, newer, "twin");
  else if (isAlive || older.rival !== undefined) endTwin(context, torrent, newer, older, "twin");
  else {
    older.rival = { link: newer.link, giveUpAt: millis(context.now + pingMillis) };
    ping(context, older);
  }
  return torrent.peers.has(newer.link);
}

/** The older of two links to a peer is alive, or has been silent too long. */
export function settleRivals(context: Context, torrent: Torrent, older: Peer, isAlive: boolean): void {
  const newer = older.rival && torrent.peers.get(older.rival.link);
  older.rival = undefined;
  if (newer === undefined) return;
  if (isAlive) endTwin(context, torrent, newer, older, "twin");
  else endTwin(context, torrent, older, newer, "silent");
}

function endTwin(context: Context, torrent: Torrent, loser: Peer, winner: Peer, reason: CloseReason): void {
  winner.listensAt ??= loser.listensAt;
  winner.candidates.push(...loser.candidates.splice(0)); // We do not dial those while the winner lives.
  closeLink(context, torrent, loser, reason);
}

/** Makes a live peer say something: it must answer a request for metadata, at least with a reject (BEP 9). */
function ping(context: Context, peer: Peer): void {
  const { metadataId: id } = peer;
  if (id === undefined) return sendBytes(context, peer, KEEP_ALIVE);
  say(context, peer, { type: "extended", id, payload: encodeMetadataMessage({ type: "request", piece: 0 }) });
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
