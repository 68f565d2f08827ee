import type { PeerAddress } from "../announce/compact.ts";
import type { DeviceKind } from "../base/device.ts";
import type { InfoHash, LinkId, Millis, PeerId, PieceIndex } from "../base/ids.ts";
import { millis } from "../base/ids.ts";
import { Budget } from "../policy/budget.ts";
import { Cancels } from "../policy/cancels.ts";
import { GiveAndTake } from "../policy/give-and-take.ts";
import { Pipeline } from "../policy/pipeline.ts";
import { Rate } from "../policy/rate.ts";
import type { Framer } from "../wire/framer.ts";
import type { WireRange } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { EarlyPieces } from "./early-pieces.ts";
import type { IntroducingState } from "./introducing.ts";
import type { Introduction } from "./introduction.ts";
import type { LinkKind, Routes } from "./link-end.ts";

/** The phases of a link. A field exists only in the phases where it means something. */
export type PeerPhase =
  | {
      readonly phase: "opening";
      /** We offered, and nobody has answered. */
      readonly awaitsAnswer: boolean;
      readonly giveUpAt: Millis;
    }
  | { readonly phase: "handshaking"; readonly giveUpAt: Millis }
  | {
      readonly phase: "open";
      readonly since: Millis;
      readonly peerId: PeerId;
      readonly fast: boolean;
      readonly extended: boolean;
    };

/** One link, and all we know about the peer at its other end. */
export interface Peer {
  readonly link: LinkId;
  readonly kind: LinkKind;
  readonly infoHash: InfoHash;
  introduction: Introduction;
  state: PeerPhase;
  /** Our unanswered offer, as introducers carry it: another one may, if the first is busy. */
  description: string | undefined;
  /** What both sides offered, once both have: only WebRTC links have it. */
  routes: Routes | undefined;
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
  readonly cancels: Cancels;
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
  /** Its link began with an encrypted handshake, or it says that it prefers that. */
  prefersEncryption: boolean;
  /** It says that it has everything, though it tells of its pieces one by one. */
  superSeeds: boolean;
  /** It says that somebody waits for pieces there. */
  waits: boolean;
  /** We have told it that somebody waits for pieces here. */
  knowsThatWeWait: boolean;

  /** Where it can be dialled, as far as we know. */
  listensAt: PeerAddress | undefined;
  /** Candidates that lead to it: in use as long as its link lives. */
  readonly candidates: PeerAddress[];
  readonly exchange: ExchangeState;
  /** The id that the other side chose for messages about introductions. Undefined: it takes no part in them. */
  introductionId: number | undefined;
  /** Undefined: the other side, or we, have never taken part in introductions. */
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

/** A link that somebody opened to us and that has not named a torrent yet. */
export interface Stranger {
  readonly link: LinkId;
  readonly address: PeerAddress;
  readonly framer: Framer;
  readonly giveUpAt: Millis;
  /** It is on our own network, as far as we know. */
  isNearby: boolean;
  /** Its link began with an encrypted handshake. */
  prefersEncryption: boolean;
}

/** What a peer has not told us yet. */
const UNSAID = {
  metadataId: undefined,
  metadataBytes: undefined,
  client: undefined,
  deviceName: undefined,
  device: undefined,
};

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
    cancels: new Cancels(),
    stalls: 0,
    isSnubbing: false,
    rejects: new Map(),
    doubted: new Set(),
    untold: [],
    theirRequests: [],
    readingBytes: 0,
    queuedBytes: 0,
    ...UNSAID,
    isNearby: false,
    prefersEncryption: false,
    routes: undefined,
    superSeeds: false,
    waits: false,
    knowsThatWeWait: false,
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

/** The link to the peer that introduced this one, or is to introduce it. */
export function introducerOf({ introduction: by }: Peer): LinkId | undefined {
  return by.type === "offer" ? by.route.introducer : undefined;
}

/** A peer that takes part in introductions now, as we do. */
export type Introducing = Peer & { readonly introducing: IntroducingState };

export function takesPart(peer: Peer): peer is Introducing {
  return peer.introducing?.isOn ?? false;
}

export function isOpen(peer: Peer): boolean {
  return peer.state.phase === "open";
}
