import { expect, test } from "vitest";
import { type InfoHash, millis, parseInfoHash } from "#shared/base/ids.ts";
import { SCRAPE_LOOKS_AT_ONCE } from "../limits/nodes.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { Cluster } from "./cluster.ts";
import type { SwarmLook, SwarmRequest } from "./shared-swarms.ts";
import { testTracker } from "./tracker.test-support.ts";

test("a scrape looks at a few swarms at once, and counts all of them", async () => {
  let asking = 0;
  let mostAsking = 0;
  const ask = async ({ infoHash }: SwarmRequest): Promise<SwarmLook> => {
    mostAsking = Math.max(mostAsking, ++asking);
    await Promise.resolve();
    asking -= 1;
    const counts = { seeders: Number(`0x${infoHash.slice(-2)}`), leechers: 0, downloaded: 0 };
    return {
      counts,
      wasSeeding: false,
      isFirstOfNode: false,
      isStale: false,
      others: [],
      sockets: [],
      addresses: [],
    };
  };
  const nothing = (): void => {};
  const cluster = new Cluster({
    tracker: testTracker(new MemorySwarmStore()),
    shared: { ask, renew: async () => [] },
    relay: { isRemote: () => false, offer: nothing, answer: nothing },
    now: () => millis(0),
    ...{ deliver: nothing, tellShared: nothing, reportBug: nothing },
  });
  const infoHashes = Array.from({ length: 256 }, (_, at) =>
    parseInfoHash(at.toString(16).padStart(40, "0")),
  ) as InfoHash[];
  const { swarms } = await cluster.scrape(infoHashes);
  expect([...swarms.values()].map(({ seeders }) => seeders)).toEqual(infoHashes.map((_, at) => at));
  expect(mostAsking).toBe(SCRAPE_LOOKS_AT_ONCE);
});
