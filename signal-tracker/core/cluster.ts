import type {
  AddressAnnounce,
  AddressReply,
  Announce,
  Answer,
  CompactReply,
  Failure,
  PeersForm,
  RelayedSdp,
  ScrapeReply,
} from "#shared/announce/announce.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import {
  MAX_RENEWED_AT_ONCE,
  MEMORY_LIMITS,
  OFFER_LIFETIME_MILLIS,
  REWRITE_MILLIS,
  SHARED_LIFETIME_MILLIS,
  SHARED_RENEWAL_MILLIS,
  SHARED_REST_MILLIS,
} from "../limits.ts";
import { addressQuery, answerAddress, enterAddress } from "./address.ts";
import type { Caller } from "./caller.ts";
import { OwnEntries, type OwnEntry } from "./own-entries.ts";
import { type ListedPeer, listPeers, type PeerQuery } from "./peer-list.ts";
import { StoreUnavailable } from "./record-store.ts";
import { RemoteOffers } from "./remote-offers.ts";
import type { NodeId, SharedSwarms, SwarmLook, SwarmRequest } from "./shared-swarms.ts";
import { type Member, type MemberKey, NO_MEMBER } from "./swarm-store.ts";
import { SwarmView } from "./swarm-view.ts";
import { answer, answerAnnounce, type Delivery, enterSwarm, socketMember, type Tracker } from "./tracker.ts";

/** How a node tells the others something. Nothing is certain to arrive. */
export interface Relay<Sdp> {
  /** Whether the member has its socket at another node. */
  isRemote(key: MemberKey): boolean;
  offer(offerer: MemberKey, to: MemberKey, offer: RelayedSdp<Sdp>): void;
  answer(answerer: MemberKey, to: MemberKey, answer: Answer<Sdp>): void;
  /** This node has become one of those with members in that swarm. */
  shared(others: readonly NodeId[], infoHash: InfoHash): void;
}

/** What a node of a cluster needs. */
export interface ClusterPorts<Sdp> {
  /** With a store of this node's own members. */
  readonly tracker: Tracker;
  readonly shared: SharedSwarms;
  readonly relay: Relay<Sdp>;
  readonly now: () => Millis;
  /** Reaches a member with a socket at this node. */
  readonly deliver: (delivery: Delivery<Sdp>) => void;
  readonly reportBug: (error: unknown) => void;
}

/** Added to replies while this node knows its own members only. */
const CUT_OFF =
  "this part of the tracker cannot reach the others at the moment, so you find only some of the peers";

/** An offer that did not reach the node of its target. */
export interface LostOffer<Sdp> {
  readonly offerer: MemberKey;
  readonly offer: RelayedSdp<Sdp>;
}

/**
 * One node of a tracker that runs as several. It keeps its own members as a single tracker does, shares them, and asks for
 * the others' when it answers an announce. While nobody else has members in a swarm, it answers without asking.
 *
 * Invariant: a swarm is in `#alone` only if no other node had members there when we last looked, and none has told us since.
 */
export class Cluster<Sdp> {
  readonly #ports: ClusterPorts<Sdp>;
  readonly #entries = new OwnEntries(MEMORY_LIMITS.maxAddressMembers);
  readonly #offers = new RemoteOffers(MEMORY_LIMITS.maxWaitingOffers);
  readonly #alone = new Set<InfoHash>();
  /** Counts what tells us that swarms are shared. */
  #news = 0;
  /** The last news about each swarm that we are in, and the last about all of them. */
  readonly #newsOf = new Map<InfoHash, number>();
  #newsOfAll = 0;
  #rewriting: { readonly entries: readonly OwnEntry[]; readonly since: Millis; next: number } | undefined;

  constructor(ports: ClusterPorts<Sdp>) {
    this.#ports = ports;
  }

  /** As `announce` of a single tracker. Deliveries to members of other nodes go to `relay`. */
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
        ? this.#removal(infoHash, from)
        : this.#putting(infoHash, socketMember(from, request), event === "completed");
    if (this.#answersAlone(infoHash, change)) return answerAnnounce(tracker, at, from, request);
    return this.#answerAnnounce(from, request, change);
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
        ? this.#removal(infoHash, member.key)
        : warning === undefined
          ? this.#putting(infoHash, member, event === "completed")
          : ({ type: "look", key: member.key } as const);
    const reply = (by: Tracker, also?: string): AddressReply | CompactReply =>
      answerAddress(by, caller, infoHash, query, peersForm, warning ?? also);
    if (this.#answersAlone(infoHash, change)) return reply(tracker);
    const { count, family, requester } = query;
    const addresses = { count, family, withoutSeeders: requester.seeding };
    return this.#look({ infoHash, change, addresses }).then((look) =>
      look === undefined ? reply(tracker, CUT_OFF) : reply(this.#seen(look)),
    );
  }

  /** Relays an answer to the node of the offerer. False: no such offer waits. */
  answer(from: MemberKey, request: Answer<Sdp>): boolean {
    const { relay, now } = this.#ports;
    const { infoHash, offerId, toPeerId } = request;
    const key = { answerer: from, infoHash, offerId, offererPeerId: toPeerId };
    const offerer = this.#offers.take(key, now());
    if (offerer === undefined) return false;
    relay.answer(from, offerer, request);
    return true;
  }

  /** As `scrape` of a single tracker. */
  async scrape(infoHashes: readonly InfoHash[]): Promise<ScrapeReply> {
    const { tracker, now } = this.#ports;
    tracker.store.removeExpired(now());
    const counts = await Promise.all(
      infoHashes.map(async (infoHash) => {
        if (this.#alone.has(infoHash)) return tracker.store.counts(infoHash);
        const look = await this.#look({ infoHash, change: { type: "look", key: NO_MEMBER } });
        return look?.counts ?? tracker.store.counts(infoHash);
      }),
    );
    const swarms = new Map(
      infoHashes.flatMap((infoHash, at) => {
        const its = counts[at];
        return its === undefined ? [] : [[infoHash, its] as const];
      }),
    );
    return { type: "scrapeReply", swarms };
  }

  /** As `listPeers` of a single tracker. */
  async listPeers(caller: Caller, query: PeerQuery): Promise<readonly ListedPeer[]> {
    const { tracker, now } = this.#ports;
    const { infoHash, limit } = query;
    const addresses = { count: limit, family: undefined, withoutSeeders: false };
    const change = { type: "look", key: NO_MEMBER } as const;
    const look = this.#alone.has(infoHash)
      ? undefined
      : await this.#look({ infoHash, change, sockets: limit, addresses });
    return listPeers(look === undefined ? tracker : this.#seen(look), now(), caller, query);
  }

  /** A socket of this node is closed. */
  leave(from: MemberKey): void {
    this.#ports.tracker.store.removeEverywhere(from);
    for (const infoHash of this.#entries.swarmsOf(from))
      void this.#look({ infoHash, change: this.#removal(infoHash, from) });
  }

  /** Takes a delivery from `announce` to a member of another node, or does nothing. */
  relay(offerer: MemberKey, { to, message }: Delivery<Sdp>): void {
    if (message.type === "offer" && this.#ports.relay.isRemote(to))
      this.#ports.relay.offer(offerer, to, message);
  }

  /** Another node has handed an offer to a member of ours. */
  offerArrived(offerer: MemberKey, to: MemberKey, offer: RelayedSdp<Sdp>): void {
    const { tracker, now, deliver } = this.#ports;
    const { infoHash, offerId, peerId } = offer;
    if (!tracker.store.isMember(infoHash, to)) return; // It has just left.
    const at = now();
    const key = { answerer: to, infoHash, offerId, offererPeerId: peerId };
    if (this.#offers.put(key, offerer, millis(at + OFFER_LIFETIME_MILLIS), at))
      deliver({ to, message: offer });
  }

  /** A member of another node answers an offer of ours. */
  answerArrived(answerer: MemberKey, request: Answer<Sdp>): void {
    const { tracker, now, deliver } = this.#ports;
    for (const delivery of answer(tracker, now(), answerer, request)) deliver(delivery);
  }

  /** Another node has got members in that swarm. */
  sharedArrived(infoHash: InfoHash): void {
    this.#alone.delete(infoHash);
    if (this.#entries.has(infoHash)) this.#newsOf.set(infoHash, ++this.#news);
  }

  /** We may have missed what others told us. */
  missedNews(): void {
    this.#alone.clear();
    this.#newsOf.clear();
    this.#newsOfAll = ++this.#news;
  }

  /** These offers did not reach the node of their target: they go to other members. */
  async handAgain(offers: readonly LostOffer<Sdp>[]): Promise<void> {
    await Promise.all(offers.map((lost) => this.#handAgain(lost)));
  }

  /** Puts all our entries again, spread over a while: the others have lost them. */
  rewrite(): void {
    this.#rewriting = { entries: this.#entries.all(), since: this.#ports.now(), next: 0 };
  }

  /** Renews what would expire, and goes on rewriting. To be called every `tickMillis`. */
  tick(tickMillis: number): void {
    const { now } = this.#ports;
    this.#entries.removeExpired(now());
    this.#rewriteSome(tickMillis);
    const due = millis(now() - SHARED_RENEWAL_MILLIS);
    for (const entry of this.#entries.socketsBefore(due, MAX_RENEWED_AT_ONCE)) this.#renew(entry);
  }

  #rewriteSome(tickMillis: number): void {
    const work = this.#rewriting;
    if (work === undefined) return;
    const end = work.next + Math.ceil((work.entries.length * tickMillis) / REWRITE_MILLIS);
    for (const entry of work.entries.slice(work.next, end)) {
      // It may have left, or announced again.
      if (this.#entries.get(entry.infoHash, entry.member.key) === entry) this.#renew(entry);
    }
    work.next = end;
    if (end >= work.entries.length) this.#rewriting = undefined;
  }

  #renew({ infoHash, member }: OwnEntry): void {
    const at = this.#ports.now();
    this.#entries.put(infoHash, member, at);
    void this.#look({ infoHash, change: putting(member, at, false) });
  }

  #putting(infoHash: InfoHash, member: Member, hasCompleted: boolean): Change {
    const at = this.#ports.now();
    const before = this.#entries.get(infoHash, member.key);
    const isRested = before !== undefined && at - before.putAt < SHARED_REST_MILLIS;
    if (isRested && this.#alone.has(infoHash) && isSame(before.member, member))
      return { type: "look", key: member.key };
    this.#entries.put(infoHash, member, at);
    return putting(member, at, hasCompleted);
  }

  #removal(infoHash: InfoHash, key: MemberKey): Change {
    this.#entries.remove(infoHash, key);
    if (!this.#entries.has(infoHash)) {
      this.#alone.delete(infoHash);
      this.#newsOf.delete(infoHash);
    }
    return { type: "remove", key };
  }

  /** A refused member is in the swarm no longer if the operator has forbidden the torrent since it came. */
  #forgetRefused(infoHash: InfoHash, key: MemberKey): void {
    if (this.#entries.get(infoHash, key) === undefined || this.#ports.tracker.store.isMember(infoHash, key))
      return;
    void this.#look({ infoHash, change: this.#removal(infoHash, key) });
  }

  /** Whether this node answers without asking. What it must share, it shares without waiting. */
  #answersAlone(infoHash: InfoHash, change: Change): boolean {
    if (!this.#alone.has(infoHash)) return false;
    if (change.type !== "look") void this.#look({ infoHash, change });
    return true;
  }

  async #answerAnnounce(
    from: MemberKey,
    request: Announce<Sdp>,
    change: Change,
  ): Promise<readonly Delivery<Sdp>[]> {
    const { tracker, now } = this.#ports;
    const { infoHash, event, offers } = request;
    const sockets = event === "stopped" ? 0 : Math.min(offers.length, tracker.maxOffersPerAnnounce);
    const look = await this.#look({ infoHash, change, sockets });
    if (look !== undefined) return answerAnnounce(this.#seen(look), now(), from, request);
    const [reply, ...handed] = answerAnnounce(tracker, now(), from, request);
    if (reply?.message.type !== "announceReply") return [];
    return [{ ...reply, message: { ...reply.message, warning: CUT_OFF } }, ...handed];
  }

  #seen(look: SwarmLook): Tracker {
    const { tracker } = this.#ports;
    return { ...tracker, store: new SwarmView(tracker.store, look) };
  }

  /** Undefined: the others cannot be reached. */
  async #look(request: SwarmRequest): Promise<SwarmLook | undefined> {
    const { shared, relay, reportBug } = this.#ports;
    const { infoHash } = request;
    const news = this.#news;
    try {
      const look = await shared.ask(request);
      if (look.isFirstOfNode && look.others.length > 0) relay.shared(look.others, infoHash);
      this.#learn(infoHash, look, news);
      return look;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) reportBug(error);
      return undefined;
    }
  }

  /** `news`: what we had heard when we asked. */
  #learn(infoHash: InfoHash, { others }: SwarmLook, news: number): void {
    const isStale = Math.max(this.#newsOfAll, this.#newsOf.get(infoHash) ?? 0) > news;
    if (!isStale) this.#newsOf.delete(infoHash);
    if (others.length === 0 && !isStale && this.#entries.has(infoHash)) this.#alone.add(infoHash);
    else this.#alone.delete(infoHash);
  }

  async #handAgain({ offerer, offer }: LostOffer<Sdp>): Promise<void> {
    const { tracker, now, deliver } = this.#ports;
    const { infoHash, offerId, peerId } = offer;
    const look = await this.#look({ infoHash, change: { type: "look", key: offerer }, sockets: 1 });
    const to = look?.sockets[0]?.key;
    if (to === undefined) return;
    const key = { answerer: to, infoHash, offerId, offererPeerId: peerId };
    const at = now();
    const expiresAt = millis(at + OFFER_LIFETIME_MILLIS);
    if (!tracker.store.handOffer({ key, offerer, expiresAt }, at)) return;
    if (this.#ports.relay.isRemote(to)) this.#ports.relay.offer(offerer, to, offer);
    else deliver({ to, message: offer });
  }
}

type Change = SwarmRequest["change"];

function putting(member: Member, now: Millis, hasCompleted: boolean): Change {
  const lifetimeMillis = member.type === "socket" ? SHARED_LIFETIME_MILLIS : member.expiresAt - now;
  return { type: "put", member, lifetimeMillis, hasCompleted };
}

/** Whether two entries of a member say the same. */
function isSame(one: Member, other: Member): boolean {
  return (
    one.peerId === other.peerId && one.seeding === other.seeding && one.hasFreeSlot === other.hasFreeSlot
  );
}
