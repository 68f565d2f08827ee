import { expect, onTestFinished, test } from "vitest";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { testAnnounce, testInfoHash, testIp, testOffers } from "../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { DURATION_BOUNDS_MILLIS, Durations, TrackerCounters } from "./counters.ts";
import { answerTo, ask, openClient, openTracker } from "./transport.test-support.ts";

test("announces, scrapes and relays over WebSocket are counted", async () => {
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, { maxAnnouncesPerMinute: 4 });
  const { counters } = tracker;
  const [one, two] = [await openClient(tracker, onTestFinished), await openClient(tracker, onTestFinished)];
  await one.announce(testAnnounce(1));
  await two.announce(testAnnounce(2, { offers: testOffers(7) }));
  await one.next(); // The offer.
  one.socket.send(answerTo(2, 1));
  await two.next(); // The answer.
  one.socket.send(answerTo(2, 1)); // Nobody waits for it any more.
  one.socket.send("garbage");
  await one.next();
  one.socket.send(encodeScrape([testInfoHash(1)]));
  await one.next();
  for (let more = 0; more < 3; more++) await one.announce(testAnnounce(1));
  expect(counters).toMatchObject({
    announces: { websocket: { ipv4: { answered: 4, refused: 1 }, ipv6: { answered: 0 } } },
    scrapes: { websocket: { answered: 1, refused: 0 } },
    malformed: { websocket: 1 },
    ...{ relayedOffers: 1, relayedAnswers: 1, unwantedAnswers: 1, openedSockets: 2 },
    announceCount: 5,
  });
  const timed = counters.announceMillis.counts.reduce((sum, count) => sum + count);
  expect(timed).toBe(5);
});

test("announces and scrapes over HTTP are counted by the address family of the client", async () => {
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, {
    maxAnnouncesPerNetworkAndMinute: 1,
  });
  const announce = `${tracker.httpUrl}/announce?info_hash=${"%11".repeat(20)}&peer_id=-XX0001-000000000001&port=1`;
  await ask(announce, "192.0.2.1");
  await ask(announce, "192.0.2.1");
  await ask(announce, "2001:db8::1");
  await ask(announce, "unknown");
  await ask(`${tracker.httpUrl}/announce?port=1`);
  await ask(`${tracker.httpUrl}/scrape?info_hash=${"%11".repeat(20)}`);
  expect(tracker.counters).toMatchObject({
    announces: {
      http: {
        ipv4: { answered: 1, refused: 1 },
        ipv6: { answered: 1, refused: 0 },
        unknown: { answered: 0, refused: 1 },
      },
    },
    scrapes: { http: { answered: 1, refused: 0 } },
    malformed: { http: 1 },
  });
});

test("a socket beyond the limit of its address is counted as refused", async () => {
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, {
    countsLoopback: true,
    maxSocketsPerNetwork: 1,
  });
  await openClient(tracker, onTestFinished);
  await openClient(tracker, onTestFinished);
  expect(tracker.counters).toMatchObject({ openedSockets: 1, refusedSockets: 1 });
});

test("durations are counted in the bucket whose bound they do not exceed", () => {
  const durations = new Durations();
  for (const millis of [0, 0.05, 0.06, 1_000, 1_001]) durations.add(millis);
  const last = DURATION_BOUNDS_MILLIS.length;
  expect(durations.counts.slice(0, 2)).toEqual([2, 1]);
  expect(durations.counts.slice(last - 1)).toEqual([1, 1]);
  expect(durations.sumMillis).toBeCloseTo(2_001.11);
});

test("the family of an unknown client is unknown", () => {
  const counters = new TrackerCounters();
  expect(counters.announcesOf("udp", undefined)).toBe(counters.announces.udp.unknown);
  expect(counters.announcesOf("udp", testIp("::1"))).toBe(counters.announces.udp.ipv6);
});
