import { performance } from "node:perf_hooks";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MAX_CLIENT_MESSAGE_BYTES } from "#shared/announce/websocket.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, openSwallowing, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import type { Ending } from "../../core/ending.ts";
import type { AccountId, KeyId, TokenHash } from "../../core/record-store.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import { testInfoHash, testMemberKey, testOfferId, testPeerId } from "../../core/tracker.test-support.ts";
import {
  type InboxLimits,
  MAX_INBOX_MESSAGES,
  NODE_LIFETIME_MILLIS,
  NODE_MISSED_MILLIS,
  SHARED_LIFETIME_MILLIS,
} from "../../limits/nodes.ts";
import { Inbox } from "./inbox.ts";
import { type InboxMessage, remoteKey } from "./inbox-message.ts";
import { NodeList, newNodeId } from "./node-list.ts";
import { RedisLink } from "./redis-link.ts";

const ENDINGS: readonly Ending[] = [
  { type: "session", session: "0a".repeat(32) as TokenHash },
  { type: "key", account: "0a".repeat(12) as AccountId, key: "0b".repeat(12) as KeyId },
  { type: "sessions", account: "0c".repeat(12) as AccountId, except: "0a".repeat(32) as TokenHash },
  { type: "account", account: "0c".repeat(12) as AccountId },
];

/** How many others there are after a beat, how many are missed, and how many are dead. */
async function beatState(nodes: NodeList): Promise<number[]> {
  await nodes.beat();
  return [nodes.others.length, nodes.missed.size, nodes.dead.size];
}

describe.skipIf(isMissing(findRedis(), NO_REDIS))("nodes", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());
  const cleanUps: (() => void)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
    await redis.ask("FLUSHALL");
  });

  /** A node that beats only when told to. */
  async function openNode(url = "http://192.0.2.1:8000/") {
    const link = await RedisLink.open(redis.url);
    cleanUps.push(() => link.close());
    const happened: string[] = [];
    const nodes = new NodeList(newNodeId(), link, () => ({ url, startedAt: 1, sockets: 2 }), {
      appeared: (id) => happened.push(`appeared ${id}`),
      vanished: (id) => happened.push(`vanished ${id}`),
      wasForgotten: () => happened.push("was forgotten"),
    });
    await nodes.beat();
    return { nodes, link, happened };
  }

  async function openInbox(url = redis.url, limits?: InboxLimits) {
    const { nodes, link } = await openNode();
    const heard: InboxMessage[] = [];
    const gone: InboxMessage[] = [];
    const problems: unknown[] = [];
    let subscriptions = 0;
    const inbox = new Inbox(nodes.id, link, {
      arrived({ messages, unreadable }) {
        heard.push(...messages);
        if (unreadable > 0) problems.push(unreadable);
      },
      unreadable: () => problems.push("unreadable"),
      gone: (_, messages) => gone.push(...messages),
      wasDeaf: (reason) => problems.push(reason),
      hears: () => {
        subscriptions += 1;
      },
    });
    await inbox.open(url, limits);
    cleanUps.push(() => inbox.close());
    return { inbox, id: nodes.id, heard, gone, problems, subscriptions: () => subscriptions };
  }

  test("learn of each other, with their public URLs, and of one that leaves", async () => {
    const a = await openNode("http://192.0.2.1:8000/");
    const b = await openNode("https://b.example.org");
    await a.nodes.beat();
    expect(a.nodes.others).toEqual([
      { id: b.nodes.id, url: "https://b.example.org/", startedAt: 1, sockets: 2 },
    ]);
    expect(b.nodes.others.map(({ id }) => id)).toEqual([a.nodes.id]);
    await b.nodes.leave();
    await a.nodes.beat();
    expect(a.nodes.others).toEqual([]);
    expect(a.happened).toEqual([`appeared ${b.nodes.id}`, `vanished ${b.nodes.id}`]);
    expect([...a.nodes.dead]).toEqual([b.nodes.id]);
  });

  test("count one as dead that has not beaten for a while, by the clock of Redis", async () => {
    const a = await openNode();
    const b = await openNode();
    await redis.ask("ZADD", "tabswarm:{nodes}:names", "1", b.nodes.id);
    await a.nodes.beat();
    expect(a.nodes.isAlive(b.nodes.id)).toBe(false);
    await b.nodes.beat();
    await a.nodes.beat();
    expect(a.nodes.isAlive(b.nodes.id)).toBe(true);
    expect([a.nodes.dead.size, b.happened.at(-1)]).toEqual([0, "was forgotten"]);
  });

  test("notice that Redis has forgotten them", async () => {
    const a = await openNode();
    await redis.ask("FLUSHALL");
    await a.nodes.beat();
    await a.nodes.beat();
    expect(a.happened).toEqual(["was forgotten"]);
  });

  test.each([
    "{",
    "null",
    "[1]",
    '{"url":"javascript:alert(1)","startedAt":1,"sockets":1}',
    '{"url":"http://a/","startedAt":"1","sockets":1}',
    JSON.stringify({ url: `http://a/${"x".repeat(3_000)}`, startedAt: 1, sockets: 1 }),
  ])("leave out a description that cannot be right: %s", async (info) => {
    const a = await openNode();
    const id = newNodeId();
    for (const name of [id, "not an id"]) {
      await redis.ask("ZADD", "tabswarm:{nodes}:names", "9999999999999", name);
      await redis.ask("SET", `tabswarm:{nodes}:node:${name}`, info);
    }
    await a.nodes.beat();
    expect(a.nodes.others).toEqual([]);
  });

  test("send each other offers and answers, many in one message", async () => {
    const [a, b] = [await openInbox(), await openInbox()];
    const relayed = {
      infoHash: testInfoHash(1),
      peerId: testPeerId(1),
      offerId: testOfferId(1),
      sdp: Buffer.from('"é \\u00e9 \\n"') as Uint8Array as SdpJson,
    };
    const member = remoteKey(a.id, testMemberKey("7"));
    const messages: InboxMessage[] = [
      { type: "offer", ...relayed, offerer: member, to: testMemberKey("8") },
      { type: "answer", ...relayed, answerer: member, toPeerId: testPeerId(2) },
      { type: "shared", infoHash: testInfoHash(2) },
      { type: "changed", infoHash: testInfoHash(2), version: 5 },
      { type: "nearby", news: "Tuấn’s phone\n{}" },
      ...ENDINGS.map((ending) => ({ type: "ended", ending }) as const),
    ];
    const before = Number(
      /cmdstat_spublish:calls=(\d+)/.exec(String(await redis.ask("INFO", "commandstats")))?.[1] ?? 0,
    );
    for (const message of messages) a.inbox.send(b.id, message);
    const { sdp } = relayed;
    await expect
      .poll(() => b.heard)
      .toEqual([{ ...messages[0], sdp }, { ...messages[1], sdp }, ...messages.slice(2)]);
    expect(String(await redis.ask("INFO", "commandstats"))).toContain(
      `cmdstat_spublish:calls=${before + 1},`,
    );
  });

  test("leave out what cannot be read of a batch, and all of what is none", async () => {
    const withoutEchoes = { echoMillis: 600_000, silenceMillis: 1_200_000 };
    const [a, b] = [await openInbox(), await openInbox(redis.url, withoutEchoes)];
    const [hash, peer, offer] = [testInfoHash(1), testPeerId(1), testOfferId(1)];
    const offerLine = (sdp: string, length: number | string = sdp.length, sender = "7", to = "8") =>
      `offer ${hash} ${peer} ${offer} ${sender} ${to} ${length}\n${sdp}`;
    const unreadable = [
      offerLine('"sdp"', 5, `${newNodeId()}/7`),
      offerLine('"sdp"', 5, "x"),
      offerLine('"sdp"', 5, "7", "v4 1"),
      offerLine('"sdp"').replace(hash, "1"),
      offerLine("1"),
      offerLine('"s"p"'),
      offerLine(`"${"x".repeat(MAX_CLIENT_MESSAGE_BYTES)}"`),
      offerLine("", -1),
      offerLine("", "five"),
      offerLine('"sdp"').replace("offer", "answer"),
      `changed ${hash} x\n`,
      "shared\n",
      "ended\n",
      "ended key 0a x\n",
      "ended sessions ab\n",
      `ended account ${"a".repeat(65)}\n`,
      "unheard of\n",
      "\n",
    ];
    const publish = (batch: string) => redis.ask("SPUBLISH", `tabswarm:inbox:${b.id}`, batch);
    const none = ["", "\n", "text", "x\necho\n", a.id, `${a.id} echo\n`, `${a.id}\n${"x".repeat(2_000_000)}`];
    for (const batch of none) await publish(batch);
    await publish(`${a.id}\n${unreadable.join("")}${offerLine('"last"')}${offerLine('"cut off"', 1_000)}`);
    await publish(`${a.id}\necho`);
    await publish(`${a.id}\n${"echo\n".repeat(MAX_INBOX_MESSAGES + 5)}`);
    await expect.poll(() => b.heard.length).toBe(MAX_INBOX_MESSAGES + 1);
    const key = { offerer: remoteKey(a.id, testMemberKey("7")), to: testMemberKey("8") };
    expect(b.heard[0]).toEqual({
      type: "offer",
      ...{ infoHash: hash, peerId: peer, offerId: offer, sdp: Buffer.from('"last"') },
      ...key,
    });
    expect(b.problems).toEqual([...none.map(() => "unreadable"), unreadable.length + 1, 1, 1]);
  });

  test("count one that does not listen as gone until it has beaten again, and one that does not beat as dead, until nothing of it is left", async () => {
    let passed = 0;
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + passed);
    cleanUps.push(() => clock.mockRestore());
    const [a, b] = [await openNode(), await openNode()];
    await a.nodes.beat();
    const state = () => beatState(a.nodes);
    a.nodes.miss(b.nodes.id);
    expect(await state()).toEqual([0, 1, 0]);
    passed += NODE_MISSED_MILLIS;
    const left = NODE_LIFETIME_MILLIS - NODE_MISSED_MILLIS - 1_000; // Of a key that was last renewed before we missed it.
    await redis.ask("PEXPIRE", `tabswarm:{nodes}:node:${b.nodes.id}`, String(left));
    expect(await state()).toEqual([0, 1, 0]);
    await b.nodes.beat();
    expect(await state()).toEqual([1, 0, 0]);
    expect(a.happened.length).toBe(3);
    a.nodes.miss(b.nodes.id);
    await b.nodes.leave();
    expect(await state()).toEqual([0, 0, 1]);
    await b.nodes.beat();
    expect(await state()).toEqual([1, 0, 0]);
    await b.nodes.leave();
    expect(await state()).toEqual([0, 0, 1]);
    passed += SHARED_LIFETIME_MILLIS + 1;
    expect(await state()).toEqual([0, 0, 0]);
  });

  test("look at once for one that they took for dead, when they hear of it", async () => {
    const [a, b] = [await openNode(), await openNode()];
    await a.nodes.beat();
    await b.nodes.leave();
    expect(await beatState(a.nodes)).toEqual([0, 0, 1]);
    await b.nodes.beat();
    expect(b.happened).toContain("was forgotten");
    await a.nodes.heardFrom(b.nodes.id);
    expect([a.nodes.others.length, a.nodes.dead.size]).toEqual([1, 0]);
  });

  test("wait for another one when Redis has lost them both", async () => {
    const [a, b] = [await openNode(), await openNode()];
    await a.nodes.beat();
    const state = () => beatState(a.nodes);
    await redis.ask("FLUSHALL");
    expect(await state()).toEqual([0, 1, 0]);
    await b.nodes.beat();
    expect(await state()).toEqual([1, 0, 0]);
  });

  test("learn at once that another one is gone, with what did not reach it", async () => {
    const a = await openInbox();
    const message: InboxMessage = { type: "shared", infoHash: testInfoHash(1) };
    a.inbox.send(newNodeId(), message);
    await expect.poll(() => a.gone).toEqual([message]);
  });

  test("subscribe again after their subscriptions were killed", async () => {
    const [a, b] = [await openInbox(), await openInbox()];
    await redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
    await expect.poll(() => [a.problems.length, b.problems.length]).toEqual([1, 1]);
    await expect.poll(() => [a.subscriptions(), b.subscriptions()]).toEqual([2, 2]);
    await expect
      .poll(() => {
        a.inbox.send(b.id, { type: "shared", infoHash: testInfoHash(1) });
        return b.heard.length;
      })
      .toBeGreaterThan(0);
  });

  test("subscribe again when a subscription has gone silent without an error", async () => {
    const through = await openSwallowing(redis.url);
    const a = await openInbox(through.url, { echoMillis: 50, silenceMillis: 200 });
    await expect.poll(() => a.heard.length).toBeGreaterThan(0);
    through.swallow(true);
    await expect.poll(() => a.problems).toEqual(["the inbox has gone silent"]);
    through.swallow(false);
    const before = a.heard.length;
    await expect.poll(() => a.heard.length).toBeGreaterThan(before);
    through.close();
  });
});
