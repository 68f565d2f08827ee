import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announceUrl } from "#shared/announce/http.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import { encodeUdpRequest, parseUdpReply, type UdpReply } from "#shared/announce/udp.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import {
  type AccountTracker,
  ApiClient,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";
import { torrentFile } from "../../catalog/catalog.test-support.ts";
import { testAddressAnnounce, testAnnounce } from "../../core/tracker.test-support.ts";
import { TestClient } from "../../transport/transport.test-support.ts";

describe.skipIf(isMissing(findRedis(), NO_REDIS))(
  "two nodes, one of them 20 s fast, when Redis fails",
  () => {
    let redis: TestRedis;
    let a: AccountTracker;
    let b: AccountTracker;
    let browser: ApiClient;
    let key: string;
    const cleanUps: (() => void | Promise<void>)[] = [];
    const atEnd = (cleanUp: () => void | Promise<void>) => void cleanUps.push(cleanUp);
    const unheard: unknown[] = [];
    const hear = (error: unknown) => void unheard.push(error);

    beforeAll(async () => {
      process.on("unhandledRejection", hear);
      redis = await startRedis();
      atEnd(() => redis.close());
      a = await openAccountTracker(atEnd, { redisUrl: redis.url });
      const { now } = Date;
      Date.now = () => now() + 20_000; // A node takes its clock for connection ids when it starts.
      b = await openAccountTracker(atEnd, { redisUrl: redis.url }).finally(() => {
        Date.now = now;
      });
      browser = await register(a, "anna");
      key = (await browser.post("/api/keys", { name: "client" })).body.key;
    });
    afterAll(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
      process.off("unhandledRejection", hear);
    });

    async function open(node: AccountTracker): Promise<TestClient> {
      const client = new TestClient(`ws://127.0.0.1:${node.port}/announce/${key}`, {});
      atEnd(() => client.socket.terminate());
      await once(client.socket, "open");
      return client;
    }

    async function announceHttp(node: AccountTracker, peer: number): Promise<unknown> {
      const request = testAddressAnnounce(peer, { port: 7_000 + peer });
      const response = await fetch(
        announceUrl(`${node.url}/announce/${key}` as TrackerUrl, request, undefined),
      );
      return parseAddressReply(new Uint8Array(await response.arrayBuffer()));
    }

    async function askUdp(node: AccountTracker, packet: Uint8Array): Promise<UdpReply> {
      const socket = createSocket("udp4");
      try {
        socket.send(packet, node.port, "127.0.0.1");
        const [answer] = await once(socket, "message");
        return parseUdpReply(new Uint8Array(answer), 4);
      } finally {
        socket.close();
      }
    }

    async function connect(node: AccountTracker): Promise<bigint> {
      const reply = await askUdp(node, encodeUdpRequest({ type: "connect", transactionId: 1 }));
      return reply.type === "connectReply" ? reply.connectionId : expect.fail(reply.type);
    }

    const announceUdp = (node: AccountTracker, connectionId: bigint, peer: number): Promise<UdpReply> =>
      askUdp(
        node,
        encodeUdpRequest({
          ...{ type: "announce", transactionId: 2, connectionId, urlData: `/announce/${key}` },
          announce: testAddressAnnounce(peer, { port: 8_000 + peer }),
        }),
      );

    test("a client that connects to one over UDP may announce to the other, and finds the peers of both", async () => {
      const [fromA, fromB] = [await connect(a), await connect(b)];
      expect(await announceUdp(b, fromA, 1)).toMatchObject({ type: "announceReply", leechers: 1 });
      expect(await announceUdp(a, fromB, 2)).toMatchObject({ type: "announceReply", leechers: 2 });
    });

    /** Whether what a node was asked for is refused for now. */
    async function refusals(node: AccountTracker): Promise<readonly unknown[]> {
      const program = new ApiClient(node);
      program.headers.authorization = `Bearer ${key}`;
      const torrent = Buffer.from(torrentFile()).toString("base64");
      const told = [
        await new ApiClient(node).post("/api/session", { name: "anna", password: PASSWORD }),
        await program.post("/api/torrents", { torrent }),
      ];
      return told.map(({ status }) => status);
    }

    const metric = async (node: AccountTracker, name: string) =>
      new RegExp(`^${name} (\\d+)$`, "m").exec((await new ApiClient(node).get("/metrics")).body)?.[1];

    test("each node's metrics tell of its own sockets, and of the nodes there are", async () => {
      const client = await open(a);
      for (const [node, sockets] of [
        [a, "1"],
        [b, "0"],
      ] as const) {
        await expect.poll(() => metric(node, "tabswarm_nodes")).toBe("2");
        expect(await metric(node, "tabswarm_sockets")).toBe(sockets);
      }
      client.socket.terminate();
    });

    test("announces on their way when Redis hangs are answered over every transport, and what needs Redis is refused", async () => {
      const connectionId = await connect(a);
      const [alice, bob] = [await open(a), await open(b)];
      await alice.announce(testAnnounce(3));
      await bob.announce(testAnnounce(4));
      redis.stop();
      void bob.announce(testAnnounce(4, { freeSlots: 1 }));
      bob.socket.terminate(); // It leaves while its announce is on its way.
      const answers = await Promise.all([
        alice.announce(testAnnounce(3, { freeSlots: 1 })),
        announceHttp(a, 5),
        announceUdp(a, connectionId, 6),
      ]);
      const warning = expect.stringContaining("cannot reach");
      expect(answers).toMatchObject([
        { type: "announceReply", warning },
        { type: "addressReply", warning },
        { type: "announceReply" },
      ]);
      expect(await refusals(a)).toEqual([503, 503]);
      expect(await metric(a, "tabswarm_redis_up")).toBe("0");
      expect((await new ApiClient(a).get("/readyz")).status).toBe(200);
      redis.goOn();
      await expect.poll(() => metric(a, "tabswarm_redis_up")).toBe("1");
      await expect.poll(() => metric(b, "tabswarm_redis_up")).toBe("1");
    });

    test("connections that break over and over in mid-announce leave no announce without an answer", async () => {
      const client = await open(a);
      for (let time = 0; time < 5; time++) {
        const told = [1, 2, 3].map((free) => client.announce(testAnnounce(7, { freeSlots: free - 1 })));
        await redis.ask("CLIENT", "KILL", "TYPE", "normal");
        for (const reply of await Promise.all(told)) expect(reply).toMatchObject({ type: "announceReply" });
      }
      await expect.poll(() => metric(a, "tabswarm_redis_up")).toBe("1");
    });

    test("a Redis that is full or gives no rights any more is as good as away", async () => {
      const client = await open(a);
      const warning = expect.stringContaining("cannot reach");
      await redis.ask("CONFIG", "SET", "maxmemory", "1");
      expect(await client.announce(testAnnounce(8))).toMatchObject({ type: "announceReply", warning });
      expect(await announceHttp(b, 8)).toMatchObject({ type: "addressReply", warning });
      expect((await refusals(b))[1]).toBe(503);
      await redis.ask("CONFIG", "SET", "maxmemory", "0");
      await redis.ask("ACL", "SETUSER", "default", "-evalsha", "-eval", "-spublish");
      expect(await client.announce(testAnnounce(8, { freeSlots: 1 }))).toMatchObject({ warning });
      await redis.ask("ACL", "SETUSER", "default", "+@all");
      await expect
        .poll(() => client.announce(testAnnounce(8, { freeSlots: 0 })))
        .toMatchObject({ warning: undefined });
    });

    test("no error of all that went unheard", () => {
      expect(unheard).toEqual([]);
    });
  },
);
