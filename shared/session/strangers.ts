import type { PeerAddress } from "../announce/compact.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, type LinkId, millis } from "../base/ids.ts";
import { Framer } from "../wire/framer.ts";
import { decodeHandshake } from "../wire/handshake.ts";
import { type Context, freeLinks } from "./context.ts";
import { addPeer } from "./introductions.ts";
import { linkOpened } from "./links.ts";
import { framesArrived } from "./messages.ts";
import type { Stranger } from "./peer.ts";
import { isRunning, type Torrent } from "./torrent.ts";

/** Those who dial us. A platform that nobody can dial leaves it out. */
export const STRANGERS = { accepted, spoke, sweep };

/** Somebody dialled us. Taken while there is room. */
function accepted(context: Context, link: LinkId, address: PeerAddress): void {
  const { maxStrangers, handshakeMillis } = context.config;
  if (context.strangers.size >= maxStrangers || freeLinks(context) === 0) {
    context.effects.push({ type: "close", link, reason: "noRoom" });
    return;
  }
  const giveUpAt = millis(context.now + handshakeMillis);
  context.strangers.set(link, { link, address, framer: new Framer(), giveUpAt });
}

/** Its handshake makes a stranger a peer of the torrent that it names. */
function spoke(
  context: Context,
  torrents: ReadonlyMap<InfoHash, Torrent>,
  { link, address, framer }: Stranger,
  bytes: Uint8Array,
): void {
  try {
    const frames = framer.push(bytes);
    const [first] = frames;
    if (first === undefined) return;
    context.strangers.delete(link);
    const torrent = torrents.get(decodeHandshake(first).infoHash);
    if (torrent === undefined || !isRunning(torrent)) {
      context.effects.push({ type: "close", link, reason: "unknownTorrent" });
      return;
    }
    const peer = addPeer(context, torrent, link, { type: "accepted", address }, framer);
    linkOpened(context, torrent, peer);
    framesArrived(context, torrent, peer, frames);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    context.strangers.delete(link);
    context.effects.push({ type: "close", link, reason: "brokeTheRules" });
  }
}

/** Those that have been silent for too long are sent away. */
function sweep(context: Context): void {
  for (const { link, giveUpAt } of context.strangers.values()) {
    if (giveUpAt > context.now) return; // They stand in the order in which they came.
    context.strangers.delete(link);
    context.effects.push({ type: "close", link, reason: "silent" });
  }
}
