import type { PeerAddress } from "../announce/compact.ts";
import { ProtocolError } from "../base/errors.ts";
import type { InfoHash, LinkId, Millis, PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { AnnounceTurns } from "../policy/announce-turns.ts";
import type { Candidates } from "../policy/candidates.ts";
import type { RateLimits } from "../policy/rate-limits.ts";
import type { SlotShares } from "../policy/slot-shares.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import type { Changes } from "./changes.ts";
import type { SessionConfig } from "./config.ts";
import type { Effect } from "./effect.ts";
import type { CountFiles } from "./file-counts.ts";
import type { Happening } from "./happening.ts";
import type { Input } from "./input.ts";
import type { CloseReason, LinkEnd } from "./link-end.ts";
import type { Peer, Stranger } from "./peer.ts";
import type { Torrent, TorrentIntroductions } from "./torrent.ts";
import type { WebSeeding } from "./web-seeding.ts";

/** Limits the bytes on links, each way. */
export interface Limits {
  readonly up: RateLimits;
  readonly down: RateLimits;
}

/** The part of a session that tells peers about each other (BEP 11). */
export interface PeerExchange {
  /** Whether we want to hear of peers on this link. */
  isWanted(torrent: Torrent, peer: Peer): boolean;
  /** Tells every peer whose turn it is what changed since its last message. */
  tell(context: Context, torrent: Torrent): void;
  /** Handles a peer's message. */
  heard(context: Context, torrent: Torrent, peer: Peer, payload: Uint8Array): void;
}

/** The part of a session that introduces peers to each other, and lets peers introduce us (docs/peer-introductions.md). */
export interface PeerIntroductions {
  newState(context: Context): TorrentIntroductions;
  /** Whether we take part in this torrent. */
  isWanted(torrent: Torrent): boolean;
  /** The peer, or we, take part from now on, or no more. */
  announced(context: Context, torrent: Torrent, peer: Peer): void;
  /** Handles a peer's message. */
  heard(context: Context, torrent: Torrent, peer: Peer, payload: Uint8Array): void;
  /** Tells every peer whose turn it is to whom we can introduce it. */
  tell(context: Context, torrent: Torrent): void;
  /** Asks for introductions while we want peers. */
  seek(context: Context, torrent: Torrent): void;
  /** Whether introductions bring enough peers, so that trackers are spared. */
  isEnough(context: Context, torrent: Torrent): boolean;
  /** The description of a link that a peer introduces is ready. */
  described(context: Context, torrent: Torrent, peer: Peer, sdp: string): void;
  /** Neither we nor this peer need the link: which one to close, if any. A few stay so that we can introduce others. */
  tooMany(context: Context, torrent: Torrent, peer: Peer): Peer | "none";
  /** Both sides of a link have said who they are. */
  met(context: Context, torrent: Torrent, peer: Peer): void;
  /** A link ended. */
  left(context: Context, torrent: Torrent, peer: Peer, reason: LinkEnd | CloseReason): void;
}

/** The part of a session that lets the only seeder of a torrent tell of its pieces one by one (BEP 16). */
export interface Revealing {
  /** We begin to check what we have. Until when to tell nobody of it, unless the check ends before. Undefined: we tell at once. */
  withheldUntil(context: Context, torrent: Torrent): Millis | undefined;
  /** A peer has said who it is. False: it may know what we have. */
  hidePieces(context: Context, torrent: Torrent, peer: Peer): boolean;
  /** Tells peers of further pieces, or, once the swarm has everything, of all the rest. */
  revealMore(context: Context, torrent: Torrent): void;
}

/** The part of a session that finds peers without WebRTC's offers, and dials them over TCP. */
export interface Dialling {
  /** Looks for peers without a tracker, unless the torrent is private. */
  startDiscovery(context: Context, torrent: Torrent): void;
  endDiscovery(context: Context, torrent: Torrent): void;
  /** The metadata says that only trackers may name peers: drops all that we found in other ways. */
  becamePrivate(context: Context, torrent: Torrent): void;
  /** A peer made a second link although the first should stay. True: we wait whether the first is alive. */
  awaitRival(context: Context, newer: Peer, older: Peer): boolean;
  /** The older of two links to a peer is alive, or has been silent too long. */
  settleRivals(context: Context, torrent: Torrent, older: Peer, isAlive: boolean): void;
  newCandidates(config: SessionConfig): Candidates<PeerAddress>;
  /** Somebody named peers that accept TCP links: the peer `teller`, if given. */
  addressesFound(context: Context, torrent: Torrent, found: AddressesFound, teller?: PeerAddress): void;
  /** Dials while we want peers, links are free and not too many dials are under way. */
  dialMore(context: Context, torrent: Torrent): void;
  /** A peer that dialled us names the port where it listens (BEP 10). We ignore what it says later. */
  portSaid(torrent: Torrent, peer: Peer, port: number): void;
}

type AddressesFound = Pick<Extract<Input, { type: "addressesFound" }>, "source" | "addresses"> & {
  /** Of these, those that prefer encrypted links, as the teller says. */
  readonly preferEncryption?: ReadonlySet<PeerAddress>;
};

/** What every part of the session needs while one input is handled. */
export interface Context {
  readonly peerId: PeerId;
  readonly config: SessionConfig;
  readonly limits: Limits | undefined;
  /** Undefined: we neither tell of peers nor ask to hear of them. */
  readonly exchange: PeerExchange | undefined;
  /** Undefined: peers introduce us to nobody, and we nobody. */
  readonly introductions: PeerIntroductions | undefined;
  /** Undefined: every peer may know at once what we have. */
  readonly revealing: Revealing | undefined;
  /** Undefined: we dial nobody. */
  readonly dialling: Dialling | undefined;
  /** Undefined: we fetch nothing from web servers. */
  readonly webSeeding: WebSeeding | undefined;
  /** Counts what files lack. Undefined: nobody wants to hear of complete files. */
  readonly countFiles: CountFiles | undefined;
  /** When which announce may go out. */
  readonly announceTurns: AnnounceTurns;
  /** The upload slots of all torrents. */
  readonly slots: SlotShares<Torrent>;
  readonly random: Random;
  readonly newLink: () => LinkId;
  readonly torrents: ReadonlyMap<InfoHash, Torrent>;
  /** The links of all torrents. */
  readonly peers: Map<LinkId, Peer>;
  /** Links that have not named a torrent yet. */
  readonly strangers: Map<LinkId, Stranger>;
  /** What the person calls this device, for everybody they are linked to. Undefined: they did not say. */
  deviceName: string | undefined;
  /** Links that we may have, by what the person wants and by `maxLinks` of the config. */
  maxLinks: number;
  /** The time of the input at hand. */
  now: Millis;
  effects: Effect[];
  /** The torrents that the input at hand has touched: each is settled once, after the whole input. */
  readonly touched: Torrent[];
  /** The torrent at work: if that throws, this torrent stops and the others go on. */
  acting: Torrent | undefined;
}

/** The marks of a torrent, which is settled after the input at hand. */
export function changed({ touched }: Context, torrent: Torrent): Changes {
  if (!torrent.isTouched) touched.push(torrent);
  torrent.isTouched = true;
  return torrent.changes;
}

/** An input concerns a torrent, which is settled after it. */
export function touch(context: Context, torrent: Torrent): void {
  context.acting = torrent;
  changed(context, torrent);
}

/** How many more links a torrent may open: of all links, and of its own. */
export function freeLinks({ maxLinks, peers }: Context, { controls, peers: own }: Torrent): number {
  const free = maxLinks - peers.size;
  const { maxPeers } = controls;
  return Math.max(0, maxPeers === undefined ? free : Math.min(free, maxPeers - own.size));
}

/** How many links a torrent may have at most. */
export function mostLinks({ maxLinks }: Context, { controls }: Torrent): number {
  return Math.min(maxLinks, controls.maxPeers ?? maxLinks);
}

/** How many peers a torrent looks for. */
export function peersSought(context: Context, torrent: Torrent): number {
  return Math.min(context.config.peersSought, mostLinks(context, torrent));
}

/** Sends a message. */
export function say(context: Context, peer: Peer, message: Exclude<Message, { type: "unknown" }>): void {
  sendBytes(context, peer, encodeMessage(message));
}

export function sendBytes(context: Context, peer: Peer, bytes: Uint8Array): void {
  peer.saidAt = context.now;
  peer.queuedBytes += bytes.length;
  if (peer.queuedBytes > context.config.maxUnsentBytes) overfull(context, peer);
  context.limits?.up.spent(peer.infoHash, bytes.length);
  context.effects.push({ type: "send", link: peer.link, bytes });
}

function overfull(context: Context, peer: Peer): void {
  const torrent = context.torrents.get(peer.infoHash);
  if (torrent !== undefined) changed(context, torrent).overfull.add(peer);
}

/** Tells whoever watches. `infoHash`: of the torrent that it concerns, if it concerns one. */
export function tell({ effects }: Context, infoHash: InfoHash | undefined, what: Happening): void {
  effects.push({ type: "happened", infoHash, what });
}

/** Reports something that we ignore, while the peer's link goes on. */
export function leaveOut(context: Context, { link, infoHash }: Peer, what: string): void {
  tell(context, infoHash, { type: "leftOut", link, what });
}

/** Pays for a message. Throws a `ProtocolError` if the peer has said too much. */
export function charge({ now }: Context, peer: Peer, cost: number): void {
  if (cost === 0) return;
  if (!peer.messages.spend(now, cost))
    throw new ProtocolError("tooManyMessages", "the peer sends too many messages");
}
