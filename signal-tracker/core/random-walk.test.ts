import { expect, test } from "vitest";
import type { AddressReply, CompactReply } from "#shared/announce/announce.ts";
import { type PeerAddress, peerIp, peerPort, unpackPeers } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis, type PeerId } from "#shared/base/ids.ts";
import { formatIp } from "#shared/base/ip.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { seeds } from "#shared/base/seeds.test-support.ts";
import { ADDRESS_LIFETIME_MILLIS, OFFER_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { announceAddress } from "./address.ts";
import type { MemberKey } from "./swarm-store.ts";
import {
  testAddressAnnounce,
  testAnnounce,
  testCaller,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testOffers,
  testPeerId,
  testTracker,
} from "./tracker.test-support.ts";
import { announce, answer, leave, scrape, type Tracker } from "./tracker.ts";

const SWARMS = [testInfoHash(1), testInfoHash(2)];
const SOCKETS = ["a", "b", "c", "d", "e"].map(testMemberKey);
const HOSTS = ["192.0.2.1", "192.0.2.2", "2001:db8::3", "127.0.0.1"];
const PORTS = [6881, 6882];
const EVENTS = ["started", "update", "completed", "stopped", "paused"] as const;
const STEP_MILLIS = 5_000;

interface ModelMember {
  readonly peerId: PeerId;
  readonly seeding: boolean;
  /** Where it listens. Undefined: it has a socket instead. */
  readonly endpoint: string | undefined;
  readonly expiresAt: number;
}

/** What a naive tracker would remember; the real one is compared with it. */
interface Model {
  /** By swarm and member. */
  readonly members: Map<string, ModelMember>;
  /** Offers by answerer and number: the offerer and when they were handed out. */
  readonly offers: Map<
    string,
    { readonly offerer: MemberKey; readonly at: number; readonly infoHash: InfoHash }
  >;
}

/** A tracker on its walk, and its model. */
class Walk {
  readonly #tracker: Tracker;
  readonly #random: Random;
  readonly #model: Model = { members: new Map(), offers: new Map() };
  #step = 0;

  constructor(seed: number) {
    const tracker = testTracker(new MemorySwarmStore(), seed);
    this.#tracker = { ...tracker, maxMembersPerNetworkInSwarm: 100, maxMembersPerNetwork: 100 };
    this.#random = seededRandom(seed + 1_000);
  }

  get #now(): Millis {
    return millis(this.#step * STEP_MILLIS);
  }

  /** Does something at random and compares the tracker with the model. */
  step(): void {
    this.#step += 1;
    for (const [name, { expiresAt }] of this.#model.members) {
      if (expiresAt <= this.#now) this.#model.members.delete(name);
    }
    const roll = this.#random.below(12);
    if (roll === 0) this.#closeSocket();
    else if (roll < 3 && this.#model.offers.size > 0) this.#answer();
    else if (roll < 7) this.#announceAddress();
    else this.#announceSocket();
    for (const infoHash of SWARMS) this.#expectCounts(infoHash);
  }

  #closeSocket(): void {
    const from = this.#pick(SOCKETS);
    leave(this.#tracker, from);
    for (const infoHash of SWARMS) this.#forget(from, infoHash);
  }

  #answer(): void {
    const [name, offer] = this.#pick([...this.#model.offers]);
    const [answerer = "", number = "", toPeerId = ""] = name.split(" ");
    const sender = this.#random.below(3) === 0 ? this.#pick(SOCKETS) : testMemberKey(answerer);
    const request = {
      infoHash: offer.infoHash,
      peerId: testPeerId(this.#random.below(3)),
      toPeerId: testPeerId(Number(toPeerId)),
      offerId: testOfferId(Number(number)),
      sdp: "answer",
    };
    const sent = answer(this.#tracker, this.#now, sender, request);
    const isRight = sender === answerer && this.#now < offer.at + OFFER_LIFETIME_MILLIS;
    expect(sent.map(({ to }) => to)).toEqual(isRight ? [offer.offerer] : []);
    if (sender === answerer) this.#model.offers.delete(name);
  }

  #announceSocket(): void {
    const from = this.#pick(SOCKETS);
    const { infoHash, peer, event, left } = this.#randomFields();
    const offers = testOffers(this.#step * 2, this.#step * 2 + 1);
    const sent = announce(
      this.#tracker,
      this.#now,
      from,
      testAnnounce(peer, { infoHash, event, left, offers }),
    );
    if (event === "stopped") this.#forget(from, infoHash);
    else this.#note(`${infoHash} ${from}`, peer, left === 0 || event === "completed", undefined);
    for (const { to, message } of sent) {
      if (message.type !== "offer") continue;
      const answerer = this.#model.members.get(`${message.infoHash} ${to}`);
      expect(answerer?.endpoint === undefined && answerer !== undefined && to !== from).toBe(true);
      const name = `${to} ${Number.parseInt(message.offerId, 16)} ${message.peerId[0]}`;
      this.#model.offers.set(name, { offerer: from, at: this.#now, infoHash });
    }
  }

  #announceAddress(): void {
    const host = this.#pick(HOSTS);
    const port = this.#pick(PORTS);
    const key = this.#pick(["", "k"]);
    const { infoHash, peer, event, left } = this.#randomFields();
    const peersWanted = this.#pick([undefined, 2]);
    const peersForm = this.#pick(["compact", "list"] as const);
    const uploaded = this.#pick([0, 5]);
    const request = testAddressAnnounce(peer, { infoHash, event, left, port, key, peersWanted, uploaded });
    const reply = announceAddress(this.#tracker, this.#now, testCaller(host), request, peersForm);
    if (reply.type === "failure") throw new Error(reply.reason);
    const endpoint = `${host} ${port}`;
    const seeding = left === 0 || event === "completed";
    const name = `${infoHash} ${endpoint} ${key}`;
    if (event === "stopped") this.#model.members.delete(name);
    else this.#note(name, peer, seeding, endpoint);

    const others = [...this.#model.members]
      .filter(([other]) => other.startsWith(infoHash) && other !== name)
      .map(([, member]) => member)
      .filter((member) => member.endpoint !== undefined && !(seeding && uploaded > 0 && member.seeding))
      .map((member) =>
        host === "127.0.0.1" ? member.endpoint : member.endpoint?.replace("127.0.0.1", "203.0.113.1"),
      );
    const sent = addressesIn(reply).map(endpointOf);
    if (event === "stopped") expect(sent).toEqual([]);
    else if (peersWanted === undefined) expect(sent.sort()).toEqual(others.sort());
    else {
      expect(sent).toHaveLength(Math.min(peersWanted, others.length));
      for (const endpoint of sent) expect(others).toContain(endpoint);
    }
  }

  #randomFields() {
    const left = [0, 5, undefined][this.#random.below(3)];
    return { infoHash: this.#pick(SWARMS), peer: this.#random.below(4), event: this.#pick(EVENTS), left };
  }

  #note(name: string, peer: number, seeding: boolean, endpoint: string | undefined): void {
    const expiresAt = endpoint === undefined ? Number.POSITIVE_INFINITY : this.#now + ADDRESS_LIFETIME_MILLIS;
    this.#model.members.set(name, { peerId: testPeerId(peer), seeding, endpoint, expiresAt });
  }

  #forget(member: MemberKey, infoHash: InfoHash): void {
    this.#model.members.delete(`${infoHash} ${member}`);
    for (const [name, offer] of this.#model.offers) {
      if (offer.offerer === member && offer.infoHash === infoHash) this.#model.offers.delete(name);
    }
  }

  #expectCounts(infoHash: InfoHash): void {
    const members = [...this.#model.members]
      .filter(([name]) => name.startsWith(infoHash))
      .map(([, member]) => member);
    const seeders = new Set(members.filter(({ seeding }) => seeding).map(({ peerId }) => peerId));
    const all = new Set(members.map(({ peerId }) => peerId));
    expect(scrape(this.#tracker, this.#now, [infoHash]).swarms.get(infoHash)).toMatchObject({
      seeders: seeders.size,
      leechers: all.size - seeders.size,
    });
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.below(items.length)] as Item;
  }
}

function addressesIn(reply: AddressReply | CompactReply): readonly PeerAddress[] {
  return reply.type === "compactReply" ? unpackPeers(reply.peers) : reply.peers.map(({ address }) => address);
}

function endpointOf(address: PeerAddress): string {
  return `${formatIp(peerIp(address))} ${peerPort(address)}`;
}

test.each(seeds(process.env["SEED"], 1, 2, 3, 4, 5))(
  "on a random walk (seed %i) members, counts, peers in replies and offers match a simple model",
  (seed) => {
    const walk = new Walk(seed);
    for (let step = 0; step < 1_000; step++) walk.step();
  },
);
