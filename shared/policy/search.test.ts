import { describe, expect, test } from "vitest";
import { isStarving, type OfferRoom, offersToMake, type SwarmCounts, unlinkedPeers } from "./search.ts";

const NOBODY: SwarmCounts = { seeders: 0, leechers: 1, lostPeers: 0, linked: 0, isComplete: false };
const ROOM: OfferRoom = { peersSought: 20, pendingOffers: 0, maxPendingOffers: 5, freeLinks: 50 };

describe("peers that we could have", () => {
  test.each([
    ["a leecher does not count itself", {}, 0],
    ["a leecher looks for seeders and leechers", { seeders: 2, leechers: 4 }, 5],
    ["a seeder looks for leechers alone", { seeders: 3, leechers: 4, isComplete: true }, 4],
    ["those that we are linked to are not missing", { seeders: 2, leechers: 4, linked: 3 }, 2],
    ["nobody is missing when we have more links than the tracker counts", { linked: 3 }, 0],
    ["of a huge swarm we want some", { leechers: 1_000, linked: 4 }, 16],
    ["a peer whose link broke may still be there", { lostPeers: 1, linked: 2 }, 1],
  ])("%s", (_, swarm, count) => {
    expect(unlinkedPeers({ ...NOBODY, ...swarm }, 20)).toBe(count);
  });
});

describe("offers", () => {
  test("none are made when nobody is missing", () => {
    expect(offersToMake(NOBODY, ROOM)).toBe(0);
    expect(offersToMake({ ...NOBODY, leechers: 3, linked: 2 }, ROOM)).toBe(0);
  });

  test("as many are made as peers are missing, and more where some would go to peers that we have", () => {
    expect(offersToMake({ ...NOBODY, leechers: 4 }, ROOM)).toBe(3);
    const mostlyLinked = { ...NOBODY, leechers: 41, linked: 19 }; // One of twenty is wanted, 21 of 40 are new.
    expect(offersToMake(mostlyLinked, ROOM)).toBe(2);
  });

  test.each([
    ["those that are still unanswered", { pendingOffers: 3 }, 2],
    ["the limit of unanswered ones", { maxPendingOffers: 1 }, 1],
    ["free links", { freeLinks: 2 }, 2],
    ["more unanswered ones than allowed", { pendingOffers: 9 }, 0],
  ])("%s bound them", (_, room, count) => {
    expect(offersToMake({ ...NOBODY, leechers: 40 }, { ...ROOM, ...room })).toBe(count);
  });
});

describe("a torrent starves", () => {
  const starving = { isComplete: false, links: 3, peersSought: 20, hasSource: false, isMeeting: false };

  test("while nobody here has what it lacks", () => {
    expect(isStarving(starving)).toBe(true);
  });

  test.each([
    ["it has everything", { isComplete: true }],
    ["somebody has a piece that it lacks", { hasSource: true }],
    ["a peer is about to come", { isMeeting: true }],
    ["it has as many links as it looks for", { links: 20 }],
  ])("but not when %s", (_, change) => {
    expect(isStarving({ ...starving, ...change })).toBe(false);
  });
});
