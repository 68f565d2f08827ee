import { type PeerAddress, peerAddress, peerIp, peerPort } from "../announce/compact.ts";
import { millis } from "../base/ids.ts";
import { isOfUseAt } from "../base/ip.ts";
import {
  decodePeerExchange,
  type Endpoint,
  type ExchangedPeer,
  encodePeerExchange,
} from "../wire/peer-exchange.ts";
import { type Context, type PeerExchange, say } from "./context.ts";
import { isOpen, type Peer } from "./peer.ts";
import { isComplete, isPrivate, isSeed, type Torrent } from "./torrent.ts";

/** Time between two messages to one peer (BEP 11: a minute, and fifty peers at a time). */
const TELL_MILLIS = 60_000;
/** Most peers added in one message, and most peers dropped. */
const MAX_TOLD = 50;
/** We ignore a message that comes sooner after the last one. Less than a minute: clocks differ, and messages get delayed. */
const HEAR_MILLIS = 30_000;
/** Most peers we take from one message. The first may name more than fifty; libtorrent's names up to a hundred. */
const MAX_HEARD = 100;

/**
 * TCP peers tell each other which other peers they are linked to (BEP 11), so that a swarm holds together without
 * trackers. For a private torrent we neither tell nor listen (BEP 27). A magnet link does not say whether its torrent is
 * private: until we have the metadata we listen, as other clients do, but tell nothing.
 */
export const PEER_EXCHANGE: PeerExchange = {
  isWanted(torrent, { kind }) {
    return kind === "tcp" && !isPrivate(torrent);
  },

  tell(context, torrent) {
    if (torrent.content === undefined || isPrivate(torrent)) return;
    const due = [...torrent.peers.values()].filter(
      ({ exchange: { id, tellAt } }) => id !== undefined && tellAt <= context.now,
    );
    if (due.length === 0) return;
    const linked = linkedPeers(torrent);
    for (const peer of due) tell(context, peer, linked);
  },

  heard(context, torrent, { introduction: by, exchange }, payload) {
    if (by.type === "offer" || isPrivate(torrent)) return;
    if (context.now < exchange.hearAt) return;
    exchange.hearAt = millis(context.now + HEAR_MILLIS);
    const heard = decodePeerExchange(payload)
      .added.slice(0, MAX_HEARD)
      .filter(({ isSeed }) => !(isSeed && isComplete(torrent))) // Neither has anything for the other.
      .filter(({ ip }) => isOfUseAt(peerIp(by.address), ip)) // Nobody outside may make us dial addresses in here.
      .map(({ ip, port, prefersEncryption }) => ({ address: peerAddress(ip, port), prefersEncryption }));
    const addresses = heard.map(({ address }) => address);
    const preferEncryption = new Set(
      heard.flatMap(({ address, prefersEncryption }) => (prefersEncryption ? [address] : [])),
    );
    const found = { source: "exchange", addresses, preferEncryption } as const;
    context.dialling?.addressesFound(context, torrent, found, by.address);
  },
};

/** The peers with a TCP link that can be dialled, by address. */
function linkedPeers(torrent: Torrent): ReadonlyMap<PeerAddress, ExchangedPeer> {
  const linked = new Map<PeerAddress, ExchangedPeer>();
  for (const peer of torrent.peers.values()) {
    const { listensAt, introduction, prefersEncryption } = peer;
    if (listensAt === undefined || !isOpen(peer)) continue;
    linked.set(listensAt, {
      ...endpoint(listensAt),
      prefersEncryption,
      isSeed: isSeed(torrent, peer),
      isReachable: introduction.type === "dialled",
    });
  }
  return linked;
}

function tell(context: Context, peer: Peer, linked: ReadonlyMap<PeerAddress, ExchangedPeer>): void {
  const { introduction: by, exchange } = peer;
  const { id, told } = exchange;
  if (id === undefined || by.type === "offer" || !isOpen(peer)) return;
  const isNews = (address: PeerAddress): boolean =>
    !told.has(address) && address !== peer.listensAt && isOfUseAt(peerIp(by.address), peerIp(address));
  const added = [...linked.keys()].filter(isNews).slice(0, MAX_TOLD);
  const dropped = [...told].filter((address) => !linked.has(address)).slice(0, MAX_TOLD);
  if (added.length + dropped.length === 0) return;
  for (const address of added) told.add(address);
  for (const address of dropped) told.delete(address);
  exchange.tellAt = millis(context.now + TELL_MILLIS);
  const payload = encodePeerExchange({
    added: added.flatMap((address) => linked.get(address) ?? []),
    dropped: dropped.map(endpoint),
  });
  say(context, peer, { type: "extended", id, payload });
}

function endpoint(address: PeerAddress): Endpoint {
  return { ip: peerIp(address), port: peerPort(address) };
}
