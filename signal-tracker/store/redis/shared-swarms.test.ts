import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import { seeds } from "#shared/base/seeds.test-support.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import type { NodeId, SwarmLook, SwarmRequest } from "../../core/shared-swarms.ts";
import { type AddressQuery, type Member, type MemberKey, NO_MEMBER } from "../../core/swarm-store.ts";
import { SwarmView } from "../../core/swarm-view.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../memory/swarm-store.ts";
import { testSwarms } from "../swarm-contract.test-support.ts";
import { remoteKey } from "./inbox-message.ts";
import { newNodeId } from "./node-list.ts";
import { RedisLink } from "./redis-link.ts";
import { RedisSwarms } from "./shared-swarms.ts";

const SWARM = testInfoHash(1);
const LIFETIME = 60_000;

/** Sockets have numbers for keys at their node; the tests give them names. */
class NumberedSockets {
  readonly #names: MemberKey[] = [];

  put(member: Member): Member {
    if (member.type === "address") return member;
    if (!this.#names.includes(member.key)) this.#names.push(member.key);
    return { ...member, key: this.numberOf(member.key) };
  }

  numberOf(name: MemberKey): MemberKey {
    const number = this.#names.indexOf(name);
    return number === -1 ? name : testMemberKey(String(number));
  }

  named(look: SwarmLook): SwarmLook {
    const sockets = look.sockets.map((member) => ({
      ...member,
      key: this.#names[Number(member.key)] ?? member.key,
    }));
    return { ...look, sockets };
  }
}

describe.skipIf(isMissing(findRedis(), NO_REDIS))("swarms in Redis", () => {
  let redis: TestRedis;
  let link: RedisLink;
  beforeAll(async () => {
    redis = await startRedis();
    link = await RedisLink.open(redis.url);
  });
  afterAll(async () => {
    link.close();
    await redis.close();
  });
  const lost = { dead: new Set<NodeId>(), missed: new Set<NodeId>() };
  beforeEach(() => {
    lost.dead.clear();
    lost.missed.clear();
  });
  afterEach(() => redis.ask("FLUSHALL"));

  const openNode = (seed = 1) => {
    const id = newNodeId();
    const swarms = new RedisSwarms(link, id, lost, seededRandom(seed));
    const put = (member: Member, lifetimeMillis = LIFETIME, hasCompleted = false) =>
      swarms.ask({
        infoHash: SWARM,
        change: { type: "put", member, lifetimeMillis, hasCompleted, isNews: true },
      });
    const remove = (key: MemberKey) => swarms.ask({ infoHash: SWARM, change: { type: "remove", key } });
    const look = (sockets = 0, count = 0, key = testMemberKey("nobody"), withoutSeeders = false) =>
      swarms.ask({
        infoHash: SWARM,
        change: { type: "look", key },
        sockets,
        addresses: { count, family: undefined, withoutSeeders },
      });
    return { id, swarms, put, remove, look };
  };
  const socket = (number: number, peer = number, seeding = false): Member => ({
    type: "socket",
    key: testMemberKey(String(number)),
    peerId: testPeerId(peer),
    seeding,
  });
  const addressed = (number: number, peer = number, seeding = false): Member => ({
    type: "address",
    key: testMemberKey(`v4 ${number}`),
    peerId: testPeerId(peer),
    seeding,
    address: testAddress("192.0.2.200", 6_000 + number),
    network: undefined,
    expiresAt: millis(0),
  });

  describe("of one node", () => {
    testSwarms(async (seed = 1) => {
      await redis.ask("FLUSHALL");
      const swarms = new RedisSwarms(link, newNodeId(), lost, seededRandom(seed));
      const random = seededRandom(seed);
      const own = new MemorySwarmStore();
      const names = new NumberedSockets();
      const ask = async (request: Omit<SwarmRequest, "change">, key: MemberKey) => {
        const change = { type: "look", key: names.numberOf(key) } as const;
        return names.named(await swarms.ask({ ...request, change }));
      };
      const askForAddresses = (infoHash: InfoHash, { count, family, requester }: AddressQuery) => {
        const addresses = { count, family, withoutSeeders: requester.seeding };
        return ask({ infoHash, addresses }, requester.key);
      };
      return {
        async put(infoHash, member, hasCompleted = false) {
          const numbered = names.put(member);
          const change = { type: "put", member: numbered, lifetimeMillis: LIFETIME, hasCompleted } as const;
          return (await swarms.ask({ infoHash, change: { ...change, isNews: true } })).wasSeeding;
        },
        async remove(infoHash, key) {
          await swarms.ask({ infoHash, change: { type: "remove", key: names.numberOf(key) } });
        },
        counts: async (infoHash) => (await ask({ infoHash }, NO_MEMBER)).counts,
        async sampleSockets(infoHash, count, except) {
          const look = await ask({ infoHash, sockets: count }, except);
          return new SwarmView(own, look).sampleSockets(infoHash, count, except, random);
        },
        sampleAddresses: async (infoHash, query) => (await askForAddresses(infoHash, query)).addresses,
        sampleCompact: async (infoHash, query) =>
          new SwarmView(own, await askForAddresses(infoHash, query)).sampleCompact(),
      };
    });
  });

  test("show each node the members of the others", async () => {
    const [a, b] = [openNode(), openNode()];
    expect(await a.put(socket(1))).toMatchObject({ others: [], isFirstOfNode: true });
    await a.put(addressed(2, 2, true));
    const seen = await b.put(socket(1, 3));
    expect(seen).toMatchObject({
      counts: { seeders: 1, leechers: 2 },
      others: [a.id],
      isFirstOfNode: true,
    });
    const look = await b.look(5, 5, testMemberKey("1"));
    expect(look.sockets).toEqual([
      expect.objectContaining({ key: remoteKey(a.id, testMemberKey("1")), peerId: testPeerId(1) }),
    ]);
    expect(look.addresses).toEqual([
      {
        type: "address",
        key: "v4 2",
        peerId: testPeerId(2),
        seeding: true,
        hasFreeSlot: undefined,
        address: testAddress("192.0.2.200", 6_002),
      },
    ]);
    expect((await b.look(0, 5, testMemberKey("1"), true)).addresses).toEqual([]);
  });

  test("forget members whose time is up, by the clock of Redis, and are empty then", async () => {
    const a = openNode();
    await a.put(socket(1, 1, true), 1, true);
    await a.put(socket(2), 1);
    await expect
      .poll(async () => (await a.look()).counts)
      .toEqual({ seeders: 0, leechers: 0, downloaded: 0 });
    expect(await redis.ask("KEYS", "*")).toEqual([]);
  });

  test("leave nothing behind when nobody announces any more", async () => {
    const a = openNode();
    await a.put(socket(1), LIFETIME, true);
    await a.put(addressed(2), 10 * LIFETIME);
    await a.put(socket(1), LIFETIME);
    const keys = (await redis.ask("KEYS", "*")) as string[];
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      expect(Number(await redis.ask("PTTL", key)), key).toBeGreaterThan(15 * LIFETIME);
      expect(Number(await redis.ask("PTTL", key)), key).toBeLessThanOrEqual(20 * LIFETIME);
    }
  });

  test("count and sample no sockets of a node that is dead; its clients' addresses, and those who came to another node, stay", async () => {
    const [a, b] = [openNode(), openNode()];
    for (let number = 1; number <= 8; number++) await a.put(socket(number, number, number === 8));
    await b.put(socket(1, 1));
    await a.put(addressed(2, 9));
    expect((await b.look()).counts).toMatchObject({ seeders: 1, leechers: 8 });
    lost.dead.add(a.id);
    const look = await b.look(20, 20);
    expect(look.counts).toMatchObject({ seeders: 0, leechers: 2 });
    expect(look.sockets.map(({ key }) => key)).toEqual(["1"]);
    expect(look.addresses).toHaveLength(1);
  });

  test("skip members of a node that does not listen now, however many there are, and keep them", async () => {
    const [a, b] = [openNode(), openNode()];
    for (let number = 1; number <= 60; number++) await a.put(socket(number, number % 10));
    for (let number = 1; number <= 3; number++) await b.put(socket(number, 9));
    lost.missed.add(a.id);
    expect((await b.look(2, 0, testMemberKey("1"))).sockets.map(({ key }) => key).sort()).toEqual(["2", "3"]);
    lost.missed.clear();
    expect((await b.look(100)).sockets).toHaveLength(63);
  });

  test("forget the many sockets of a dead node bit by bit, and sample none of them meanwhile", async () => {
    const [a, b] = [openNode(), openNode()];
    await Promise.all(Array.from({ length: 150 }, (_, at) => a.put(socket(at, at % 10))));
    await b.put(socket(1));
    lost.dead.add(a.id);
    const left: unknown[] = [];
    for (let time = 0; time < 3; time++) {
      const look = await b.look(1, 0, testMemberKey("other"));
      expect(look).toMatchObject({ sockets: [{ key: "1" }], isStale: time < 2 });
      left.push(await redis.ask("HLEN", `tabswarm:{${SWARM}}:m`));
    }
    expect(left).toEqual([87, 23, 1]);
    expect(await b.look()).toMatchObject({ counts: { leechers: 1 }, others: [] });
  });

  test("trim the many members whose time is up bit by bit", async () => {
    const [a, b] = [openNode(), openNode()];
    await Promise.all(Array.from({ length: 150 }, (_, at) => a.put(socket(at, at % 10), 300)));
    await b.put(socket(1, 1));
    await expect.poll(async () => (await b.look()).counts.leechers).toBe(1);
  });

  test("renew entries of sockets together, and say which of them are gone", async () => {
    const { id, swarms, put } = openNode();
    const keys = [1, 2, 3].map((number) => testMemberKey(String(number)));
    const endOf = async (key: MemberKey) =>
      Number(await redis.ask("ZSCORE", `tabswarm:{${SWARM}}:x`, remoteKey(id, key)));
    await put(socket(1));
    await put(socket(2));
    const before = await Promise.all(keys.map(endOf));
    expect(await swarms.renew(SWARM, keys, 3 * LIFETIME)).toEqual(["3"]);
    const after = await Promise.all(keys.map(endOf));
    expect(after.map((end, at) => end - (before[at] ?? 0) >= 2 * LIFETIME)).toEqual([true, true, false]);
    for (const name of ["x", "m", "p", "1", "o"])
      expect(Number(await redis.ask("PTTL", `tabswarm:{${SWARM}}:${name}`))).toBeGreaterThan(3 * LIFETIME);
    await redis.ask("FLUSHALL");
    expect(await swarms.renew(SWARM, keys, LIFETIME)).toEqual(keys);
    expect(await redis.ask("KEYS", `*${SWARM}*`)).toEqual([]);
  });

  test.each(seeds(process.env["SEED"], 1, 2, 3))(
    "count as one store in memory does, whatever nodes do (seed %i)",
    async (seed) => {
      const nodes = [openNode(), openNode()] as const;
      const model = new MemorySwarmStore();
      const random = seededRandom(seed);
      for (let step = 0; step < 400; step++) {
        const at = random.below(2);
        const node = nodes[at] ?? nodes[0];
        const number = random.below(4);
        const isSocket = random.below(2) === 0;
        const seeding = random.below(2) === 0;
        const member = isSocket
          ? socket(number, random.below(4), seeding)
          : addressed(number, random.below(4), seeding);
        const modelKey = isSocket ? testMemberKey(`${at}/${member.key}`) : member.key;
        if (random.below(4) === 0) {
          await node.remove(member.key);
          model.remove(SWARM, modelKey);
        } else {
          const hasCompleted = seeding && random.below(2) === 0;
          const { wasSeeding } = await node.put(member, LIFETIME, hasCompleted);
          const modelWasSeeding = model.put(SWARM, { ...member, key: modelKey });
          if (hasCompleted && !modelWasSeeding) model.countCompletion(SWARM);
          expect(wasSeeding).toBe(modelWasSeeding);
        }
        const look = await node.look(20, 20, member.key, seeding);
        expect(look.counts).toEqual(model.counts(SWARM));
        expect(look.sockets.length).toBe(model.sampleSockets(SWARM, 20, modelKey, random).length);
        const query = { count: 20, requester: { key: modelKey, seeding } };
        const known = model
          .sampleAddresses(SWARM, query, random)
          .map(({ key, peerId }) => `${key} ${peerId}`);
        expect(look.addresses.map(({ key, peerId }) => `${key} ${peerId}`).sort()).toEqual(known.sort());
      }
    },
  );
});
