import { type PeerAddress, peerIp } from "../announce/compact.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, type LinkId, millis } from "../base/ids.ts";
import { networkOf } from "../base/ip.ts";
import { relaysOffers } from "../base/tracker-url.ts";
import { Framer } from "../wire/framer.ts";
import { decodeHandshake } from "../wire/handshake.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, changed, freeLinks, tell } from "./context.ts";
import { linkOpened } from "./handshake.ts";
import type { CloseReason } from "./link-end.ts";
import { takeFrames } from "./messages.ts";
import type { Stranger } from "./peer.ts";
import { makeRoom } from "./room.ts";
import { currentTrackers, isRunning, type Torrent } from "./torrent.ts";

/** The part of a session for peers that dial us. A platform that nobody can dial leaves it out. */
export const STRANGERS = { accepted, spoke, knocked, sweep };

/** Somebody dialled us. If there are too many, one that has been silent for longer makes way. */
function accepted(context: Context, link: LinkId, address: PeerAddress): void {
  const { strangers, config } = context;
  const giveUpAt = millis(context.now + config.handshakeMillis);
  strangers.set(link, {
    link,
    address,
    framer: new Framer(),
    giveUpAt,
    isNearby: false,
    prefersEncryption: false,
  });
  if (strangers.size <= config.maxStrangers) return;
  const last = lastInLine([...strangers.values()]);
  if (last === undefined) return;
  turnAway(context, last.link, "noRoom");
}

/** The oldest one from the network with the most of them: honest peers send a handshake at once. */
function lastInLine(strangers: readonly Stranger[]): Stranger | undefined {
  const counts = new Map<string, number>();
  const network = ({ address }: Stranger): string => networkOf(peerIp(address));
  for (const stranger of strangers) counts.set(network(stranger), (counts.get(network(stranger)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return strangers.find((stranger) => counts.get(network(stranger)) === most);
}

/** A handshake turns a stranger into a peer of the torrent it names. */
function spoke(
  context: Context,
  torrents: ReadonlyMap<InfoHash, Torrent>,
  { link, address, framer, isNearby, prefersEncryption }: Stranger,
  bytes: Uint8Array,
): void {
  try {
    const frames = framer.push(bytes);
    const [first] = frames;
    if (first === undefined) return;
    context.strangers.delete(link);
    const torrent = torrents.get(decodeHandshake(first).infoHash);
    if (torrent === undefined || !isRunning(torrent)) {
      return turnAway(context, link, "unknownTorrent");
    }
    context.acting = torrent;
    const introduction = { type: "accepted", address } as const;
    const origin = networkOf(peerIp(address));
    if (freeLinks(context, torrent) === 0 && !makeRoom(context, torrent, "tcp", origin)) {
      return turnAway(context, link, "noRoom");
    }
    const peer = addPeer(context, torrent, link, introduction, framer);
    peer.isNearby = isNearby;
    peer.prefersEncryption = prefersEncryption;
    linkOpened(context, torrent, peer);
    takeFrames(context, torrent, peer, () => frames);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    turnAway(context, link, "brokeTheRules", error.message);
  }
}

/**
 * Somebody found us through a tracker and tries a protocol that we do not speak. It does not name its torrent, so we ask
 * trackers for newcomers, starting with the torrents announced longest ago, and dial the peers they name.
 */
function knocked(context: Context, torrents: ReadonlyMap<InfoHash, Torrent>): void {
  const { now, config } = context;
  const dueAt = (torrent: Torrent): number =>
    Math.min(
      ...currentTrackers(torrent).map(({ announcer }) => announcer.nextAt ?? Number.POSITIVE_INFINITY),
    );
  const longestAgo = [...torrents.values()].sort((left, right) => dueAt(left) - dueAt(right));
  for (const torrent of longestAgo.slice(0, config.maxKnockTorrents)) {
    context.acting = torrent;
    for (const { url, announcer } of currentTrackers(torrent))
      if (!relaysOffers(url)) announcer.announceSoon(now);
    changed(context, torrent).marks.add("announces");
  }
}

/** Closes the links of strangers that have been silent too long. */
function sweep(context: Context): void {
  for (const { link, giveUpAt } of context.strangers.values()) {
    if (giveUpAt > context.now) return; // The others came later.
    turnAway(context, link, "silent");
  }
}

/** Closes the link of a stranger. */
function turnAway(context: Context, link: LinkId, reason: CloseReason, brokenRule?: string): void {
  context.strangers.delete(link);
  context.effects.push({ type: "close", link, reason });
  const ended = { reason, ...(brokenRule !== undefined && { brokenRule }) };
  tell(context, undefined, { type: "linkFailed", link, ...ended });
}
