import type { DeviceKind } from "../base/device.ts";
import { SHORT_VERSION } from "../base/version.ts";
import type { AnnounceTurnLimits } from "../policy/announce-turns.ts";
import type { AnnouncerTimes } from "../policy/announcer.ts";
import type { BudgetLimits } from "../policy/budget.ts";
import type { CandidateLimits } from "../policy/candidates.ts";
import type { MetadataLimits } from "../policy/metadata-copies.ts";
import type { PickerLimits } from "../policy/picker/picker.ts";
import type { PipelineLimits } from "../policy/pipeline.ts";

/** The numbers of a session. Optional parts such as peer exchange bring their own. */
export interface SessionConfig {
  readonly picker: PickerLimits;
  readonly pipeline: PipelineLimits;
  /** The same for WebRTC links. */
  readonly rtcPipeline: PipelineLimits;
  readonly announcer: AnnouncerTimes;
  readonly announceTurns: AnnounceTurnLimits;
  readonly candidates: CandidateLimits;

  /** The port where others can dial us over TCP, for the extended handshake (BEP 10). Undefined: they cannot. */
  readonly port: number | undefined;

  /** Links of all torrents together, open or opening. Browsers get slow beyond some hundred WebRTC connections. */
  readonly maxLinks: number;
  /** TCP links of all torrents that we dial at the same time: home routers choke on more. */
  readonly maxDials: number;
  /** From dialling to an open link. */
  readonly dialMillis: number;
  /** Further links that others opened and that have not named a torrent yet. */
  readonly maxStrangers: number;
  /** Torrents whose trackers we ask for a peer that could not reach us and did not name its torrent. */
  readonly maxKnockTorrents: number;
  /** How many peers of one torrent we look for; more may come by themselves, so it must be well below `maxLinks`. */
  readonly peersSought: number;
  /** Unanswered WebRTC offers at one tracker: each is a live connection object. */
  readonly maxPendingOffers: number;
  /** Offers we accept from one tracker for one torrent, and how many of their links may be opening. */
  readonly offersAccepted: BudgetLimits;
  readonly maxOpeningAnswers: number;
  /** After this time an accepted offer whose link has not opened makes way for another. */
  readonly slowAnswerMillis: number;
  /** Peers of all torrents unchoked at the same time, including the lucky ones. */
  readonly uploadSlots: number;
  /** A peer that requests nothing for so long gives its slot to one that waits. */
  readonly idleSlotMillis: number;
  /** Time between two rounds of choking (BEP 3). */
  readonly rechokeMillis: number;
  /** Time between two checks for what is late. */
  readonly sweepMillis: number;
  /** From an offer to its answer; WebTorrent waits as long. */
  readonly answerMillis: number;
  /** After this time an unanswered offer makes way for another, as long as we have few links. */
  readonly slowOfferMillis: number;
  /** From an answer, ours or theirs, to an open link: ICE finds a path within a few seconds, or there is none. */
  readonly openMillis: number;
  /** An open link must send its handshake within this time. */
  readonly handshakeMillis: number;
  /** Silence after which we send a keep-alive. Two minutes are usual; WebTorrent asks at 55 s. */
  readonly keepAliveMillis: number;
  /** Silence after which we drop a link. */
  readonly silenceMillis: number;
  /** From our last piece until we close links that neither side needs, unless the other side does so first. */
  readonly partMillis: number;
  /** A link heard from within this time is alive: who made a second link to its peer decides which one stays. */
  readonly aliveMillis: number;
  /** Otherwise we ping it, and the second link replaces it if it stays silent this long. */
  readonly pingMillis: number;
  /** We request a block that takes longer from others. */
  readonly requestMillis: number;
  /** A peer that chokes us with requests outstanding has answered each by then (BEP 6), or has dropped it without a word. */
  readonly chokedMillis: number;
  /** While pieces have deadlines, we request no more than comes within this time. */
  readonly aheadMillis: number;
  /** But so many blocks at least, of all peers together. */
  readonly leastAhead: number;
  /** A peer that rejects a piece this often does not have it, whatever it says. */
  readonly rejectsBelieved: number;
  readonly metadata: MetadataLimits;
  /** Requests of one peer that we queue. */
  readonly maxRequestsQueued: number;
  /** Unsent bytes handed to a link, beyond which we read no further block for it. */
  readonly linkHighWaterBytes: number;
  /**
   * Unsent bytes handed to a link, beyond which we close it: a peer that makes us answer and reads nothing would fill our
   * memory.
   */
  readonly maxUnsentBytes: number;
  /** What a peer may say on one link beyond what we asked for: `message-costs.ts` has the prices. */
  readonly messages: BudgetLimits;
  /** The longest block a peer may request; WebTorrent allows as much. */
  readonly maxRequestBytes: number;
  /** Pieces a peer may name before we know how many there are. */
  readonly maxEarlyPieces: number;
  /** How many past links, former peers, banned peers and complete peers one torrent remembers. */
  readonly linksRemembered: number;
  /** Trackers of one torrent. */
  readonly maxTrackers: number;
  /** Our name in the extended handshake (BEP 10). */
  readonly client: string;
  /** The kind of client that we say we are, and at first, what we call this device. Undefined: we say nothing of it. */
  readonly device: DeviceKind | undefined;
  readonly deviceName: string | undefined;
}

export const DEFAULT_CONFIG: SessionConfig = {
  picker: {
    openPiecesBytes: 64 * 1024 * 1024, // A phone can spare that.
    endGameCopies: 3,
    newcomerBlocks: 4, // With fewer, a peer idles between two blocks. With 32, a tenth of poisoners makes 9 % of blocks come in vain.
    randomPieces: 1,
    aloneMillis: 10_000,
    aloneBlockMillis: 250, // So 64 KB/s is fast enough for any size.
  },
  pipeline: {
    first: 8,
    maxRequests: 512,
    queueMillis: 500,
    maxQueued: 512,
  },
  rtcPipeline: {
    first: 32, // A piece: measured, its last block comes sooner than when we begin with a few requests.
    maxRequests: 512, // 8 MiB, enough for 16 MB/s at a round trip of half a second.
    queueMillis: 500,
    // 768 KiB. A data channel that gets more during slow start loses most of a burst and stalls for a second or two:
    // measured from 1 MiB on. With less than 512 KiB it runs dry now and then.
    maxQueued: 48,
  },
  announcer: {
    minRetryMillis: 1_000,
    maxRetryMillis: 60_000,
    maxRefusedMillis: 600_000, // We ask a tracker that refuses us no more often than one that accepts us.
    answerMillis: 15_000,
    seekMillis: 2_000,
    maxSeekMillis: 300_000, // libtorrent's shortest wait between two regular announces.
    minIntervalMillis: 10_000, // A tracker that wants less is under attack or in error.
    maxIntervalMillis: 3_600_000, // A tracker that forgot us hears from us within the hour; one announce an hour is no load.
    maxForbiddenMillis: 86_400_000, // A longer wait is an error: nobody waits for a torrent for more than a day.
  },
  // Whoever has fifty torrents waits for none of them; a thousand are announced within a minute.
  announceTurns: { burst: 50, perSecond: 20 },
  candidates: { maxAddresses: 1_000, maxPerTeller: 100, retryMillis: 15_000, maxFailures: 5 },
  port: undefined,
  maxLinks: 50,
  maxDials: 10,
  dialMillis: 10_000,
  maxStrangers: 50,
  maxKnockTorrents: 10, // A packet of 20 bytes must not cause endless announces.
  peersSought: 20,
  maxPendingOffers: 5,
  offersAccepted: { burst: 20, perSecond: 2 }, // When everybody opens a page at once, the burst fills its links.
  maxOpeningAnswers: 20, // As many as the burst: none has had time to open.
  slowAnswerMillis: 5_000, // ICE finds a path in a second or two, or usually never.
  uploadSlots: 8,
  idleSlotMillis: 5_000, // Even a slow line has sent by then what its link does not tell us about.
  rechokeMillis: 10_000,
  sweepMillis: 1_000,
  answerMillis: 50_000,
  slowOfferMillis: 20_000, // Node's WebRTC takes up to five seconds for an offer, and as long for an answer.
  openMillis: 15_000, // Long enough for a slow phone behind a relay, short enough to retry a lost attempt soon.
  handshakeMillis: 25_000, // WebTorrent's.
  keepAliveMillis: 55_000,
  aliveMillis: 2_000, // Longer than two peers need that dial each other at the same time.
  pingMillis: 5_000, // A round trip on the worst of networks, and soon enough for a waiting person.
  silenceMillis: 130_000, // BEP 3 allows two minutes between keep-alives.
  partMillis: 5_000, // Lets our `have` cross even a full link.
  requestMillis: 25_000, // WebTorrent closes a link after 30 s.
  chokedMillis: 3_000, // Its rejects follow its choke, or cross the requests that we had sent: they take a round trip, and a read from a slow disk.
  aheadMillis: 750, // A seek takes so long at least; with less, peers idle between two requests.
  leastAhead: 6, // 96 KiB, until we know how fast our line is. With 16, a film on a line of 1.5 times its rate began a second later.
  rejectsBelieved: 3,
  metadata: {
    maxBytes: 10_000_000, // WebTorrent's limit: half a million pieces.
    maxHeldBytes: 20_000_000, // The largest possible, and as much again for liars.
    maxRequests: 16, // 256 KiB: a serving peer rejects what is too much for the link.
    answerMillis: 5_000,
    againMillis: 1_000,
    restMillis: 10_000,
  },
  maxRequestsQueued: 1_024,
  linkHighWaterBytes: 1024 * 1024,
  maxUnsentBytes: 2 * 1024 * 1024, // Blocks fill at most half of it; the rest is for 60,000 rejects or 100,000 haves.
  // No client needs a tenth of this, and it keeps a processor busy for some milliseconds a second.
  messages: { burst: 20_000, perSecond: 1_000 },
  maxRequestBytes: 131_072,
  maxEarlyPieces: 10_000,
  linksRemembered: 500, // Ten times `maxLinks`.
  maxTrackers: 20,
  client: `Tabswarm ${SHORT_VERSION}`,
  device: undefined,
  deviceName: undefined,
};
