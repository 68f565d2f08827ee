import type { Context } from "./context.ts";
import { originOf } from "./introduction.ts";
import type { LinkKind } from "./link-end.ts";
import { closeLink } from "./links.ts";
import { isUnansweredOffer, type Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** This many links may come from one origin, however many others wait: a household behind one address. */
export const FAIR_LINKS = 4;
/** How long a link may be idle while neither side is interested. */
export const UNWANTED_MILLIS = 5_000;
/** How long a link may be idle while one side is interested: long enough for many rounds of choking. */
export const IDLE_MILLIS = 60_000;

/**
 * All links are taken, or all that the torrent may have, and a newcomer waits for one. Closes one for it: from an origin with
 * more than its share, or a useless one. False: all are of use.
 */
export function makeRoom(context: Context, newcomers: Torrent, kind: LinkKind, origin: string): boolean {
  const { now } = context;
  const peers = [...(isOwnLimitCloser(context, newcomers) ? newcomers : context).peers.values()];
  const crowd = crowdOf(peers.filter((peer) => peer.kind === kind));
  const ownCount = peers.filter((peer) => originOf(peer.introduction) === origin).length;
  const isCrowded = crowd.length > Math.max(ownCount + 1, FAIR_LINKS);
  const [victim] = (isCrowded ? crowd : peers)
    .filter((peer) => !isUnansweredOffer(peer)) // Those end by themselves, and find us other peers.
    .sort(byUse);
  if (victim === undefined) return false;
  if (!isCrowded && now - victim.usedAt < (isWanted(victim) ? IDLE_MILLIS : UNWANTED_MILLIS)) return false;
  const torrent = context.torrents.get(victim.infoHash);
  if (torrent !== undefined) closeLink(context, torrent, victim, "madeRoom");
  return torrent !== undefined;
}

/** Fewer links are wanted than there are: closes unanswered offers first, and then those of least use. */
export function closeBeyond(context: Context, { peers }: Pick<Torrent, "peers">, most: number): void {
  const isOffer = (peer: Peer): number => Number(isUnansweredOffer(peer));
  const all = [...peers.values()].sort((left, right) => isOffer(right) - isOffer(left) || byUse(left, right));
  for (const peer of all.slice(0, Math.max(0, peers.size - most))) {
    const torrent = context.torrents.get(peer.infoHash);
    if (torrent !== undefined) closeLink(context, torrent, peer, "noRoom");
  }
}

/** The torrent has fewer links left of its own than there are of all. */
function isOwnLimitCloser({ maxLinks, peers }: Context, { controls, peers: own }: Torrent): boolean {
  return controls.maxPeers !== undefined && controls.maxPeers - own.size < maxLinks - peers.size;
}

/** Those of least use first. */
function byUse(left: Peer, right: Peer): number {
  return Number(isWanted(left)) - Number(isWanted(right)) || left.usedAt - right.usedAt;
}

/** The links from the origin that has most of them. */
function crowdOf(peers: readonly Peer[]): readonly Peer[] {
  const crowds = new Map<string, Peer[]>();
  let largest: Peer[] = [];
  for (const peer of peers) {
    const origin = originOf(peer.introduction);
    const crowd = crowds.get(origin) ?? [];
    crowds.set(origin, crowd);
    crowd.push(peer);
    if (crowd.length > largest.length) largest = crowd;
  }
  return largest;
}

function isWanted({ weAreInterested, theyAreInterested, superSeeds }: Peer): boolean {
  return weAreInterested || theyAreInterested || superSeeds;
}
