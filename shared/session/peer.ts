import { type PeerAddress, peerIp } from "../announce/compact.ts";
import { Bitfield } from "../base/bitfield.ts";
import {
  type Handle,
  type InfoHash,
  type LinkId,
  type Millis,
  millis,
  type OfferId,
  type PeerId,
  type PieceIndex,
  type TrackerUrl,
} from "../base/ids.ts";
import { networkOf } from "../base/ip.ts";
import { Budget } from "../policy/budget.ts";
import { GiveAndTake } from "../policy/give-and-take.ts";
import { Pipeline } from "../policy/pipeline.ts";
import { Rate } from "../policy/rate.ts";
import type { DeviceKind } from "../wire/device.ts";
import type { Framer } from "../wire/framer.ts";
import type { WireRange } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { LinkKind } from "./link-end.ts";

/** Who carries an offer and its answer: a tracker, a peer that names the other one by a handle, or nobody until we find one. */
type OfferRoute =
  | { readonly tracker: TrackerUrl; readonly introducer?: undefined }
  | {
      readonly tracker?: undefined;
      readonly introducer: LinkId;
      readonly handle: Handle;
      /** When the offer went to the introducer, or came from there. */
      readonly since: Millis;
    }
  | { readonly tracker?: undefined; readonly introducer?: undefined };

/** How a link came about: decides which of two links between the same peers stays. */
export type Introduction =
  | {
      readonly type: "offer";
      readonly route: OfferRoute;
      readonly offerId: OfferId;
      readonly weOffered: boolean;
      /** The tracker named it. Undefined: we offered, and anybody may answer, or a peer introduced it. */
      readonly peerId: PeerId | undefined;
    }
  | { readonly type: "dialled" | "accepted"; readonly address: PeerAddress };

/** The phases of a link. A field exists only in the phases where it means something. */
export type PeerPhase =
  | {
      readonly phase: "opening";
      /** We offered, and nobody has answered. */
      readonly awaitsAnswer: boolean;
      readonly giveUpAt: Millis;
    }
  | { readonly phase: "handshaking"; readonly giveUpAt: Millis }
  | { readonly phase: "open"; readonly peerId: PeerId; readonly fast: boolean; readonly extended: boolean };

/** One link, and all we know about the peer at its other end. */
export interface Peer {
  readonly link: LinkId;
  readonly kind: LinkKind;
  readonly infoHash: InfoHash;
  introduction: Introduction;
  state: PeerPhase;
  /** Our unanswered offer, as introducers carry it: another one may, if the first is busy. */
  description: string | undefined;
  readonly framer: Framer;
  readonly down: Rate;
  readonly up: Rate;
  heardAt: Millis;
  saidAt: Millis;
  /** Whoever watches knows that it is open. */
  isToldOf: boolean;
  /** When the last block arrived that we had requested. */
  gaveAt: Millis;
  /** When we last received or sent a block. */
  usedAt: Millis;
  /** When it last got a block or an upload slot, or took what we had sent it. */
  servedAt: Millis;
  /** Since when it has had an upload slot, or none. */
  turnAt: Millis;
  /** What we had sent it when it got its slot, in bytes of blocks. */
  sentBeforeSlot: number;
  /** It let its last slot pass without a request. */
  wastedSlot: boolean;
  readonly giveAndTake: GiveAndTake;
  /** When to close the link if neither side needs it. Undefined: we still lack something. */
  partAt: Millis | undefined;

  theyChoke: boolean;
  /** When it choked us, if it may still owe answers to requests from before that. */
  owesSinceChoke: Millis | undefined;
  weAreInterested: boolean;
  theyAreInterested: boolean;
  /** They have been, so they lacked something that we have. */
  hasWanted: boolean;

  /** What it said it has before we knew the metadata; from then on the picker knows. */
  early: EarlyPieces;
  /** It has sent a message that must follow have-all and have-none (BEP 6). */
  isPastStart: boolean;
  /** A newer link to the same peer: it stays unless we hear from this one in time. */
  rival: { readonly link: LinkId; readonly giveUpAt: Millis } | undefined;
  /** How much it may still say. */
  readonly messages: Budget;

  readonly pipeline: Pipeline;
  stalls: number;
  isSnubbing: boolean;
  /** How often it rejected a piece that it claims to have, while it served us. */
  readonly rejects: Map<PieceIndex, number>;
  /** Pieces that it rejected but may have: we request them again. */
  readonly doubted: Set<PieceIndex>;

  /** Pieces that it has, and does not know that we hold, too. */
  readonly untold: PieceIndex[];
  /** Its requests that we have not served. */
  readonly theirRequests: WireRange[];
  /** Bytes of blocks that the storage is reading for it. */
  readingBytes: number;
  /** Bytes handed to the link and unsent, as far as we know. */
  queuedBytes: number;

  metadataId: number | undefined;
  metadataBytes: number | undefined;
  client: string | undefined;
  /** What the person there calls the device, and the kind of client: claims. */
  deviceName: string | undefined;
  device: DeviceKind | undefined;
  /** It is on our own network, as far as we know. */
  isNearby: boolean;
  /** It says that it has everything, though it tells of its pieces one by one. */
  superSeeds: boolean;

  /** Where it can be dialled, as far as we know. */
  listensAt: PeerAddress | undefined;
  /** Candidates that lead to it: in use as long as its link lives. */
  readonly candidates: PeerAddress[];
  readonly exchange: ExchangeState;
  /** The id that the other side chose for messages about introductions. Undefined: it takes no part in them. */
  introductionId: number | undefined;
  /** Undefined: the other side, or we, take no part in introductions. */
  introducing: IntroducingState | undefined;

  goodPieces: number;
  failedPieces: number;
  lastPiece: PieceIndex | undefined;
}

/** The state of peer exchange on one link (BEP 11). */
interface ExchangeState {
  /** The message id that the other side chose. */
  id: number | undefined;
  /** The peers we have told it about. */
  readonly told: Set<PeerAddress>;
  /** We tell it nothing before this. */
  tellAt: Millis;
  /** We ignore its messages before this. */
  hearAt: Millis;
}

/** The state of introductions on one link (docs/peer-introductions.md). */
export interface IntroducingState {
  /** Under which handle we name this peer to others. */
  readonly handle: Handle;
  /** Under which handle it names us. Undefined: it has not said. */
  you: Handle | undefined;
  /** How many more links it takes, as far as we know. */
  free: number;
  /** How many more we said that we take. Undefined: we have said nothing. */
  saidFree: number | undefined;
  /** Offers that it has forwarded to us since then. */
  offersSince: number;
  /** The links that we have named to it. */
  readonly told: Map<LinkId, Handle>;
  /** We tell it nothing before this. */
  tellAt: Millis;
  /** How often we may tell it, and it us. */
  readonly tells: Budget;
  readonly hears: Budget;
  /** How often we may tell it besides that we take no more links. */
  readonly tellsFull: Budget;
  /** How many offers it may send to others through us, and forward to us. */
  readonly relayed: Budget;
  readonly offered: Budget;
}

/** A link that somebody opened to us and that has not named a torrent yet. */
export interface Stranger {
  readonly link: LinkId;
  readonly address: PeerAddress;
  readonly framer: Framer;
  readonly giveUpAt: Millis;
  /** It is on our own network, as far as we know. */
  isNearby: boolean;
}

/** What a peer said it has, before we knew how many pieces there are. */
export interface EarlyPieces {
  /** Its bitfield, or the message that stands for one. Undefined: not received yet. */
  first: Uint8Array | "haveAll" | "haveNone" | undefined;
  readonly pieces: Set<number>;
}

export function newPeer(
  now: Millis,
  link: LinkId,
  infoHash: InfoHash,
  introduction: Introduction,
  framer: Framer,
  config: SessionConfig,
): Peer {
  const kind = introduction.type === "offer" ? "rtc" : "tcp";
  const listensAt = introduction.type === "dialled" ? introduction.address : undefined;
  return {
    link,
    kind,
    infoHash,
    introduction,
    state: opening(now, introduction, config),
    description: undefined,
    framer,
    down: new Rate(),
    up: new Rate(),
    heardAt: now,
    saidAt: now,
    isToldOf: false,
    gaveAt: now,
    usedAt: now,
    servedAt: now,
    turnAt: now,
    sentBeforeSlot: 0,
    wastedSlot: false,
    giveAndTake: new GiveAndTake(),
    partAt: undefined,
    theyChoke: true,
    owesSinceChoke: undefined,
    weAreInterested: false,
    theyAreInterested: false,
    hasWanted: false,
    early: { first: undefined, pieces: new Set() },
    isPastStart: false,
    rival: undefined,
    messages: new Budget(config.messages),
    pipeline: new Pipeline(kind === "rtc" ? config.rtcPipeline : config.pipeline),
    stalls: 0,
    isSnubbing: false,
    rejects: new Map(),
    doubted: new Set(),
    untold: [],
    theirRequests: [],
    readingBytes: 0,
    queuedBytes: 0,
    metadataId: undefined,
    metadataBytes: undefined,
    client: undefined,
    deviceName: undefined,
    device: undefined,
    isNearby: false,
    superSeeds: false,
    listensAt,
    candidates: listensAt === undefined ? [] : [listensAt],
    exchange: { id: undefined, told: new Set(), tellAt: now, hearAt: now },
    introductionId: undefined,
    introducing: undefined,
    goodPieces: 0,
    failedPieces: 0,
    lastPiece: undefined,
  };
}

function opening(now: Millis, introduction: Introduction, config: SessionConfig): PeerPhase {
  const { answerMillis, openMillis, dialMillis } = config;
  const awaitsAnswer = introduction.type === "offer" && introduction.weOffered;
  const millisLeft = introduction.type !== "offer" ? dialMillis : awaitsAnswer ? answerMillis : openMillis;
  return { phase: "opening", awaitsAnswer, giveUpAt: millis(now + millisLeft) };
}

/** We offered, and nobody has answered. */
export function isUnansweredOffer(peer: Peer): peer is Peer & { introduction: { type: "offer" } } {
  return peer.state.phase === "opening" && peer.state.awaitsAnswer;
}

/** The origin of all links that peers introduced: together they count like those of one tracker. */
export const INTRODUCED = "introduced";

/** Where a link comes from: the network of its address, the tracker that introduced it, or other peers. */
export function originOf(by: Introduction): string {
  return by.type === "offer" ? (by.route.tracker ?? INTRODUCED) : networkOf(peerIp(by.address));
}

/** The link to the peer that introduced this one, or is to introduce it. */
export function introducerOf({ introduction: by }: Peer): LinkId | undefined {
  return by.type === "offer" ? by.route.introducer : undefined;
}

export function isOpen(peer: Peer): boolean {
  return peer.state.phase === "open";
}

/** Turns what the peer said before we knew the metadata into a bitfield. Undefined: it does not fit the torrent. */
export function settleEarlyPieces({ first, pieces }: EarlyPieces, pieceCount: number): Bitfield | undefined {
  const has = firstPieces(first, pieceCount);
  for (const piece of pieces) {
    if (piece >= pieceCount) return undefined;
    has?.set(piece);
  }
  return has;
}

function firstPieces(first: EarlyPieces["first"], pieceCount: number): Bitfield | undefined {
  if (first === "haveAll") return Bitfield.full(pieceCount);
  if (first instanceof Uint8Array) return Bitfield.fromBytes(first, pieceCount);
  return new Bitfield(pieceCount);
}
