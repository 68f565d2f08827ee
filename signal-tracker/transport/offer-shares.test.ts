import { expect, onTestFinished, test } from "vitest";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import { millis } from "#shared/base/ids.ts";
import type { MemberKey } from "../core/swarm-store.ts";
import { testAnnounce, testInfoHash, testOffers } from "../core/tracker.test-support.ts";
import { MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE } from "../limits/swarms.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { OfferShares } from "./offer-shares.ts";
import type { SocketDelivery } from "./socket-answers.ts";
import { openClient, openTracker } from "./transport.test-support.ts";

const NOW = millis(60_000);
const delivery = (to: string, type: string) => ({ to: to as MemberKey, message: { type } }) as SocketDelivery;
const announced = (...to: string[]) => [
  delivery("self", "announceReply"),
  ...to.map((key) => delivery(key, "offer")),
];

test("offers of one network stop for the rest of the minute when it has made its share of them", () => {
  const shares = new OfferShares(3, 10);
  shares.within("net", announced("a", "b"), NOW);
  expect(shares.mayOffer("net", NOW)).toBe(true);
  shares.within("net", announced("a", "b"), NOW);
  expect(shares.mayOffer("net", NOW)).toBe(false);
  expect(shares.mayOffer("other", NOW)).toBe(true);
  expect(shares.mayOffer(undefined, NOW)).toBe(true);
  expect(shares.mayOffer("net", millis(NOW + 60_000))).toBe(true);
});

test("a client that has got enough offers from a network gets no more in this minute, and others do", () => {
  const shares = new OfferShares(100, 2);
  const flood = () => shares.within("net", announced("a"), NOW).map(({ to }) => to);
  for (let at = 0; at < 4; at++) expect(flood()).toEqual(["self", "a"]); // The first two were not counted for each client.
  expect(flood()).toEqual(["self"]);
  expect(shares.within("net", announced("a", "b"), NOW).map(({ to }) => to)).toEqual(["self", "b"]);
  expect(shares.within("other", announced("a"), NOW)).toHaveLength(2);
  expect(shares.within(undefined, announced("a"), NOW)).toHaveLength(2);
  expect(shares.within("net", announced("a"), millis(NOW + 60_000))).toHaveLength(2);
});

test("one that floods a client with offers does not keep those of others from it", async () => {
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished);
  const open = (from: string) => openClient(tracker, onTestFinished, from);
  const [target, flooder, honest] = [
    await open("192.0.2.1"),
    await open("192.0.2.2"),
    await open("192.0.2.3"),
  ];
  const swarm = { infoHash: testInfoHash(1) };
  await target.announce(testAnnounce(1, swarm));
  const most = MAX_OFFERS_TO_MEMBER_PER_NETWORK_AND_MINUTE;
  for (let at = 0; at < 3 * most; at++)
    flooder.socket.send(encodeAnnounce(testAnnounce(2, { ...swarm, offers: testOffers(at % 10) })));
  await flooder.drain();
  expect(await target.drain()).toHaveLength(2 * most);
  expect(tracker.counters.droppedOffers).toBe(most);
  flooder.socket.terminate();
  await expect.poll(() => tracker.store.counts(swarm.infoHash).leechers).toBe(1);
  await honest.announce(testAnnounce(3, { ...swarm, offers: testOffers(1) }));
  expect(await target.next()).toMatchObject({ type: "offer" });
});

test("announces of a network without a share left are answered, and hand out no offers", async () => {
  const offerShares = new OfferShares(1, 1);
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, {
    countsLoopback: true,
    offerShares,
  });
  const [target, offerer] = [
    await openClient(tracker, onTestFinished),
    await openClient(tracker, onTestFinished),
  ];
  await target.announce(testAnnounce(1));
  for (const at of [1, 2]) {
    const reply = await offerer.announce(testAnnounce(2, { offers: testOffers(at) }));
    expect(reply).toMatchObject({ type: "announceReply", leechers: 2 });
  }
  expect(await target.drain()).toHaveLength(1);
  expect(tracker.counters).toMatchObject({ relayedOffers: 1, droppedOffers: 1 });
});
