import type { AnnounceReply, RelayedSdp } from "../announce/announce.ts";
import { unreachable } from "../base/errors.ts";
import type { InfoHash, LinkId, OfferId, TrackerUrl } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { Links } from "./links.ts";
import type { LinkEvents, OpenTracker, TrackerLine } from "./ports.ts";
import { isOffer, RtcLink, type RtcPlatform } from "./rtc.ts";

type AnnounceEffect = Extract<Effect, { type: "announce" }>;
type AnswerEffect = Extract<Effect, { type: "answerOffer" }>;
type DescribeEffect = Extract<Effect, { type: "describe" }>;
type TakeAnswerEffect = Extract<Effect, { type: "takeAnswer" }>;
type LeaveEffect = Extract<Effect, { type: "leaveTracker" }>;

/**
 * Makes WebRTC links: sends announces with fresh offers to trackers, turns relayed offers and answers into links, and describes
 * links that peers introduce.
 *
 * Invariant: every link that an effect names leads to `linkOpened` or `linkClosed`, unless the session closes it first.
 */
export class Introducer {
  readonly #rtc: RtcPlatform | undefined;
  readonly #openTracker: OpenTracker;
  readonly #feed: (input: Input) => void;
  readonly #trackers = new Map<TrackerUrl, TrackerLine>();
  readonly #links: Links;
  /** Announces whose offers are being made. A goodbye drops them: sent after it, they would put us back into the swarm. */
  readonly #prepared = new Set<Pick<AnnounceEffect, "tracker" | "infoHash">>();
  /** Links that we offered through peers, and that nobody has answered. */
  readonly #described = new Map<LinkId, RtcLink>();
  /** Our unanswered offers at trackers. */
  readonly #offers = new Map<OfferId, { readonly link: LinkId; readonly carrier: RtcLink }>();

  /** Without `rtc`, every WebRTC link fails at once. */
  constructor(
    rtc: RtcPlatform | undefined,
    links: Links,
    openTracker: OpenTracker,
    feed: (input: Input) => void,
  ) {
    this.#rtc = rtc;
    this.#links = links;
    this.#openTracker = openTracker;
    this.#feed = feed;
  }

  perform(effect: AnnounceEffect | AnswerEffect | DescribeEffect | TakeAnswerEffect | LeaveEffect): void {
    switch (effect.type) {
      case "announce":
        return this.#announce(effect);
      case "answerOffer":
        return this.#answerOffer(effect);
      case "describe":
        return this.#describeFor(effect);
      case "takeAnswer":
        return this.#takeAnswer(effect);
      case "leaveTracker":
        return this.#leaveTracker(effect.tracker);
      default:
        return unreachable(effect);
    }
  }

  /** Announces once its offers are ready. A goodbye (`stopped`) goes out at once, because the page may be closing. */
  #announce(effect: AnnounceEffect): void {
    const { type: _, tracker, infoHash, event, ...said } = effect;
    const tell = (offers: readonly { offerId: OfferId; sdp: string }[]): void =>
      this.#line(tracker).announce({ infoHash, event, ...said, offers });
    if (event === "stopped") this.#dropPrepared(tracker, infoHash);
    if (effect.offers.length === 0) return tell([]);

    this.#prepared.add(effect);
    const making = effect.offers.map(async ({ link, offerId }) => {
      const sdp = await this.#offer(link, offerId);
      return sdp === undefined ? [] : [{ offerId, sdp }];
    });
    void Promise.all(making).then((made) => {
      if (this.#prepared.delete(effect)) tell(made.flat());
    });
  }

  /** Answers an offer through the tracker that relayed it. */
  #answerOffer({ link, tracker, infoHash, peerId, toPeerId, offerId, sdp }: AnswerEffect): void {
    void this.#describe(link, sdp).then((answer) => {
      if (answer === undefined) return;
      this.#line(tracker).answer({ infoHash, peerId, toPeerId, offerId, sdp: answer });
    });
  }

  /** Makes the offer or answer of a link that a peer introduces. */
  #describeFor({ link, offer }: DescribeEffect): void {
    const keep = (carrier: RtcLink): void => void (offer === undefined && this.#described.set(link, carrier));
    void this.#describe(link, offer, keep, () => this.#described.delete(link)).then((sdp) => {
      if (sdp !== undefined) this.#feed({ type: "described", link, sdp });
    });
  }

  /** Somebody answered an offer that `describe` made. */
  #takeAnswer({ link, sdp }: TakeAnswerEffect): void {
    this.#described.get(link)?.answer(sdp);
    this.#described.delete(link);
  }

  #leaveTracker(tracker: TrackerUrl): void {
    this.#trackers.get(tracker)?.close();
    this.#trackers.delete(tracker);
  }

  /** Leaves every tracker without a goodbye. */
  leaveAll(): void {
    this.#prepared.clear();
    for (const tracker of this.#trackers.values()) tracker.close();
    this.#trackers.clear();
  }

  #dropPrepared(tracker: TrackerUrl, infoHash: InfoHash): void {
    for (const effect of this.#prepared)
      if (effect.tracker === tracker && effect.infoHash === infoHash) this.#prepared.delete(effect);
  }

  /** Makes an offer for a tracker. */
  #offer(link: LinkId, offerId: OfferId): Promise<string | undefined> {
    const keep = (carrier: RtcLink): void => void this.#offers.set(offerId, { link, carrier });
    return this.#describe(link, undefined, keep, () => this.#offers.delete(offerId));
  }

  /** Makes a link's offer or answer. Undefined if the link was closed or failed first. */
  #describe(
    link: LinkId,
    offerSdp: string | undefined,
    started = (_: RtcLink): void => {},
    ended = (): unknown => undefined,
  ): Promise<string | undefined> {
    const rtc = this.#rtc;
    return new Promise((resolve) => {
      if (rtc === undefined || (offerSdp !== undefined && !isOffer(offerSdp))) {
        this.#feed({ type: "linkClosed", link, reason: "negotiationFailed" });
        return resolve(undefined);
      }
      const start = (events: LinkEvents): RtcLink =>
        new RtcLink(rtc, offerSdp, {
          ...events,
          described: resolve,
          offered: (routes) => this.#feed({ type: "routesOffered", link, routes }),
        });
      const carrier = this.#links.open(link, start, () => {
        ended();
        resolve(undefined);
      });
      started(carrier);
    });
  }

  #line(tracker: TrackerUrl): TrackerLine {
    const known = this.#trackers.get(tracker);
    if (known !== undefined) return known;
    const line = this.#openTracker(tracker, {
      replied: (reply) => this.#replied(tracker, reply),
      found: (infoHash, addresses) =>
        this.#feed({ type: "addressesFound", infoHash, source: "tracker", addresses }),
      relayed: (message) => this.#relayed(tracker, message),
      refused: (infoHash, reason, retryIn) =>
        this.#feed({ type: "announceRefused", tracker, infoHash, reason, retryIn }),
      unanswered: (infoHash, reason) => this.#feed({ type: "announceUnanswered", tracker, infoHash, reason }),
      lost: (reason, retryInSeconds) => this.#feed({ type: "trackerLost", tracker, reason, retryInSeconds }),
    });
    this.#trackers.set(tracker, line);
    return line;
  }

  #replied(
    tracker: TrackerUrl,
    {
      infoHash,
      intervalSeconds,
      minIntervalSeconds,
      seeders,
      leechers,
      offersRelayed,
      warning,
    }: AnnounceReply,
  ): void {
    const times = { intervalSeconds, minIntervalSeconds };
    const counts = { seeders, leechers, offersRelayed };
    this.#feed({ type: "announceAnswered", tracker, infoHash, ...times, ...counts, warning });
  }

  #relayed(tracker: TrackerUrl, { type, infoHash, peerId, offerId, sdp }: RelayedSdp): void {
    if (type === "offer")
      return this.#feed({ type: "offerArrived", tracker, infoHash, peerId, offerId, sdp });
    const offered = this.#offers.get(offerId); // Undefined: too late, or never ours.
    this.#offers.delete(offerId); // One answer for each offer.
    if (offered === undefined) return;
    offered.carrier.answer(sdp);
    this.#feed({ type: "offerAnswered", link: offered.link });
  }
}
