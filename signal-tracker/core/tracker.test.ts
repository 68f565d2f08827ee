import { beforeEach, describe, expect, test } from "vitest";
import type { Announce, Answer } from "#shared/announce/announce.ts";
import {
  type InfoHash,
  type Millis,
  millis,
  type OfferId,
  type PeerId,
  parseOfferId,
} from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { testInfoHash, testMemberKey, testPeerId } from "../store/contract.ts";
import { MemorySwarmStore } from "../store/memory.ts";
import type { MemberKey } from "./store.ts";
import {
  announce,
  answer,
  type Delivery,
  leave,
  OFFER_LIFETIME_MILLIS,
  scrape,
  type Tracker,
} from "./tracker.ts";

const SWARM = testInfoHash(1);
const A = testMemberKey("a");
const B = testMemberKey("b");
const C = testMemberKey("c");
const START = millis(1_000);

function testOfferId(number: number): OfferId {
  const offerId = parseOfferId(number.toString(16).padStart(40, "0"));
  if (offerId === undefined) throw new Error("bad test data");
  return offerId;
}

function newTracker(seed = 1): Tracker {
  return {
    store: new MemorySwarmStore(),
    random: seededRandom(seed),
    trackerId: "test",
    offersPerAnnounceMax: 3,
    swarmsPerMemberMax: 2,
  };
}

function testAnnounce(peerId: PeerId, fields: Partial<Announce> = {}): Announce {
  return {
    infoHash: SWARM,
    peerId,
    event: "update",
    uploaded: 0,
    downloaded: 0,
    left: 5,
    offers: [],
    ...fields,
  };
}

const offersOf = (...numbers: number[]) =>
  numbers.map((number) => ({ offerId: testOfferId(number), sdp: `offer ${number}` }));

let tracker: Tracker;
beforeEach(() => {
  tracker = newTracker();
});

const say = (from: MemberKey, asked: Announce, now: Millis = START) => announce(tracker, now, from, asked);

describe("an announce", () => {
  test("is answered with the interval, the counts and the tracker's id", () => {
    say(A, testAnnounce(testPeerId(1), { left: 0 }));
    expect(say(B, testAnnounce(testPeerId(2)))).toEqual([
      {
        to: B,
        message: {
          type: "announceReply",
          infoHash: SWARM,
          intervalSeconds: 120,
          minIntervalSeconds: undefined,
          seeders: 1,
          leechers: 1,
          trackerId: "test",
          warning: undefined,
        },
      },
    ]);
  });

  test.each([
    ["started", 0, 1],
    ["started", 5, 0],
    ["started", undefined, 0],
    ["update", 0, 1],
    ["paused", 5, 0],
    ["completed", undefined, 1],
    ["completed", 5, 1],
  ] as const)("%s with %s bytes left makes %i seeders", (event, left, seeders) => {
    say(A, testAnnounce(testPeerId(1), { event, left }));
    expect(tracker.store.counts(SWARM)).toMatchObject({ seeders, leechers: 1 - seeders });
  });

  test("a download is counted as completed once", () => {
    say(A, testAnnounce(testPeerId(1), { event: "started" }));
    say(A, testAnnounce(testPeerId(1), { event: "completed", left: 0 }));
    say(A, testAnnounce(testPeerId(1), { event: "completed", left: 0 }));
    expect(tracker.store.counts(SWARM).downloaded).toBe(1);
  });

  test("a stop is acknowledged and removes the member at once", () => {
    say(A, testAnnounce(testPeerId(1)));
    say(B, testAnnounce(testPeerId(2)));
    expect(say(A, testAnnounce(testPeerId(1), { event: "stopped", offers: offersOf(1) }))).toEqual([
      { to: A, message: expect.objectContaining({ type: "announceReply", leechers: 1 }) },
    ]);
    expect(tracker.store.isMember(SWARM, A)).toBe(false);
  });

  test("a member may be in so many swarms and no more, and goes on in those", () => {
    for (const digit of [1, 2]) say(A, testAnnounce(testPeerId(1), { infoHash: testInfoHash(digit) }));
    const third = testAnnounce(testPeerId(1), { infoHash: testInfoHash(3) });
    expect(say(A, third)).toEqual([
      { to: A, message: expect.objectContaining({ type: "failure", infoHash: testInfoHash(3) }) },
    ]);
    expect(say(A, { ...third, event: "stopped" })).toMatchObject([{ message: { type: "announceReply" } }]);
    expect(say(A, testAnnounce(testPeerId(1)))).toMatchObject([{ message: { type: "announceReply" } }]);
    expect(say(A, testAnnounce(testPeerId(1), { event: "stopped" }))).toHaveLength(1);
    expect(say(A, third)).toMatchObject([{ message: { type: "announceReply" } }]);
  });
});

describe("an offer", () => {
  test("goes to another member, with the name its maker goes by", () => {
    say(A, testAnnounce(testPeerId(1)));
    const deliveries = say(B, testAnnounce(testPeerId(2), { offers: offersOf(7, 8) }));
    expect(deliveries.slice(1)).toEqual([
      {
        to: A,
        message: {
          type: "offer",
          infoHash: SWARM,
          peerId: testPeerId(2),
          offerId: testOfferId(7),
          sdp: "offer 7",
        },
      },
    ]);
  });

  test("is one member's, each another's, and only so many are handed out", () => {
    for (const name of ["1", "2", "3", "4", "5"])
      say(testMemberKey(name), testAnnounce(testPeerId(Number(name))));
    const handed = say(B, testAnnounce(testPeerId(9), { offers: offersOf(1, 2, 3, 4, 5) })).slice(1);
    expect(new Set(handed.map(({ to }) => to)).size).toBe(3);
    expect(handed.map(({ message }) => message.type === "offer" && message.sdp)).toEqual([
      "offer 1",
      "offer 2",
      "offer 3",
    ]);
  });

  test("reaches the real owner of a peer id although somebody else uses the same", () => {
    say(A, testAnnounce(testPeerId(1)));
    say(B, testAnnounce(testPeerId(1)));
    const handed = say(C, testAnnounce(testPeerId(2), { offers: offersOf(1, 2) })).slice(1);
    expect(handed.map(({ to }) => to).sort()).toEqual([A, B]);
  });
});

describe("an answer", () => {
  const given: Answer = {
    infoHash: SWARM,
    peerId: testPeerId(2),
    toPeerId: testPeerId(1),
    offerId: testOfferId(1),
    sdp: "answer",
  };
  const relayed = {
    to: A,
    message: {
      type: "answer",
      infoHash: SWARM,
      peerId: testPeerId(2),
      offerId: testOfferId(1),
      sdp: "answer",
    },
  };

  beforeEach(() => {
    say(B, testAnnounce(testPeerId(2)));
    say(A, testAnnounce(testPeerId(1), { offers: offersOf(1) }));
  });

  test("goes to the maker of the offer, once", () => {
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
    expect(answer(tracker, START, B, given)).toEqual([]);
  });

  test("goes nowhere from a socket that was not handed the offer, whatever it calls itself", () => {
    say(C, testAnnounce(testPeerId(2)));
    expect(answer(tracker, START, C, given)).toEqual([]);
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
  });

  test("goes nowhere when the maker is gone, even if somebody takes its name", () => {
    leave(tracker, A);
    say(C, testAnnounce(testPeerId(1)));
    expect(answer(tracker, START, B, given)).toEqual([]);
  });

  test("goes nowhere when it comes too late", () => {
    expect(answer(tracker, millis(START + OFFER_LIFETIME_MILLIS), B, given)).toEqual([]);
  });

  test("cannot be caught by somebody who makes the same offer under the same name", () => {
    const handed = say(C, testAnnounce(testPeerId(1), { offers: offersOf(1) })).slice(1);
    expect(handed.filter(({ to }) => to === B)).toEqual([]);
    expect(answer(tracker, START, B, given)).toEqual([relayed]);
  });
});

test("a scrape tells the counts of the named swarms and zeros for a stranger", () => {
  say(A, testAnnounce(testPeerId(1), { left: 0 }));
  expect(scrape(tracker, B, [SWARM, testInfoHash(9)])).toEqual({
    to: B,
    message: {
      type: "scrapeReply",
      swarms: new Map([
        [SWARM, { seeders: 1, leechers: 0, downloaded: 0 }],
        [testInfoHash(9), { seeders: 0, leechers: 0, downloaded: 0 }],
      ]),
    },
  });
});

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
  const peerId = testPeerId(random.below(3));
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
      peerId,
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
    testAnnounce(peerId, { infoHash, event, left, offers: offersOf(step * 2, step * 2 + 1) }),
  );
  if (event === "stopped") forget(model, from, infoHash);
  else model.members.set(`${infoHash} ${from}`, { peerId, seeding: left === 0 || event === "completed" });
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
    const walked = newTracker(seed);
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
