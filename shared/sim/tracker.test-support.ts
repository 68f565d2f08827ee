import type { RetryIn } from "../announce/announce.ts";
import type { PeerAddress } from "../announce/compact.ts";
import type { InfoHash, OfferId, PeerId, TrackerUrl } from "../base/ids.ts";
import { type Random, shuffle } from "../base/random.ts";
import { relaysOffers } from "../base/tracker-url.ts";
import type { Effect, Input } from "../session/effect.ts";
import type { End, Network } from "./network.test-support.ts";
import type { Scheduler } from "./scheduler.test-support.ts";

type AnnounceEffect = Extract<Effect, { type: "announce" }>;

/** A peer that announces. */
export interface Member {
  /** Where it listens for TCP. */
  readonly address?: PeerAddress;
  /** Receives the tracker's messages. */
  hear(input: Input): void;
}

interface Entry {
  readonly peerId: PeerId;
  readonly isSeeding: boolean;
}

const UNREACHABLE = { reason: "The tracker cannot be reached.", retryInSeconds: undefined };
const WAY_MILLIS = 3;

/** A tracker in memory. It relays offers, which are unconnected ends of links. With an HTTP URL it returns addresses, too. */
export class SimTracker {
  readonly #url: TrackerUrl;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #random: Random;
  readonly #swarms = new Map<InfoHash, Map<Member, Entry>>();
  readonly #offers = new Map<OfferId, End>();
  mood: "up" | "down" | "refusing" | "mute" = "up";
  /** Seconds between announces, as it tells peers. */
  intervalSeconds = 120;
  minIntervalSeconds: number | undefined;
  /** Sent with refusals. */
  retryIn: RetryIn | undefined;
  /** Announces received, in order. */
  readonly heard: AnnounceEffect[] = [];

  constructor(url: TrackerUrl, scheduler: Scheduler, network: Network, random: Random) {
    this.#url = url;
    this.#scheduler = scheduler;
    this.#network = network;
    this.#random = random;
  }

  members(infoHash: InfoHash): number {
    return this.#swarms.get(infoHash)?.size ?? 0;
  }

  announce(member: Member, effect: AnnounceEffect, ends: readonly End[]): void {
    this.#scheduler.after(WAY_MILLIS, () => this.#announced(member, effect, ends));
  }

  /** Connects an offer's link with the answering one, if the offer is still open. */
  answer(offerId: OfferId, end: End): void {
    const offered = this.#offers.get(offerId);
    this.#offers.delete(offerId);
    this.#scheduler.after(WAY_MILLIS, () => {
      if (offered !== undefined && offered.state !== "closed") this.#network.connect(offered, end);
    });
  }

  /** Relays an offer to one peer. Tests also call it directly. */
  offer(to: Member, infoHash: InfoHash, peerId: PeerId, offerId: OfferId, end: End): void {
    this.#offers.set(offerId, end);
    this.#say(to, { type: "offerArrived", tracker: this.#url, infoHash, peerId, offerId, sdp: "offer" });
  }

  /** Adds a peer to the swarm without an announce. */
  join(member: Member, infoHash: InfoHash, peerId: PeerId, isSeeding: boolean): void {
    const swarm = this.#swarms.get(infoHash) ?? new Map<Member, Entry>();
    this.#swarms.set(infoHash, swarm);
    swarm.set(member, { peerId, isSeeding });
  }

  leave(member: Member): void {
    for (const swarm of this.#swarms.values()) swarm.delete(member);
  }

  /** Hangs up on everybody and becomes unreachable. */
  fail(): void {
    this.mood = "down";
    for (const member of new Set([...this.#swarms.values()].flatMap((swarm) => [...swarm.keys()])))
      this.#lose(member);
    this.#swarms.clear();
  }

  #announced(member: Member, effect: AnnounceEffect, ends: readonly End[]): void {
    const { infoHash, peerId, event, left, offers } = effect;
    this.heard.push(effect);
    if (this.mood === "down") return this.#lose(member);
    if (this.mood === "mute") return;
    if (this.mood === "refusing") return this.#refuse(member, infoHash);

    this.#swarms.get(infoHash)?.delete(member);
    const others = shuffle([...(this.#swarms.get(infoHash)?.keys() ?? [])], this.#random);
    if (event !== "stopped") this.join(member, infoHash, peerId, left === 0);
    const swarm = this.#swarms.get(infoHash) ?? new Map<Member, Entry>();
    const seeders = [...swarm.values()].filter(({ isSeeding }) => isSeeding).length;
    this.#say(member, {
      type: "announceAnswered",
      tracker: this.#url,
      infoHash,
      intervalSeconds: this.intervalSeconds,
      minIntervalSeconds: this.minIntervalSeconds,
      seeders,
      leechers: swarm.size - seeders,
      warning: undefined,
    });
    if (!relaysOffers(this.#url)) this.#nameAddresses(member, infoHash, others);
    offers.forEach(({ offerId }, at) => {
      const [to, end] = [others[at], ends[at]];
      if (to !== undefined && end !== undefined) this.offer(to, infoHash, peerId, offerId, end);
    });
  }

  #nameAddresses(member: Member, infoHash: InfoHash, others: readonly Member[]): void {
    const addresses = others.flatMap(({ address }) => address ?? []);
    this.#say(member, { type: "addressesFound", infoHash, source: "tracker", addresses });
  }

  #lose(member: Member): void {
    this.#say(member, { type: "trackerLost", tracker: this.#url, ...UNREACHABLE });
  }

  #refuse(member: Member, infoHash: InfoHash): void {
    const { retryIn } = this;
    this.#say(member, {
      type: "announceRefused",
      tracker: this.#url,
      infoHash,
      reason: "Not here.",
      retryIn,
    });
  }

  #say(member: Member, input: Input): void {
    this.#scheduler.after(WAY_MILLIS, () => member.hear(input));
  }
}
