import type { Logger } from "pino";
import type { Announce, ClientMessage, Failure } from "#shared/announce/announce.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { Refused } from "../accounts/keys.ts";
import type { Cluster } from "../core/cluster.ts";
import { tooManyAnnounces } from "../core/refusals.ts";
import type { SdpJson } from "../core/sdp-json.ts";
import { announce, answer, type Delivery, scrape, type Tracker } from "../core/tracker.ts";
import type { SocketLimits } from "../limits/websocket.ts";
import { andThen } from "./and-then.ts";
import type { TrackerCounters } from "./counters.ts";
import { OfferShares } from "./offer-shares.ts";
import type { SocketClient } from "./socket-client.ts";

/** What it takes to answer over WebSockets. */
export interface AnswerOptions {
  readonly tracker: Tracker;
  /** Absent: this tracker is a single node. */
  readonly cluster?: Cluster<SdpJson> | undefined;
  readonly counters: TrackerCounters;
  readonly log: Logger;
  readonly limits: SocketLimits;
  readonly now: () => Millis;
  /** Absent: the usual ones. */
  readonly offerShares?: OfferShares | undefined;
}

/** A message to a member with a socket. */
export type SocketDelivery = Delivery<SdpJson>;
type Deliveries = readonly SocketDelivery[] | Promise<readonly SocketDelivery[]>;

/** Answers what clients send: passes it to the core, and holds each client to its limits of a minute. */
export class SocketAnswers {
  readonly #options: AnswerOptions;
  readonly #shares: OfferShares;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#shares = options.offerShares ?? new OfferShares();
  }

  /** What to deliver for a client's message, or for one that cannot be read. A promise only in a cluster. */
  answer(client: SocketClient, message: ClientMessage<SdpJson> | Failure): Deliveries {
    const { tracker, cluster, counters, now } = this.#options;
    const { memberKey } = client;
    if (message.type === "failure") {
      counters.malformed.websocket += 1;
      return this.#mayBeUseless(client) ? [{ to: memberKey, message }] : [];
    }
    if (client.refused !== undefined) return this.#refuse(client, client.refused, message);
    switch (message.type) {
      case "announce":
        return this.#announce(client, message.announce);
      case "answer": {
        const deliveries = answer(tracker, now(), memberKey, message.answer);
        if (deliveries.length > 0 || cluster?.offers.answer(memberKey, message.answer))
          counters.relayedAnswers += 1;
        else {
          counters.unwantedAnswers += 1;
          this.#mayBeUseless(client);
        }
        return deliveries;
      }
      case "scrape": {
        if (!this.#mayAnnounce(client)) {
          counters.scrapes.websocket.refused += 1;
          return this.#tooMany(client, "scrape", message.infoHashes[0]);
        }
        counters.scrapes.websocket.answered += 1;
        const { infoHashes } = message;
        const scraped = cluster?.scrape(infoHashes) ?? scrape(tracker, now(), infoHashes);
        return andThen(scraped, (reply) => [{ to: memberKey, message: reply }]);
      }
    }
  }

  #announce(client: SocketClient, request: Announce<SdpJson>): Deliveries {
    const { tracker, cluster, counters, now } = this.#options;
    if (!this.#mayAnnounce(client)) {
      client.announces.refused += 1;
      return this.#tooMany(client, "announce", request.infoHash);
    }
    const { memberKey, network } = client;
    const offering = this.#shares.mayOffer(network, now());
    const asked = offering ? request : { ...request, offers: [] };
    if (!offering) counters.droppedOffers += request.offers.length;
    const answered = cluster?.announce(memberKey, asked) ?? announce(tracker, now(), memberKey, asked);
    return andThen(answered, (deliveries) => this.#counted(client, deliveries));
  }

  #counted(
    { announces, network }: SocketClient,
    deliveries: readonly SocketDelivery[],
  ): readonly SocketDelivery[] {
    const { counters, now } = this.#options;
    if (deliveries[0]?.message.type === "failure") announces.refused += 1;
    else announces.answered += 1;
    const relayed = this.#shares.within(network, deliveries, now());
    counters.relayedOffers += Math.max(0, relayed.length - 1);
    counters.droppedOffers += deliveries.length - relayed.length;
    return relayed;
  }

  #mayAnnounce(client: SocketClient): boolean {
    client.announcesInMinute += 1;
    return client.announcesInMinute <= this.#options.limits.maxAnnouncesPerMinute;
  }

  /** Counts a useless message. False: there were too many, and the socket is closed. */
  #mayBeUseless(client: SocketClient): boolean {
    const { log, limits } = this.#options;
    client.uselessInMinute += 1;
    if (client.uselessInMinute <= limits.maxUselessPerMinute) return true;
    log.debug({ member: client.memberKey }, "closed a socket that sends too many useless messages");
    client.close(1008, `too many useless messages (limit: ${limits.maxUselessPerMinute} a minute)`);
    return false;
  }

  /** Whoever may not announce may do nothing else either. */
  #refuse(
    client: SocketClient,
    { reason, code, retryIn }: Refused,
    message: ClientMessage<SdpJson>,
  ): readonly SocketDelivery[] {
    if (message.type === "announce") client.announces.refused += 1;
    if (message.type === "scrape") this.#options.counters.scrapes.websocket.refused += 1;
    if (!this.#mayBeUseless(client)) return [];
    const action = message.type === "scrape" ? "scrape" : "announce";
    const infoHash = message.type === "scrape" ? message.infoHashes[0] : infoHashOf(message);
    return [{ to: client.memberKey, message: { type: "failure", action, infoHash, reason, code, retryIn } }];
  }

  #tooMany(
    client: SocketClient,
    action: Failure["action"],
    infoHash: InfoHash | undefined,
  ): readonly SocketDelivery[] {
    if (!this.#mayBeUseless(client)) return [];
    const { limits, now } = this.#options;
    const refusal = tooManyAnnounces("this socket", limits.maxAnnouncesPerMinute, client.secondsLeft(now()));
    return [{ to: client.memberKey, message: { type: "failure", action, infoHash, ...refusal } }];
  }
}

function infoHashOf(message: Extract<ClientMessage<SdpJson>, { type: "announce" | "answer" }>): InfoHash {
  return message.type === "announce" ? message.announce.infoHash : message.answer.infoHash;
}
