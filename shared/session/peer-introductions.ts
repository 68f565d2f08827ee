import type { PeerId } from "../base/ids.ts";
import { Budget } from "../policy/budget.ts";
import { Introducers } from "../policy/introducers.ts";
import { Relay } from "../policy/relay.ts";
import { decodeIntroduction } from "../wire/introduction.ts";
import { type Context, changed, type PeerIntroductions } from "./context.ts";
import type { IntroducingState } from "./introducing.ts";
import { tooMany } from "./keep-links.ts";
import { answerArrived, described, left, met, offerToUs, refused } from "./meeting.ts";
import { type Peer, takesPart } from "./peer.ts";
import { forgetRelayed, newHandle, relayAnswer, relayOffer, tellHandles } from "./relaying.ts";
import { isEnough, seek } from "./seek-introductions.ts";
import { isPrivate, isRunning, type Torrent } from "./torrent.ts";

/** What one peer may hear of others: three messages besides the first may follow in the first minute, then one a minute. */
const TELLS = { burst: 4, perSecond: 1 / 60 };
/** Besides, that we take no more links: all together are no more than a peer hears. */
const TELLS_FULL = { burst: 3, perSecond: 1 / 60 };
/** Twice as many, because clocks differ and messages get delayed. */
const HEARS = { burst: 8, perSecond: 1 / 30 };
/** Offers of one peer that we forward: thirty a minute. A newcomer asks for many at once. */
const RELAYS = { burst: 15, perSecond: 0.5 };
/** Offers that one introducer may forward to us. */
const OFFERS = { burst: 8, perSecond: 0.5 };
/** The same for all of them together: as many as one tracker. */
const ALL_OFFERS = { burst: 20, perSecond: 2 };

/** How we choose among introducers. Times in milliseconds. */
const INTRODUCERS = {
  maxHandles: 200, // As many as a desktop has links.
  maxAsked: 4, // Introducers let no more wait.
  maxAskedUnproven: 2, // It may swallow all that it gets.
  retryMillis: 60_000,
  maxFailures: 2,
  busyMillis: 10_000,
  fairLinks: 4,
  restMillis: 300_000,
  attemptsJudged: 4, // Even honest introductions fail in a row when routers are strict.
  leastShare: 0.25,
  maxLooked: 32, // With 200 links and 500 banned peers, 20 ms. The others have their turn within a second.
};

/** What waits on its way through us: each is 4 KiB at most, and only its ids are kept. */
const RELAY = { maxForAsker: 4, maxForTarget: 8, maxPending: 64, answerMillis: 50_000 };

/**
 * Peers introduce peers over WebRTC, so that a swarm of browsers grows and heals while its tracker is down:
 * docs/peer-introductions.md. Off for private torrents (BEP 27), and until the metadata says whether the torrent is one.
 */
export const PEER_INTRODUCTIONS: PeerIntroductions = {
  newState: ({ random }) => ({
    introducers: new Introducers(INTRODUCERS, random),
    relay: new Relay(RELAY),
    handles: new Map(),
    asked: new Set(),
    offers: new Budget(ALL_OFFERS),
  }),

  isWanted: (torrent) => torrent.content !== undefined && !isPrivate(torrent) && isRunning(torrent),

  announced(context, torrent, peer) {
    if (peer.introductionId === undefined || !PEER_INTRODUCTIONS.isWanted(torrent))
      return withdrawn(context, torrent, peer);
    if (takesPart(peer) || peer.state.phase !== "open") return;
    peer.introducing ??= newIntroducing(context, torrent, peer, peer.state.peerId);
    peer.introducing.isOn = true;
    torrent.introductions?.introducers.joined(peer.link);
    tellHandles(context, torrent, peer);
  },

  heard(context, torrent, peer, payload) {
    if (!takesPart(peer)) return;
    const { introducing } = peer;
    const message = decodeIntroduction(payload);
    switch (message?.type) {
      case "peers": {
        if (!introducing.hears.spend(context.now, 1)) return;
        introducing.you = message.you ?? introducing.you;
        introducing.free = message.free;
        torrent.introductions?.introducers.named(context.now, peer.link, message.added, message.dropped);
        if (message.added.length > 0) changed(context, torrent).marks.add("introducible");
        return;
      }
      case "offer":
        if (message.way === "to") return relayOffer(context, torrent, peer, message);
        return offerToUs(context, torrent, peer, message);
      case "answer":
        if (!answerArrived(context, torrent, peer, message)) relayAnswer(context, torrent, peer, message);
        return;
      case "error":
        return refused(context, torrent, peer, message);
      default:
    }
  },

  tell(context, torrent) {
    for (const peer of torrent.peers.values()) tellHandles(context, torrent, peer);
  },

  seek,
  isEnough,
  tooMany,
  described,
  met,

  left(context, torrent, peer, reason) {
    left(context, torrent, peer, reason);
    withdrawn(context, torrent, peer);
    if (peer.introducing === undefined) return;
    torrent.introductions?.introducers.left(peer.link);
    torrent.introductions?.handles.delete(peer.introducing.handle);
  },
};

function newIntroducing(context: Context, torrent: Torrent, peer: Peer, peerId: PeerId): IntroducingState {
  const handle = newHandle(context, torrent, peerId);
  torrent.introductions?.handles.set(handle, peer.link);
  return {
    isOn: true,
    handle,
    you: undefined,
    free: 0,
    saidFree: undefined,
    offersSince: 0,
    told: new Set(),
    tellAt: context.now,
    tells: new Budget(TELLS),
    hears: new Budget(HEARS),
    tellsFull: new Budget(TELLS_FULL),
    relayed: new Budget(RELAYS),
    offered: new Budget(OFFERS),
  };
}

/** The peer takes part no more, at least for now: it forgets what it heard, and so do we. */
function withdrawn(context: Context, torrent: Torrent, peer: Peer): void {
  if (!takesPart(peer)) return;
  const { introducing } = peer;
  introducing.isOn = false;
  introducing.you = undefined;
  introducing.free = 0;
  introducing.saidFree = undefined;
  introducing.told.clear();
  torrent.introductions?.introducers.withdrew(peer.link);
  forgetRelayed(context, torrent, peer);
  changed(context, torrent).marks.add("introducible");
}
