import type { AnnounceReply, RelayedSdp } from "../announce/announce.ts";
import type { InfoHash, LinkId, OfferId, TrackerUrl } from "../base/ids.ts";
import type { Effect, Input } from "../session/effect.ts";
import type { Links } from "./links.ts";
import type { LinkEvents, OpenTracker, TrackerLine } from "./ports.ts";
import { isOffer, RtcLink, type RtcPlatform } from "./rtc.ts";

type AnnounceEffect = Extract<Effect, { type: "announce" }>;
type AnswerEffect = Extract<Effect, { type: "answerOffer" }>;

/**
 * Introduces peers through trackers: sends announces with fresh offers, and turns relayed offers and answers into WebRTC links.
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
  /** Our unanswered offers. */
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

  /** Announces once its offers are ready. A goodbye (`stopped`) goes out at once, because the page may be closing. */
  announce(effect: AnnounceEffect): void {
    const { type: _, tracker, infoHash, event, ...said } = effect;
    const tell = (offers: readonly { offerId: OfferId; sdp: string }[]): void =>
      this.#line(tracker).announce({ infoHash, event, ...said, offers });
    if (event === "stopped") this.#dropPrepared(tracker, infoHash);
    if (effect.offers.length === 0) return tell([]);

    this.#prepared.add(effect);
    const making = effect.offers.map(async ({ link, offerId }) => {
      const sdp = await this.#describe(link, undefined, offerId);
      return sdp === undefined ? [] : [{ offerId, sdp }];
    });
    void Promise.all(making).then((made) => {
      if (this.#prepared.delete(effect)) tell(made.flat());
    });
  }

  /** Answers an offer through the tracker that relayed it. */
  answerOffer({ link, tracker, infoHash, peerId, toPeerId, offerId, sdp }: AnswerEffect): void {
    void this.#describe(link, sdp, undefined).then((answer) => {
      if (answer === undefined) return;
      this.#line(tracker).answer({ infoHash, peerId, toPeerId, offerId, sdp: answer });
    });
  }

  leaveTracker(tracker: TrackerUrl): void {
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

  /** Makes a link's offer or answer. Undefined if the link was closed or failed first. */
  #describe(
    link: LinkId,
    offerSdp: string | undefined,
    offerId: OfferId | undefined,
  ): Promise<string | undefined> {
    const rtc = this.#rtc;
    return new Promise((resolve) => {
      if (rtc === undefined || (offerSdp !== undefined && !isOffer(offerSdp))) {
        this.#feed({ type: "linkClosed", link, reason: "negotiationFailed" });
        return resolve(undefined);
      }
      const start = (events: LinkEvents): RtcLink =>
        new RtcLink(rtc, offerSdp, { ...events, described: resolve });
      const carrier = this.#links.open(link, start, () => {
        if (offerId !== undefined) this.#offers.delete(offerId);
        resolve(undefined);
      });
      if (offerId !== undefined) this.#offers.set(offerId, { link, carrier });
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
    { infoHash, intervalSeconds, minIntervalSeconds, seeders, leechers, warning }: AnnounceReply,
  ): void {
    const times = { intervalSeconds, minIntervalSeconds };
    this.#feed({ type: "announceAnswered", tracker, infoHash, ...times, seeders, leechers, warning });
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
