import { type PeerAddress, peerAddress, peerIp, peerPort } from "../announce/compact.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, changed, freeLinks } from "./context.ts";
import type { Input } from "./effect.ts";
import type { Peer } from "./peer.ts";
import { isPrivate, type Torrent } from "./torrent.ts";

/** Lower ports belong to other services: nobody may make us dial those, nor may a neighbour with a forged address. */
const LOWEST_PORT = 1_024;

/** Somebody named peers that accept TCP links: the peer `teller`, if given. */
export function addressesFound(
  context: Context,
  torrent: Torrent,
  { source, addresses }: Pick<Extract<Input, { type: "addressesFound" }>, "source" | "addresses">,
  teller?: PeerAddress,
): void {
  const isTracked = source === "tracker";
  const tellerIp = teller && peerIp(teller);
  if (!isTracked && isPrivate(torrent)) return;
  for (const address of addresses) {
    if (peerPort(address) >= LOWEST_PORT) torrent.candidates.found(context.now, address, isTracked, tellerIp);
  }
  for (const peer of torrent.peers.values()) claim(torrent, peer);
  changed(context, torrent).addresses = true;
}

/** Dials while we want peers, links are free and not too many dials are under way. */
export function dialMore(context: Context, torrent: Torrent): void {
  const { maxDials, peersSought } = context.config;
  const dialling = [...context.peers.values()].filter(isDialling).length;
  const count = Math.min(maxDials - dialling, peersSought - torrent.peers.size, freeLinks(context));
  for (const address of torrent.candidates.take(context.now, count)) {
    const { link } = addPeer(context, torrent, context.newLink(), { type: "dialled", address });
    context.effects.push({ type: "dial", link, address });
  }
}

/** A link ended: we may dial its peer again, soon if the link was useful. */
export function dialEnded(context: Context, torrent: Torrent, { candidates, down, up }: Peer): void {
  for (const address of candidates) {
    if (down.total + up.total > 0) torrent.candidates.left(context.now, address);
    else torrent.candidates.failed(context.now, address);
  }
}

/** Never dials the peer of this link again. */
export function shun(torrent: Torrent, { candidates }: Peer): void {
  for (const address of candidates.splice(0)) torrent.candidates.shun(address);
}

/** A peer that dialled us names the port where it listens (BEP 10). We ignore what it says later. */
export function portSaid(torrent: Torrent, peer: Peer, port: number): void {
  const { introduction } = peer;
  if (introduction.type !== "accepted" || peer.listensAt !== undefined || port < LOWEST_PORT) return;
  peer.listensAt = peerAddress(peerIp(introduction.address), port);
  claim(torrent, peer);
}

/** Keeps us from dialling a peer that dialled us, whoever names its address, and whenever. */
function claim(torrent: Torrent, { listensAt, candidates }: Peer): void {
  if (listensAt !== undefined && torrent.candidates.use(listensAt)) candidates.push(listensAt);
}

function isDialling({ state, introduction }: Peer): boolean {
  return state.phase === "opening" && introduction.type === "dialled";
}
