import { type PeerAddress, peerAddress, peerIp, peerPort } from "../announce/compact.ts";
import { networkOf } from "../base/ip.ts";
import { Candidates } from "../policy/candidates.ts";
import { addPeer } from "./add-peer.ts";
import { type Context, changed, type Dialling, freeLinks, peersSought, tell } from "./context.ts";
import { becamePrivate, endDiscovery, startDiscovery } from "./discovery.ts";
import type { Peer } from "./peer.ts";
import { awaitRival, settleRivals } from "./rivals.ts";
import { isPrivate, type Torrent } from "./torrent.ts";

/** Lower ports belong to other services: nobody may make us dial those, nor may a neighbour with a forged address. */
const LOWEST_PORT = 1_024;

/** The part of a session that dials. A platform without TCP leaves it out. */
export const DIALLING: Dialling = {
  startDiscovery,
  endDiscovery,
  becamePrivate,
  awaitRival,
  settleRivals,
  newCandidates: ({ candidates }) => new Candidates(candidates),
  addressesFound,
  dialMore,
  portSaid,
};

function addressesFound(
  context: Context,
  torrent: Torrent,
  { source, addresses, preferEncryption }: Parameters<Dialling["addressesFound"]>[2],
  teller?: PeerAddress,
): void {
  const { candidates } = torrent;
  const isTracked = source === "tracker";
  const network = teller && networkOf(peerIp(teller));
  if (!isTracked && isPrivate(torrent)) return;
  for (const address of addresses) {
    if (peerPort(address) < LOWEST_PORT) continue;
    const prefersEncryption = preferEncryption?.has(address) || undefined;
    candidates?.found(context.now, address, { isTracked, teller: network, prefersEncryption });
  }
  for (const peer of torrent.peers.values()) claim(torrent, peer);
  changed(context, torrent).marks.add("addresses");
}

function dialMore(context: Context, torrent: Torrent): void {
  const { maxDials } = context.config;
  const dialling = [...context.peers.values()].filter(isDialling).length;
  const count = Math.min(
    maxDials - dialling,
    peersSought(context, torrent) - torrent.peers.size,
    freeLinks(context, torrent),
  );
  const { candidates } = torrent;
  for (const address of candidates?.take(context.now, count) ?? []) {
    const { link } = addPeer(context, torrent, context.newLink(), { type: "dialled", address });
    tell(context, torrent.infoHash, { type: "dialling", link, address });
    const prefersEncryption = candidates?.prefersEncryption(address) ?? false;
    context.effects.push({ type: "dial", link, address, prefersEncryption });
  }
}

function portSaid(torrent: Torrent, peer: Peer, port: number): void {
  const { introduction } = peer;
  if (introduction.type !== "accepted" || peer.listensAt !== undefined || port < LOWEST_PORT) return;
  peer.listensAt = peerAddress(peerIp(introduction.address), port);
  claim(torrent, peer);
}

/** Keeps us from dialling a peer that dialled us, whoever names its address, and whenever. */
function claim(torrent: Torrent, { listensAt, candidates }: Peer): void {
  if (listensAt !== undefined && torrent.candidates?.use(listensAt)) candidates.push(listensAt);
}

function isDialling({ state, introduction }: Peer): boolean {
  return state.phase === "opening" && introduction.type === "dialled";
}
