/** What we know of a swarm: the latest counts of a tracker, and our links. */
export interface SwarmCounts {
  /** As the tracker counts them, including us. */
  readonly seeders: number;
  readonly leechers: number;
  /** Peers that it introduced and whose links broke since it counted. */
  readonly lostPeers: number;
  /** Links, open or opening, without our unanswered offers. */
  readonly linked: number;
  readonly isComplete: boolean;
}

/** What limits our offers. */
export interface OfferRoom {
  /** How many peers of one torrent we look for. */
  readonly peersSought: number;
  readonly pendingOffers: number;
  readonly maxPendingOffers: number;
  readonly freeLinks: number;
}

/** How many peers there, as far as we know, we could have and are not linked to. */
export function unlinkedPeers(swarm: SwarmCounts, peersSought: number): number {
  return Math.max(0, Math.min(usefulPeers(swarm), peersSought) - swarm.linked);
}

/** How many offers to make. The tracker hands them out blindly, so some go to peers that we are linked to. */
export function offersToMake(swarm: SwarmCounts, room: OfferRoom): number {
  const wanted = unlinkedPeers(swarm, room.peersSought);
  if (wanted === 0) return 0;
  const useful = usefulPeers(swarm);
  const blind = Math.ceil((wanted * useful) / (useful - swarm.linked));
  return Math.max(0, Math.min(blind, room.maxPendingOffers - room.pendingOffers, room.freeLinks));
}

/** Whether nobody here has what we lack, and nobody is about to come. */
export function isStarving(here: {
  readonly isComplete: boolean;
  readonly links: number;
  readonly peersSought: number;
  /** Somebody here has a piece that we lack. */
  readonly hasSource: boolean;
  /** A tracker introduced a peer, and the link to it may open at any moment. */
  readonly isMeeting: boolean;
}): boolean {
  return !here.isComplete && here.links < here.peersSought && !here.hasSource && !here.isMeeting;
}

/** Seeders do not look for seeders. */
function usefulPeers({ seeders, leechers, lostPeers, linked, isComplete }: SwarmCounts): number {
  const counted = isComplete ? leechers : seeders + leechers - 1; // We are one of the leechers.
  return lostPeers === 0 ? counted : Math.max(counted, linked + lostPeers);
}
