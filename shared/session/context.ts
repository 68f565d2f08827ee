import { ProtocolError } from "../base/errors.ts";
import type { InfoHash, LinkId, Millis, PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { RateLimit } from "../policy/rate-limit.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { Effect } from "./effect.ts";
import type { Peer, Stranger } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** What limits the bytes on the links of all torrents together, each way. Undefined: nothing does. */
export interface RateLimits {
  readonly up: RateLimit | undefined;
  readonly down: RateLimit | undefined;
}

/** What peers tell each other of others (BEP 11). */
export interface PeerExchange {
  /** Whether we would be told on this link. */
  isWanted(torrent: Torrent, peer: Peer): boolean;
  /** Tells every peer whose turn it is what has changed since its last message. */
  tell(context: Context, torrent: Torrent): void;
  /** Another peer's message. */
  heard(context: Context, torrent: Torrent, peer: Peer, payload: Uint8Array): void;
}

/**
 * What the messages of an input make necessary. It is done once, when the whole input has been taken: otherwise a few
 * cheap messages would make us look at every piece and every link again and again.
 */
export interface Due {
  /** Whom to serve is to be chosen. */
  readonly choices: Set<Torrent>;
  /** Leechers came, left or became complete. */
  readonly shares: Set<Torrent>;
  /** Links ended: more peers may be wanted. */
  readonly seeks: Set<Torrent>;
  /** Blocks came free that anybody may be asked for. */
  readonly requests: Set<Torrent>;
  /** These peers may be asked for more. */
  readonly peerRequests: Map<Peer, Torrent>;
  /** Too much was said to these that they have not read. */
  readonly overfull: Set<Peer>;
}

/** What every part of the session needs while one input is handled. */
export interface Context {
  readonly peerId: PeerId;
  readonly config: SessionConfig;
  readonly limits: RateLimits | undefined;
  /** Undefined: nothing is told, and nobody is asked to tell. */
  readonly exchange: PeerExchange | undefined;
  readonly random: Random;
  readonly newLink: () => LinkId;
  readonly torrents: ReadonlyMap<InfoHash, Torrent>;
  /** The links of all torrents. */
  readonly peers: Map<LinkId, Peer>;
  /** Links that have not said which torrent they mean. */
  readonly strangers: Map<LinkId, Stranger>;
  /** The time of the input at hand. */
  now: Millis;
  effects: Effect[];
  readonly due: Due;
  /** Whose work is being done: if that fails, it stops and the others go on. */
  acting: Torrent | undefined;
}

/** How many more links there may be. */
export function freeLinks({ config, peers }: Context): number {
  return Math.max(0, config.maxLinks - peers.size);
}

/** Orders a message to be sent. */
export function say(context: Context, peer: Peer, message: Exclude<Message, { type: "unknown" }>): void {
  sendBytes(context, peer, encodeMessage(message));
}

export function sendBytes(context: Context, peer: Peer, bytes: Uint8Array): void {
  peer.saidAt = context.now;
  peer.queuedBytes += bytes.length;
  if (peer.queuedBytes > context.config.maxUnsentBytes) context.due.overfull.add(peer);
  context.limits?.up?.spent(bytes.length);
  context.effects.push({ type: "send", link: peer.link, bytes });
}

/** A peer said something that is not taken, and its link goes on. */
export function leaveOut({ effects }: Context, { link, infoHash }: Peer, what: string): void {
  effects.push({ type: "leftOut", link, infoHash, what });
}

/** Pays for a message. A peer that has said too much is a `ProtocolError`. */
export function charge({ now }: Context, peer: Peer, cost: number): void {
  if (!peer.messages.spend(now, cost)) throw new ProtocolError("tooManyMessages", "the peer says too much");
}
