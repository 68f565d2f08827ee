import type {
  AddressAnnounce,
  AddressReply,
  Announce,
  CompactReply,
  Failure,
  PeersForm,
  ScrapeReply,
  SwarmCounts,
} from "#shared/announce/announce.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { SCRAPE_LOOKS_AT_ONCE } from "../limits/nodes.ts";
import { addressQuery, answerAddress, enterAddress } from "./address.ts";
import type { Caller } from "./caller.ts";
import { choiceWith } from "./load.ts";
import { OfferRelay, type RelayPorts } from "./offer-relay.ts";
import { type ListedPeer, listPeers, type PeerQuery } from "./peer-list.ts";
import { RecentLooks } from "./recent-looks.ts";
import { type EntryChange, SharedEntries, type SharingPorts } from "./shared-entries.ts";
import type { SwarmLook } from "./shared-swarms.ts";
import { type MemberKey, NO_MEMBER } from "./swarm-store.ts";
import { SwarmView } from "./swarm-view.ts";
import { answerAnnounce, type Delivery, enterSwarm, socketMember, type Tracker } from "./tracker.ts";

/** What a node of a cluster needs. */
export interface ClusterPorts<Sdp> extends RelayPorts<Sdp>, SharingPorts {
  /** With a store of this node's own members. */
  readonly tracker: Tracker;
}

/** Added to replies while this node knows its own members only. */
const CUT_OFF =
  "this part of the tracker cannot reach the others at the moment, so you find only some of the peers";

/**
 * One node of a tracker that runs as several. It keeps its own members as a single tracker does, shares them, and asks for
 * the others' when it answers an announce. While nobody else has members in a swarm, it answers without asking.
 */
export class Cluster<Sdp> {
  readonly entries: SharedEntries;
  readonly offers: OfferRelay<Sdp>;
  readonly #ports: ClusterPorts<Sdp>;
  readonly #recent = new RecentLooks();

  constructor(ports: ClusterPorts<Sdp>) {
    this.#ports = ports;
    this.entries = new SharedEntries(ports);
    this.offers = new OfferRelay(ports, this.entries);
  }

  /** As `announce` of a single tracker. Deliveries to members of other nodes go to `offers`. */
  announce(
    from: MemberKey,
    request: Announce<Sdp>,
  ): readonly Delivery<Sdp>[] | Promise<readonly Delivery<Sdp>[]> {
    const { tracker, now } = this.#ports;
    const { infoHash, event } = request;
    const at = now();
    const refusal = enterSwarm(tracker, at, from, request);
    if (refusal !== undefined) {
      this.#forgetRefused(infoHash, from);
      return [refusal];
    }
    const change =
      event === "stopped"
        ? this.entries.remove(infoHash, from)
        : this.entries.put(infoHash, socketMember(from, request), event === "completed");
    if (this.#answersAlone(infoHash, change)) return answerAnnounce(tracker, at, from, request);
    const sockets = event === "stopped" ? 0 : Math.min(request.offers.length, tracker.maxOffersPerAnnounce);
    const recent = change.type === "look" ? this.#recent.take(infoHash, sockets, at) : undefined;
    if (recent === undefined)
      return this.#answerAnnounce(from, request, this.#ask(from, request, change, sockets));
    if (recent instanceof Promise) return this.#answerAnnounce(from, request, recent);
    return answerAnnounce(this.#seen(recent), at, from, request);
  }

  /** As `announceAddress` of a single tracker. */
  announceAddress(
    caller: Caller,
    request: AddressAnnounce,
    peersForm: "compact",
  ): CompactReply | Failure | Promise<CompactReply>;
  announceAddress(
    caller: Caller,
    request: AddressAnnounce,
    peersForm: PeersForm,
  ): AddressReply | CompactReply | Failure | Promise<AddressReply | CompactReply>;
  announceAddress(
    caller: Caller,
    request: AddressAnnounce,
    peersForm: PeersForm,
  ): AddressReply | CompactReply | Failure | Promise<AddressReply | CompactReply> {
    const { tracker, now } = this.#ports;
    const { infoHash, event } = request;
    const entered = enterAddress(tracker, now(), caller, request);
    if (entered.type === "failure") return entered; // What it had put expires.
    const { member, warning } = entered;
    const query = addressQuery(tracker, caller, member, request);
    const change =
      event === "stopped"
        ? this.entries.remove(infoHash, member.key)
        : warning === undefined
          ? this.entries.put(infoHash, member, event === "completed")
          : ({ type: "look", key: member.key } as const);
    const reply = (by: Tracker, also?: string): AddressReply | CompactReply =>
      answerAddress(by, caller, infoHash, query, peersForm, warning ?? also);
    if (this.#answersAlone(infoHash, change)) return reply(tracker);
    const { count, family, requester } = query;
    const addresses = { count, family, withoutSeeders: requester.seeding };
    return this.entries
      .look({ infoHash, change, addresses })
      .then((look) => (look === undefined ? reply(tracker, CUT_OFF) : reply(this.#seen(look))));
  }

  /** As `scrape` of a single tracker. */
  async scrape(infoHashes: readonly InfoHash[]): Promise<ScrapeReply> {
    const { tracker, now } = this.#ports;
    tracker.store.removeExpired(now());
    const swarms = new Map<InfoHash, SwarmCounts>();
    for (let at = 0; at < infoHashes.length; at += SCRAPE_LOOKS_AT_ONCE) {
      const portion = infoHashes.slice(at, at + SCRAPE_LOOKS_AT_ONCE);
      const counts = await Promise.all(portion.map((infoHash) => this.#countsOf(infoHash)));
      for (const [index, its] of counts.entries()) {
        const infoHash = portion[index];
        if (infoHash !== undefined) swarms.set(infoHash, its);
      }
    }
    return { type: "scrapeReply", swarms };
  }

  /** As `listPeers` of a single tracker. */
  async listPeers(caller: Caller, query: PeerQuery): Promise<readonly ListedPeer[]> {
    const { tracker, now } = this.#ports;
    const { infoHash } = query;
    const sockets = choiceWith(query.limit);
    const addresses = { count: sockets, family: undefined, withoutSeeders: false };
    const change = { type: "look", key: NO_MEMBER } as const;
    const look = this.entries.isAlone(infoHash)
      ? undefined
      : await this.entries.look({ infoHash, change, sockets, addresses });
    return listPeers(look === undefined ? tracker : this.#seen(look), now(), caller, query);
  }

  /** A socket of this node is closed. */
  leave(from: MemberKey): void {
    this.#ports.tracker.store.removeEverywhere(from);
    for (const infoHash of this.entries.removeEverywhere(from)) this.#recent.forget(infoHash);
  }

  /** Takes all members of this node out of a swarm. */
  removeSwarm(infoHash: InfoHash): void {
    for (const key of this.#ports.tracker.store.removeSwarm(infoHash)) this.#forgetRefused(infoHash, key);
    this.#recent.forget(infoHash);
  }

  /** Members of another node have come, changed or left in that swarm. */
  sharedArrived(infoHash: InfoHash): void {
    this.entries.sharedArrived(infoHash);
    this.#recent.changedElsewhere(infoHash, this.#ports.now());
  }

  /** We may have missed what others told us, or have lost one of them. */
  missedNews(): void {
    this.entries.missedNews();
    this.#recent.forgetAll();
  }

  async #countsOf(infoHash: InfoHash): Promise<SwarmCounts> {
    const { store } = this.#ports.tracker;
    if (this.entries.isAlone(infoHash)) return store.counts(infoHash);
    const look = await this.entries.look({ infoHash, change: { type: "look", key: NO_MEMBER } });
    return look?.counts ?? store.counts(infoHash);
  }

  /** Whether this node answers without asking. What it must share, it shares without waiting. */
  #answersAlone(infoHash: InfoHash, change: EntryChange): boolean {
    if (change.type !== "look") this.#recent.forget(infoHash);
    if (!this.entries.isAlone(infoHash)) return false;
    if (change.type !== "look") this.entries.share(infoHash, change);
    return true;
  }

  /** A refused member is in the swarm no longer if the operator has forbidden the torrent since it came. */
  #forgetRefused(infoHash: InfoHash, key: MemberKey): void {
    if (!this.entries.has(infoHash, key) || this.#ports.tracker.store.isMember(infoHash, key)) return;
    this.#recent.forget(infoHash);
    this.entries.share(infoHash, this.entries.remove(infoHash, key));
  }

  /** Whoever shares the look may choose its asker. */
  #ask(
    from: MemberKey,
    request: Announce<Sdp>,
    change: EntryChange,
    count: number,
  ): Promise<SwarmLook | undefined> {
    const { infoHash } = request;
    if (change.type === "remove") return this.entries.look({ infoHash, change });
    const look = async (sockets: number): Promise<SwarmLook | undefined> => {
      const looked = await this.entries.look({ infoHash, change, sockets });
      return looked && { ...looked, sockets: [...looked.sockets, socketMember(from, request)] };
    };
    // Where members come and go, the next change is near: few announces would use a larger look.
    return this.#recent.ask(infoHash, count, this.#ports.now(), look, change.type === "look");
  }

  async #answerAnnounce(
    from: MemberKey,
    request: Announce<Sdp>,
    looking: Promise<SwarmLook | undefined>,
  ): Promise<readonly Delivery<Sdp>[]> {
    const { tracker, now } = this.#ports;
    const look = await looking;
    if (look !== undefined) return answerAnnounce(this.#seen(look), now(), from, request);
    const [reply, ...handed] = answerAnnounce(tracker, now(), from, request);
    if (reply?.message.type !== "announceReply") return [];
    // What it passed on here says nothing of the other nodes.
    const message = { ...reply.message, offersRelayed: undefined, warning: CUT_OFF };
    return [{ ...reply, message }, ...handed];
  }

  #seen(look: SwarmLook): Tracker {
    const { tracker } = this.#ports;
    return { ...tracker, store: new SwarmView(tracker.store, look) };
  }
}
