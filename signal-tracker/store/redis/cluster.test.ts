import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AnnounceReply } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { parseApiPage, parseApiPeer, parseApiTorrent } from "#shared/announce/parse-tracker-api.ts";
import { encodeAnnounce, encodeAnswer } from "#shared/announce/websocket.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import { torrentFile } from "../../catalog/catalog.test-support.ts";
import {
  testAddressAnnounce,
  testAnnounce,
  testInfoHash,
  testOfferId,
  testOffers,
  testPeerId,
} from "../../core/tracker.test-support.ts";
import { LOOK_KEPT_MILLIS } from "../../limits/nodes.ts";
import { type RunningTracker, startTracker, type TrackerOptions } from "../../main.ts";
import { ask, openClient, type TestClient } from "../../transport/transport.test-support.ts";

describe.skipIf(isMissing(findRedis(), NO_REDIS))("two nodes of one tracker", () => {
  let redis: TestRedis;
  let a: RunningTracker;
  let b: RunningTracker;
  const open = (options: Partial<TrackerOptions> = {}) =>
    startTracker({
      host: "127.0.0.1",
      port: 0,
      stun: false,
      redisUrl: redis.url,
      log: pino({ level: "silent" }),
      ...options,
    });
  beforeAll(async () => {
    redis = await startRedis();
    a = await open();
    b = await open();
  });
  afterAll(async () => {
    await Promise.all([a.close(), b.close()]);
    await redis.close();
  });
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  // Each test has a swarm of its own. Digit 9 is for draining clients.
  let digit = -1;
  let swarm = testInfoHash(0);
  beforeEach(() => {
    digit = (digit + 1) % 9;
    swarm = testInfoHash(digit);
  });

  const clientOf = ({ port }: RunningTracker): Promise<TestClient> =>
    openClient({ url: `ws://127.0.0.1:${port}` }, (cleanUp) => cleanUps.push(cleanUp));

  /** Seeders and leechers of the swarm, as a node tells. */
  async function scraped({ port }: RunningTracker): Promise<readonly number[]> {
    const hash = swarm.replace(/../g, "%$&");
    const { body } = await ask(`http://127.0.0.1:${port}/scrape?info_hash=${hash}`);
    const text = body.toString("latin1");
    return ["complete", "incomplete"].map((name) => Number(new RegExp(`${name}i(\\d+)e`).exec(text)?.[1]));
  }

  /** Where people reach the nodes that a node knows, itself among them. */
  async function nodesAt({ port }: RunningTracker): Promise<readonly string[]> {
    return JSON.parse(String((await ask(`http://127.0.0.1:${port}/config.json`)).body)).nodes;
  }

  /** The text of an answer to offer 7. */
  const answerTo = (offerer: number, answerer: number) =>
    encodeAnswer({
      infoHash: swarm,
      peerId: testPeerId(answerer),
      toPeerId: testPeerId(offerer),
      offerId: testOfferId(7),
      sdp: "v=1",
    });

  async function announced(client: TestClient, peer: number, offers: number[] = []): Promise<AnnounceReply> {
    client.socket.send(
      encodeAnnounce(testAnnounce(peer, { infoHash: swarm, offers: testOffers(...offers) })),
    );
    for (;;) {
      const message = await client.next();
      if (message.type === "announceReply") return message;
    }
  }

  test("introduce their clients to each other", async () => {
    const [alice, bob] = [await clientOf(a), await clientOf(b)];
    expect(await announced(alice, 1)).toMatchObject({ leechers: 1, warning: undefined });
    expect(await announced(bob, 2, [7])).toMatchObject({ leechers: 2 });
    expect(await alice.next()).toMatchObject({
      type: "offer",
      peerId: testPeerId(2),
      offerId: testOfferId(7),
      sdp: "offer 7",
    });
    alice.socket.send(answerTo(2, 1));
    expect(await bob.next()).toMatchObject({ type: "answer", peerId: testPeerId(1), sdp: "v=1" });
    // Alice was alone when she came, and her node has been told since.
    expect(await announced(alice, 1, [8])).toMatchObject({ leechers: 2 });
    expect(await bob.next()).toMatchObject({ type: "offer", offerId: testOfferId(8) });
  });

  test("list the peers of both, those with free upload slots first", async () => {
    const url = ({ port }: RunningTracker): string => `http://127.0.0.1:${port}`;
    const published = await fetch(`${url(a)}/api/torrents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ torrent: Buffer.from(torrentFile()).toString("base64") }),
    });
    const { infoHash } = parseApiTorrent(await published.json());
    const request = testAddressAnnounce(1, { infoHash, port: 7001, freeSlots: 0 });
    await fetch(announceUrl(`${url(a)}/announce` as TrackerUrl, request, undefined));
    const bob = await clientOf(b);
    bob.socket.send(encodeAnnounce(testAnnounce(2, { infoHash, freeSlots: 1 })));
    await bob.next();
    const listed = async (node: RunningTracker) => {
      const answer = await fetch(`${url(node)}/api/torrents/${infoHash}/peers?idle=1`);
      return parseApiPage(await answer.json(), parseApiPeer).items;
    };
    for (const node of [a, b])
      await expect
        .poll(() => listed(node))
        .toMatchObject([
          { kind: "browser", hasFreeSlot: true },
          { kind: "desktop", hasFreeSlot: false, address: "127.0.0.1:7001" },
        ]);
  });

  test("take an answer once, and only from the client that got the offer", async () => {
    const [alice, bob, mallory] = [await clientOf(a), await clientOf(b), await clientOf(a)];
    await announced(alice, 1);
    await announced(bob, 2, [7]);
    expect(await alice.next()).toMatchObject({ type: "offer" });
    await announced(mallory, 3);
    mallory.socket.send(answerTo(2, 1));
    await mallory.drain();
    alice.socket.send(answerTo(2, 1));
    alice.socket.send(answerTo(2, 1));
    await alice.drain();
    await expect.poll(() => bob.drain()).toMatchObject([{ type: "answer", peerId: testPeerId(1) }]);
    expect(await bob.drain()).toEqual([]);
  });

  test("forget a client whose socket closes, on both", async () => {
    const [alice, bob] = [await clientOf(a), await clientOf(b)];
    await announced(alice, 1);
    await announced(bob, 2);
    await expect.poll(() => scraped(a)).toEqual([0, 2]);
    bob.socket.close();
    await expect.poll(() => scraped(a)).toEqual([0, 1]);
    alice.socket.send(encodeAnnounce(testAnnounce(1, { infoHash: swarm, event: "stopped" })));
    await expect.poll(() => scraped(b)).toEqual([0, 0]);
  });

  test("tell desktops of each other, whatever node they ask", async () => {
    const hash = swarm.replace(/../g, "%$&");
    const announce = async ({ port }: RunningTracker, peer: number, fields: string) => {
      const url = `http://127.0.0.1:${port}/announce?info_hash=${hash}&peer_id=${"a".repeat(19)}${peer}&${fields}`;
      return (await ask(url)).body.toString("latin1");
    };
    await announce(a, 1, "port=6881&left=0&event=completed");
    expect(await announce(b, 2, "port=6882&left=5")).toContain("6:\x7f\x00\x00\x01\x1a\xe1");
    await expect.poll(() => announce(a, 1, "port=6881&left=0")).toContain("6:\x7f\x00\x00\x01\x1a\xe2");
    expect(await scraped(b)).toEqual([1, 1]);
    await announce(b, 1, "port=6881&left=0&event=stopped");
    await announce(a, 2, "port=6882&left=5&event=stopped");
  });

  test("name each other in their configuration, for links and for clients that move on", async () => {
    const urls = [a, b].map(({ port }) => `http://127.0.0.1:${port}/`);
    const config = async ({ port }: RunningTracker) =>
      JSON.parse(String((await ask(`http://127.0.0.1:${port}/config.json`)).body));
    await expect.poll(async () => (await config(a)).nodes).toEqual(urls);
    await expect.poll(async () => (await config(b)).nodes).toHaveLength(2); // A third one has just left.
    expect(await config(b)).toMatchObject({
      nodes: urls.toReversed(),
      trackerId: (await config(a)).trackerId,
      trackers: [
        `ws://127.0.0.1:${b.port}/`,
        `${urls[1]}announce`,
        `ws://127.0.0.1:${a.port}/`,
        `${urls[0]}announce`,
      ],
    });
  });

  test("show one catalog, and in it the peers of all nodes", async () => {
    const info = `d6:lengthi5e4:name10:shared.txt12:piece lengthi16384e6:pieces20:${"x".repeat(20)}e`;
    const body = JSON.stringify({ torrent: Buffer.from(`d4:info${info}e`).toString("base64") });
    const api = (node: RunningTracker) => `http://127.0.0.1:${node.port}/api/torrents`;
    const headers = { "content-type": "application/json" };
    expect((await fetch(api(a), { method: "POST", headers, body })).status).toBe(201);
    swarm = createHash("sha1").update(info).digest("hex") as InfoHash;
    const bob = await clientOf(b);
    bob.socket.send(encodeAnnounce(testAnnounce(2, { infoHash: swarm, left: 0 })));
    const listed = async (node: RunningTracker) => (await (await fetch(api(node))).json()) as object;
    for (const node of [a, b])
      await expect
        .poll(() => listed(node))
        .toMatchObject({
          items: expect.arrayContaining([expect.objectContaining({ name: "shared.txt", seeders: 1 })]),
        });
  });

  test("go on alone while Redis hangs, with a warning, and find each other's clients again after it", async () => {
    const [alice, anna, bob] = [await clientOf(a), await clientOf(a), await clientOf(b)];
    await announced(alice, 1);
    await announced(anna, 2);
    await announced(bob, 3);
    await expect.poll(() => scraped(a)).toEqual([0, 3]);
    redis.stop();
    try {
      // A node notices as soon as it wants something of Redis, and with its next echo at the latest.
      await expect
        .poll(() => announced(alice, 1, [7]))
        .toMatchObject({ leechers: 2, warning: expect.stringContaining("cannot reach") });
      expect(await anna.next()).toMatchObject({ type: "offer", peerId: testPeerId(1) });
      await expect.poll(() => announced(bob, 3)).toMatchObject({ leechers: 1, warning: expect.any(String) });
    } finally {
      redis.goOn();
    }
    await expect
      .poll(async () => await announced(alice, 1))
      .toMatchObject({ leechers: 3, warning: undefined });
  });

  test("put their clients back into a Redis that was restarted empty, although nobody announces", async () => {
    const [alice, bob] = [await clientOf(a), await clientOf(b)];
    await announced(alice, 1);
    await announced(bob, 2);
    await redis.restart();
    await expect.poll(() => scraped(b)).toEqual([0, 2]);
    await expect.poll(() => scraped(a)).toEqual([0, 2]);
  });

  test("relay offers again after their subscriptions were killed", async () => {
    const [alice, bob] = [await clientOf(a), await clientOf(b)];
    await announced(alice, 1);
    let offer = 20;
    const announce = () => announced(bob, 2, [++offer]);
    // Until an offer has met a node that does not listen: the other one then leaves its members out.
    await expect
      .poll(async () => {
        await redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
        await announce();
        return nodesAt(b);
      })
      .toHaveLength(1);
    await alice.drain();
    await announce(); // What it sees without them it would keep for long.
    await expect.poll(() => nodesAt(b)).toHaveLength(2);
    await expect
      .poll(
        async () => {
          await announce();
          return (await alice.drain()).length;
        },
        { timeout: LOOK_KEPT_MILLIS / 3 },
      )
      .toBeGreaterThan(0);
    // And the other way round: its node lost its subscription, too.
    await expect.poll(() => nodesAt(a)).toHaveLength(2);
    await expect
      .poll(async () => {
        await announced(alice, 1, [++offer]);
        return (await bob.drain()).length;
      })
      .toBeGreaterThan(0);
  });

  const scripts = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await redis.ask("INFO", "commandstats")))?.[1]);

  test("ask Redis about a swarm that both are in only when somebody has come, changed or left", async () => {
    const [alice, anna, bob] = [await clientOf(a), await clientOf(a), await clientOf(b)];
    await announced(alice, 1);
    await announced(bob, 2);
    await expect.poll(() => announced(alice, 1)).toMatchObject({ leechers: 2 });
    const before = await scripts();
    for (let time = 0; time < 50; time++) {
      expect(await announced(alice, 1, [time])).toMatchObject({ leechers: 2 });
      expect(await bob.next()).toMatchObject({ type: "offer", offerId: testOfferId(time) });
    }
    expect((await scripts()) - before).toBeLessThan(10); // Beats, and no more.
    await announced(anna, 3);
    await expect.poll(() => announced(bob, 2)).toMatchObject({ leechers: 3 });
    anna.socket.close();
    await expect.poll(() => announced(bob, 2)).toMatchObject({ leechers: 2 });
  });

  test("ask Redis nothing about a swarm that only one of them is in", async () => {
    const [alice, anna] = [await clientOf(a), await clientOf(a)];
    await announced(alice, 1);
    await announced(anna, 2);
    const before = await scripts();
    for (let time = 0; time < 50; time++) await announced(anna, 2, [time]);
    expect((await scripts()) - before).toBeLessThan(10); // Beats, and no more.
  });

  // These start a third node, of which the others may know for a while.
  test("learn that a member has left a swarm which its node forbids", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tabswarm-deny-"));
    cleanUps.push(() => rm(folder, { recursive: true }));
    const denyList = join(folder, "denied");
    await writeFile(denyList, "");
    const strict = await open({ denyList });
    cleanUps.push(() => strict.close());
    await announced(await clientOf(a), 1);
    await announced(await clientOf(strict), 2);
    await expect.poll(() => scraped(a)).toEqual([0, 2]);
    await writeFile(denyList, `${swarm}\n`);
    await expect.poll(() => scraped(a), { timeout: 10_000 }).toEqual([0, 1]);
  }, 20_000);

  test("say once what somebody floods their inboxes with", async () => {
    const lines: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => lines.push(line) });
    const noisy = await open({ log });
    cleanUps.push(() => noisy.close());
    const inboxes = (await redis.ask("PUBSUB", "SHARDCHANNELS")) as string[];
    const [alice, bob] = [await clientOf(a), await clientOf(noisy)];
    await announced(bob, 2);
    for (const inbox of inboxes)
      for (let sent = 0; sent < 50; sent++) await redis.ask("SPUBLISH", inbox, "junk");
    await announced(alice, 1, [7]);
    expect(await bob.next()).toMatchObject({ type: "offer" }); // Its inbox has read the junk before.
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { unreadable: 1, msg: "messages in the inbox of this node cannot be read" },
    ]);
  });
});
