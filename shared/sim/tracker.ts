import { announceAddress } from "#signal-tracker/core/address.ts";
import type { Caller } from "#signal-tracker/core/caller.ts";
import type { MemberKey } from "#signal-tracker/core/swarm-store.ts";
import { announce, answer, type Delivery, leave, type Tracker } from "#signal-tracker/core/tracker.ts";
import type { RetryIn } from "../announce/announce.ts";
import { type PeerAddress, peerIp, peerPort, unpackPeers } from "../announce/compact.ts";
import type { InfoHash, OfferId, TrackerUrl } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { relaysOffers } from "../base/tracker-url.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { End } from "./end.ts";
import type { Network } from "./network.ts";
import type { Scheduler } from "./scheduler.ts";
import { newCore } from "./tracker-core.ts";

export type AnnounceEffect = Extract<Effect, { type: "announce" }>;
export type AnswerEffect = Extract<Effect, { type: "answerOffer" }>;

/** A peer that announces. */
export interface Member {
  /** Where it listens for TCP. */
  readonly address: PeerAddress;
  /** Receives the tracker's messages. */
  hear(input: Input): void;
}

/**
 * How a tracker behaves. `mute`: it takes messages and does not answer. `dying`: it introduces each newcomer to one member, and is
 * down to all others.
 */
export type TrackerMood = "up" | "down" | "refusing" | "mute" | "dying";

/** When to announce again, and not before. */
export interface Times {
  readonly intervalSeconds: number;
  readonly minIntervalSeconds: number | undefined;
}

const UNREACHABLE = { reason: "The tracker cannot be reached.", retryInSeconds: undefined };
const WAY_MILLIS = 3;

/** Sweeps after so many offers. */
const OFFERS_SWEPT = 1_024;

/** The signal tracker's own core, reached over virtual sockets, or over HTTP if its URL says so. */
export class SimTracker {
  mood: TrackerMood = "up";
  /** Sent with refusals. */
  retryIn: RetryIn | undefined;
  /** Counted besides those who are there: whoever seeds takes itself for one of several then. */
  seedersMadeUp = 0;
  protected readonly url: TrackerUrl;
  protected readonly scheduler: Scheduler;
  readonly #network: Network;
  readonly #random: Random;
  readonly #keys = new Map<Member, MemberKey>();
  readonly #members = new Map<MemberKey, Member>();
  /** Links that wait for an answer to their offer. */
  readonly #offered = new Map<OfferId, End>();
  #core: Tracker;
  #lastKey = 0;

  constructor(url: TrackerUrl, scheduler: Scheduler, network: Network, random: Random) {
    this.url = url;
    this.scheduler = scheduler;
    this.#network = network;
    this.#random = random;
    this.#core = newCore(random);
  }

  protected get core(): Tracker {
    return this.#core;
  }

  /** How many peers it counts. */
  members(infoHash: InfoHash): number {
    const { seeders, leechers } = this.#core.store.counts(infoHash);
    return seeders + leechers;
  }

  /** `ends` are the links of the announce's offers. */
  announce(member: Member, effect: AnnounceEffect, ends: readonly End[]): void {
    this.scheduler.after(WAY_MILLIS, () => this.announced(member, effect, ends));
  }

  /** Connects an offer's link with the answering one, if the offer is still open. */
  answer(member: Member, effect: AnswerEffect, end: End): void {
    this.scheduler.after(WAY_MILLIS, () => {
      if (this.mood === "dying") return this.#answered(effect.offerId, end);
      const key = this.#keys.get(member);
      if (this.mood !== "up" || key === undefined) return;
      this.#deliver(answer(this.#core, this.scheduler.now, key, { ...effect, sdp: end }));
    });
  }

  /** The member's socket closes. Over HTTP it says nothing, and stays until it expires. */
  leave(member: Member): void {
    const key = this.#keys.get(member);
    if (key === undefined) return;
    this.#keys.delete(member);
    this.#members.delete(key);
    leave(this.#core, key);
  }

  /** Hangs up on everybody, forgets them and becomes unreachable. */
  fail(): void {
    this.mood = "down";
    for (const member of this.#keys.keys()) this.#lose(member);
    this.#keys.clear();
    this.#members.clear();
    this.#offered.clear();
    this.#core = newCore(this.#random);
  }

  protected announced(member: Member, effect: AnnounceEffect, ends: readonly End[]): void {
    const { infoHash } = effect;
    if (this.mood === "down") return this.#lose(member);
    if (this.mood === "mute") return;
    if (this.mood === "dying") return this.#announcedLast(member, effect, ends);
    if (this.mood === "refusing") return this.refuse(member, infoHash, "Not here.", this.retryIn);
    if (!relaysOffers(this.url)) return this.#announcedOverHttp(member, effect);
    const offers = effect.offers.flatMap(({ offerId }, at) => {
      const end = ends[at];
      return end === undefined ? [] : [{ offerId, sdp: end }];
    });
    for (const { offerId, sdp } of offers) this.#offer(offerId, sdp);
    this.#deliver(announce(this.#core, this.scheduler.now, this.keyOf(member), { ...effect, offers }));
  }

  /** What it says of when to announce again. */
  protected timesOf({ intervalSeconds, minIntervalSeconds }: Times): Times {
    return { intervalSeconds, minIntervalSeconds };
  }

  /** The key of a member's socket. */
  protected keyOf(member: Member): MemberKey {
    const known = this.#keys.get(member);
    if (known !== undefined) return known;
    this.#lastKey += 1;
    const key = `${this.#lastKey}` as MemberKey;
    this.#keys.set(member, key);
    this.#members.set(key, member);
    return key;
  }

  protected refuse(member: Member, infoHash: InfoHash, reason: string, retryIn: RetryIn | undefined): void {
    this.say(member, { type: "announceRefused", tracker: this.url, infoHash, reason, retryIn });
  }

  protected say(member: Member, input: Input): void {
    this.scheduler.after(WAY_MILLIS, () => member.hear(input));
  }

  /** The offerer hears the answer. */
  protected connectSoon(offered: End, answering: End): void {
    this.scheduler.after(WAY_MILLIS, () => {
      if (offered.state !== "closed") this.#network.connect(offered, answering);
    });
  }

  #offer(offerId: OfferId, end: End): void {
    this.#offered.set(offerId, end);
    if (this.#offered.size % OFFERS_SWEPT !== 0) return;
    for (const [each, { state }] of this.#offered) if (state === "closed") this.#offered.delete(each);
  }

  /** A newcomer learns that there is one other peer, sends it an offer, and never hears of the tracker again. */
  #announcedLast(member: Member, { infoHash, peerId, offers }: AnnounceEffect, ends: readonly End[]): void {
    const others = [...this.#keys.keys()].filter((each) => each !== member);
    const [other] = others.splice(this.#random.below(Math.max(1, others.length)), 1);
    if (this.#keys.has(member) || other === undefined) return this.#lose(member);
    const counts = { seeders: 1, leechers: 1, warning: undefined };
    const times = { intervalSeconds: 120, minIntervalSeconds: undefined };
    const [offer] = offers;
    const [end] = ends;
    if (offer === undefined || end === undefined)
      return this.#replied(member, infoHash, { ...times, ...counts });
    const { offerId } = offer;
    this.keyOf(member);
    this.#offer(offerId, end);
    this.say(other, { type: "offerArrived", tracker: this.url, infoHash, peerId, offerId, sdp: "offer" });
    this.#lose(member);
  }

  #announcedOverHttp(member: Member, effect: AnnounceEffect): void {
    const { infoHash } = effect;
    const ip = peerIp(member.address);
    const caller: Caller = { ip, network: `${ip}`, machineIp: () => undefined };
    const request = { ...effect, port: peerPort(member.address), key: "", peersWanted: undefined };
    const reply = announceAddress(this.#core, this.scheduler.now, caller, request, "compact");
    if (reply.type === "failure") return this.refuse(member, infoHash, reply.reason, reply.retryIn);
    this.#replied(member, infoHash, reply);
    const addresses = unpackPeers(reply.peers).filter((address) => address !== member.address);
    this.say(member, { type: "addressesFound", infoHash, source: "tracker", addresses });
  }

  #deliver(deliveries: readonly Delivery<End>[]): void {
    for (const { to, message } of deliveries) {
      const member = this.#members.get(to);
      if (member === undefined) continue;
      if (message.type === "announceReply") this.#replied(member, message.infoHash, message);
      else if (message.type === "answer") this.#answered(message.offerId, message.sdp);
      else if (message.type === "offer") {
        const { infoHash, peerId, offerId } = message;
        this.say(member, {
          type: "offerArrived",
          tracker: this.url,
          infoHash,
          peerId,
          offerId,
          sdp: "offer",
        });
      } else if (message.type === "failure" && message.infoHash !== undefined)
        this.refuse(member, message.infoHash, message.reason, message.retryIn);
    }
  }

  #answered(offerId: OfferId, end: End): void {
    const offered = this.#offered.get(offerId);
    this.#offered.delete(offerId);
    if (offered !== undefined) this.connectSoon(offered, end);
  }

  #replied(
    member: Member,
    infoHash: InfoHash,
    reply: Times & {
      readonly seeders: number;
      readonly leechers: number;
      readonly warning: string | undefined;
    },
  ): void {
    const { leechers, warning } = reply;
    const seeders = reply.seeders + this.seedersMadeUp;
    const times = this.timesOf(reply);
    const answered = { tracker: this.url, infoHash, ...times, seeders, leechers, warning };
    this.say(member, { type: "announceAnswered", ...answered });
  }

  #lose(member: Member): void {
    this.say(member, { type: "trackerLost", tracker: this.url, ...UNREACHABLE });
  }
}
