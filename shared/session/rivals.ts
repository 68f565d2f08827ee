import { millis } from "../base/ids.ts";
import { encodeMetadataMessage } from "../wire/extension.ts";
import { KEEP_ALIVE } from "../wire/message.ts";
import { type Context, say, sendBytes } from "./context.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";
import { endTwin } from "./twins.ts";

/**
 * A peer made a second link over TCP although the first should stay: it may have lost the first one, or both dialled at the
 * same time. If we have not heard from the first for a moment, we ping it and wait. False: no need to.
 */
export function awaitRival(context: Context, newer: Peer, older: Peer): boolean {
  const { config, now } = context;
  const isAlive = older.kind === "rtc" || now - older.heardAt < config.aliveMillis; // WebRTC checks its paths itself.
  if (isAlive || older.rival !== undefined) return false;
  older.rival = { link: newer.link, giveUpAt: millis(now + config.pingMillis) };
  ping(context, older);
  return true;
}

/** The older of two links to a peer is alive, or has been silent too long. */
export function settleRivals(context: Context, torrent: Torrent, older: Peer, isAlive: boolean): void {
  const newer = older.rival && torrent.peers.get(older.rival.link);
  older.rival = undefined;
  if (newer === undefined) return;
  if (isAlive) endTwin(context, torrent, newer, older, "twin");
  else endTwin(context, torrent, older, newer, "silent");
}

/** Makes a live peer say something: it must answer a request for metadata, at least with a reject (BEP 9). */
function ping(context: Context, peer: Peer): void {
  const { metadataId: id } = peer;
  if (id === undefined) return sendBytes(context, peer, KEEP_ALIVE);
  say(context, peer, { type: "extended", id, payload: encodeMetadataMessage({ type: "request", piece: 0 }) });
}
