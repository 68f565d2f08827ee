import { expect, test } from "vitest";
import { type InfoHash, millis, type PeerId } from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { MemorySwarmStore } from "../store/memory.ts";
import type { MemberKey } from "./store.ts";
import {
  testAnnounce,
  testInfoHash,
  testMemberKey,
  testOfferId,
  testOffers,
  testPeerId,
  testTracker,
} from "./testing.ts";
import { announce, answer, type Delivery, leave, OFFER_LIFETIME_MILLIS, type Tracker } from "./tracker.ts";

const SWARM = testInfoHash(1);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");

/** What a naive tracker would remember: the model the real one is held against. */
interface Model {
  readonly members: Map<string, { readonly peerId: PeerId; readonly seeding: boolean }>;
  /** Offers by answerer and number: their maker and when they were handed out. */
  readonly offers: Map<
    string,
    { readonly maker: MemberKey; readonly at: number; readonly infoHash: InfoHash }
  >;
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** One random step: returns what the tracker said, having checked it against the model and changed the model. */
function randomStep(walked: Tracker, model: Model, random: Random, step: number): readonly Delivery[] {
  const now = millis(step * 2_000);
  const from = pick([A, B, C, testMemberKey("d"), testMemberKey("e")], random);
  const infoHash = pick([SWARM, testInfoHash(2)], random);
  const peer = random.below(3);
  const roll = random.below(10);
  if (roll === 0) {
    leave(walked, from);
    for (const swarm of [SWARM, testInfoHash(2)]) forget(model, from, swarm);
    return [];
  }
  if (roll < 4 && model.offers.size > 0) {
    const [name, offer] = pick([...model.offers], random);
    const [answerer = "", number = "", toPeerId = ""] = name.split(" ");
    const sender = random.below(3) === 0 ? from : testMemberKey(answerer);
    const given = {
      infoHash: offer.infoHash,
      peerId: testPeerId(peer),
      toPeerId: testPeerId(Number(toPeerId)),
      offerId: testOfferId(Number(number)),
      sdp: "answer",
    };
    const sent = answer(walked, now, sender, given);
    const isRight = sender === answerer && now < offer.at + OFFER_LIFETIME_MILLIS;
    expect(sent.map(({ to }) => to)).toEqual(isRight ? [offer.maker] : []);
    if (sender === answerer) model.offers.delete(name);
    return sent;
  }
  const event = pick(["started", "update", "completed", "stopped", "paused"] as const, random);
  const left = [0, 5, undefined][random.below(3)];
  const sent = announce(
    walked,
    now,
    from,
    testAnnounce(peer, { infoHash, event, left, offers: testOffers(step * 2, step * 2 + 1) }),
  );
  if (event === "stopped") forget(model, from, infoHash);
  else
    model.members.set(`${infoHash} ${from}`, {
      peerId: testPeerId(peer),
      seeding: left === 0 || event === "completed",
    });
  for (const { to, message } of sent) {
    if (message.type !== "offer") continue;
    const name = `${to} ${Number.parseInt(message.offerId, 16)} ${message.peerId[0]}`;
    model.offers.set(name, { maker: from, at: now, infoHash });
  }
  return sent;
}

function forget(model: Model, member: MemberKey, infoHash: InfoHash): void {
  model.members.delete(`${infoHash} ${member}`);
  for (const [name, offer] of model.offers) {
    if (offer.maker === member && offer.infoHash === infoHash) model.offers.delete(name);
  }
}

function expectCounts(walked: Tracker, model: Model, infoHash: InfoHash): void {
  const members = [...model.members]
    .filter(([name]) => name.startsWith(infoHash))
    .map(([, member]) => member);
  const seeders = new Set(members.filter(({ seeding }) => seeding).map(({ peerId }) => peerId));
  const all = new Set(members.map(({ peerId }) => peerId));
  expect(walked.store.counts(infoHash)).toMatchObject({
    seeders: seeders.size,
    leechers: all.size - seeders.size,
  });
}

test.each([1, 2, 3, 4, 5])(
  "on a random walk (seed %i) members, counts and offers stay what a simple model says",
  (seed) => {
    const walked = testTracker(new MemorySwarmStore(), seed);
    const random = seededRandom(seed + 1_000);
    const model: Model = { members: new Map(), offers: new Map() };
    for (let step = 0; step < 600; step++) {
      for (const { to, message } of randomStep(walked, model, random, step)) {
        if (message.type !== "offer") continue;
        expect(model.members.has(`${message.infoHash} ${to}`)).toBe(true);
      }
      for (const infoHash of [SWARM, testInfoHash(2)]) expectCounts(walked, model, infoHash);
    }
  },
);
