import type { AnnouncerTimes } from "../policy/announcer.ts";
import type { BudgetLimits } from "../policy/budget.ts";
import type { CandidateLimits } from "../policy/candidates.ts";
import type { MetadataLimits } from "../policy/metadata-copies.ts";
import type { PickerLimits } from "../policy/picker/picker.ts";
import type { PipelineLimits } from "../policy/pipeline.ts";

/** The numbers of a session that every platform has: unit, default, reason. Other parts bring their own. */
export interface SessionConfig {
  readonly picker: PickerLimits;
  readonly pipeline: PipelineLimits;
  /** The same for WebRTC links. */
  readonly rtcPipeline: PipelineLimits;
  readonly announcer: AnnouncerTimes;
  readonly candidates: CandidateLimits;

  /** Where others can dial us over TCP, for the extended handshake (BEP 10). Undefined: they cannot. */
  readonly port: number | undefined;

  /** Links of all torrents together, open or opening. Browsers grow slow beyond some hundred WebRTC connections. */
  readonly maxLinks: number;
  /** Links over TCP that are being dialled, of all torrents: home routers choke on more. */
  readonly maxDials: number;
  /** From dialling to an open link. */
  readonly dialMillis: number;
  /** Links besides that others opened and that have not said which torrent they mean. */
  readonly maxStrangers: number;
  /** Torrents whose trackers are asked for somebody who could not reach us and did not say which one it means. */
  readonly maxKnockTorrents: number;
  /** Peers of one torrent that we look for; more may come by themselves. */
  readonly peersSought: number;
  /** WebRTC offers of one tracker that wait for an answer: each is a live connection object. */
  readonly maxPendingOffers: number;
  /** Others' offers of one tracker and torrent that we accept, and how many whose links have not opened. */
  readonly offersAccepted: BudgetLimits;
  readonly maxOpeningAnswers: number;
  /** An accepted offer whose link has not opened after this time makes way for another one. */
  readonly slowAnswerMillis: number;
  /** Peers served at the same time, the lucky one counted in. */
  readonly uploadSlots: number;
  /** Time between two choices of whom to serve (BEP 3). */
  readonly rechokeMillis: number;
  /** Time between two looks at what is late. */
  readonly sweepMillis: number;
  /** From an offer to its answer; WebTorrent gives an offer as long. */
  readonly answerMillis: number;
  /** From an answer, ours or theirs, to an open link: a path is found within a few seconds, or there is none. */
  readonly openMillis: number;
  /** A link that is open must show a handshake within this time. */
  readonly handshakeMillis: number;
  /** Silence after which we say that we are still here. Two minutes are usual; WebTorrent asks at 55 s. */
  readonly keepAliveMillis: number;
  /** Silence after which the other side counts as gone. */
  readonly silenceMillis: number;
  /** From our last piece to the end of links that neither side needs, unless the other side ends them first. */
  readonly partMillis: number;
  /** A link that was heard from within this time is alive: a second one to its peer is judged by who made it. */
  readonly aliveMillis: number;
  /** Otherwise it is pinged, and makes way for the second one if it stays silent for so long. */
  readonly pingMillis: number;
  /** A requested block that takes longer is asked of others. */
  readonly requestMillis: number;
  /** A peer that rejected a piece so often does not have it, whatever it said. */
  readonly rejectsBelieved: number;
  readonly metadata: MetadataLimits;
  /** Requests that a peer may let wait with us. */
  readonly maxRequestsQueued: number;
  /** Bytes handed to a link and unsent, beyond which no further block is read for it. */
  readonly linkHighWaterBytes: number;
  /**
   * Bytes that were said to a link and are unsent, beyond which it ends: a peer that makes us answer and reads nothing would
   * fill the memory.
   */
  readonly maxUnsentBytes: number;
  /** What a peer may say on one link beyond what was asked of it: see `message-costs.ts` for the prices. */
  readonly messages: BudgetLimits;
  /** The longest block that a peer may ask for; WebTorrent allows as much. */
  readonly maxRequestBytes: number;
  /** Pieces that a peer may name before we know how many there are. */
  readonly maxEarlyPieces: number;
  /** Links of one torrent of which we remember who was at the other end. */
  readonly linksRemembered: number;
  /** Trackers of one torrent. */
  readonly maxTrackers: number;
  /** How we name ourselves in the extended handshake (BEP 10). */
  readonly client: string;
}

export const DEFAULT_CONFIG: SessionConfig = {
  picker: {
    openPiecesBytes: 64 * 1024 * 1024, // Memory a phone can spare.
    endGameCopies: 3,
    randomPieces: 1,
    aloneMillis: 10_000,
    aloneBlockMillis: 250, // So 64 KB/s is fast enough for any size.
  },
  pipeline: {
    first: 8,
    most: 512,
    queueMillis: 500,
    maxQueued: 512,
  },
  rtcPipeline: {
    first: 32, // A piece: measured, its last block comes sooner than if it is begun with a few.
    most: 512, // 8 MiB, enough for 16 MB/s with half a second there and back.
    queueMillis: 500,
    // 768 KiB. A data channel that is given more in its slow start loses most of a burst, and stands still for a second
    // or two: measured from 1 MiB on. With less than 512 KiB it runs dry now and then.
    maxQueued: 48,
  },
  announcer: {
    minRetryMillis: 1_000,
    maxRetryMillis: 60_000,
    maxRefusedMillis: 600_000, // Who refuses us is not asked more often than who takes us.
    answerMillis: 15_000,
    seekMillis: 2_000,
    maxSeekMillis: 300_000, // The least that libtorrent waits between two regular announces.
    minIntervalMillis: 10_000, // A tracker that asks for less is attacked or in error.
    maxIntervalMillis: 3_600_000, // A tracker that forgot us has us back within the hour, and one announce an hour is no load.
    maxForbiddenMillis: 86_400_000, // Longer than a day is an error: nobody waits that long for a torrent.
  },
  candidates: { most: 1_000, maxTeller: 100, retryMillis: 15_000, maxFailures: 5 },
  port: undefined,
  maxLinks: 50,
  maxDials: 10,
  dialMillis: 10_000,
  maxStrangers: 50,
  maxKnockTorrents: 10, // A packet of 20 bytes shall not cause announces without end.
  peersSought: 20,
  maxPendingOffers: 5,
  offersAccepted: { burst: 20, perSecond: 2 }, // A page that everybody opens at once fills its links with the burst.
  maxOpeningAnswers: 20, // As many as the burst: none has had the time to open.
  slowAnswerMillis: 5_000, // A path is found in a second or two, or as a rule never.
  uploadSlots: 8,
  rechokeMillis: 10_000,
  sweepMillis: 1_000,
  answerMillis: 50_000,
  openMillis: 15_000, // Long enough for a slow phone behind a relay; a try that got lost is made again all the sooner.
  handshakeMillis: 25_000, // WebTorrent's.
  keepAliveMillis: 55_000,
  aliveMillis: 2_000, // Longer than two peers take that dial each other at the same time.
  pingMillis: 5_000, // There and back on the worst of networks, and soon enough for a person who waits.
  silenceMillis: 130_000, // Two minutes between keep-alives are allowed (BEP 3).
  partMillis: 5_000, // Time for our `have` to cross even a full link.
  requestMillis: 25_000, // WebTorrent cuts a link after 30 s.
  rejectsBelieved: 3,
  metadata: {
    maxBytes: 10_000_000, // WebTorrent's limit: half a million pieces.
    maxHeldBytes: 20_000_000, // The largest there may be, and as much of what liars claim.
    maxRequests: 16, // 256 KiB: a peer that serves us rejects what would be too much for the link.
    answerMillis: 5_000,
    againMillis: 1_000,
    restMillis: 10_000,
  },
  maxRequestsQueued: 1_024,
  linkHighWaterBytes: 1024 * 1024,
  maxUnsentBytes: 2 * 1024 * 1024, // Blocks fill half of it at most; the rest is for 60,000 rejects or 100,000 haves.
  // No client says a tenth of this, and it keeps a processor busy for some milliseconds a second.
  messages: { burst: 20_000, perSecond: 1_000 },
  maxRequestBytes: 131_072,
  maxEarlyPieces: 10_000,
  linksRemembered: 500, // Ten times what there may be at once.
  maxTrackers: 20,
  client: "Tabswarm 0.1",
};
