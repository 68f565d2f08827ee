import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announceUrl } from "#shared/announce/http.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";
import { testAddressAnnounce, testAnnounce, testInfoHash } from "../../core/tracker.test-support.ts";
import { FAILED_LOGINS_PER_NAME } from "../../limits/attempts.ts";
import { closing, TestClient } from "../../transport/transport.test-support.ts";

describe.skipIf(isMissing(findRedis(), NO_REDIS))("accounts at two nodes", () => {
  let redis: TestRedis;
  let a: AccountTracker;
  let b: AccountTracker;
  const cleanUps: (() => void | Promise<void>)[] = [];
  const atEnd = (cleanUp: () => void | Promise<void>) => void cleanUps.push(cleanUp);
  beforeAll(async () => {
    redis = await startRedis();
    atEnd(() => redis.close());
    a = await openAccountTracker(atEnd, { redisUrl: redis.url });
    b = await openAccountTracker(atEnd, { redisUrl: redis.url });
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  let number = 0;
  /** Somebody who registered at node a, and has a key. */
  async function person() {
    const name = `person${++number}`;
    const browser = await register(a, name);
    const { id, key } = (await browser.post("/api/keys", { name: "client" })).body;
    return { name, browser, id, key };
  }

  async function open(node: AccountTracker, path: string, cookie?: string): Promise<TestClient> {
    const client = new TestClient(
      `ws://127.0.0.1:${node.port}${path}`,
      cookie === undefined ? {} : { cookie },
    );
    atEnd(() => client.socket.terminate());
    await once(client.socket, "open");
    return client;
  }

  /** Somebody's browser at the other node, which has a cookie of its own there. */
  async function browserAtB(name: string): Promise<ApiClient> {
    const browser = new ApiClient(b);
    expect((await browser.post("/api/session", { name, password: PASSWORD })).status).toBe(200);
    return browser;
  }

  test("a node that has just started is known to the other at once", async () => {
    await expect.poll(async () => (await new ApiClient(a).get("/config.json")).body.nodes).toHaveLength(2);
  });

  test("a key that is revoked at one is refused at the other at once, and its socket there is closed", async () => {
    const { browser, id, key } = await person();
    const client = await open(b, `/announce/${key}`);
    expect(await client.announce(testAnnounce(1))).toMatchObject({ type: "announceReply" });
    const closed = closing(client);
    await browser.delete(`/api/keys/${id}`);
    expect(await closed).toEqual([1008, "the key was revoked"]);
    const late = await open(b, `/announce/${key}`);
    expect(await late.announce(testAnnounce(1))).toMatchObject({ type: "failure", code: "keyRevoked" });
  });

  test("what was announced over HTTP at one with a key that is revoked at the other leaves the swarm", async () => {
    const [{ browser, id, key }, watcher] = [await person(), await person()];
    const leechers = async (node: AccountTracker, by: string, port: number) => {
      const announce = testAddressAnnounce(port, { port, infoHash: testInfoHash(5) });
      const answer = await fetch(
        announceUrl(`${node.url}/announce/${by}` as TrackerUrl, announce, undefined),
      );
      return parseAddressReply(new Uint8Array(await answer.arrayBuffer()));
    };
    expect(await leechers(b, key, 1)).toMatchObject({ leechers: 1 });
    expect(await leechers(a, watcher.key, 2)).toMatchObject({ leechers: 2 });
    await browser.delete(`/api/keys/${id}`);
    await expect.poll(() => leechers(a, watcher.key, 2)).toMatchObject({ leechers: 1 });
    expect(await leechers(b, watcher.key, 2)).toMatchObject({ leechers: 1 });
  });

  test("a session that ends at one ends at the other", async () => {
    const { browser } = await person();
    const { cookie } = browser;
    const client = await open(b, "/", cookie);
    expect(await client.announce(testAnnounce(2))).toMatchObject({ type: "announceReply" });
    const closed = closing(client);
    await browser.delete("/api/session");
    expect(await closed).toEqual([1008, "you have logged out"]);
    const replayed = new ApiClient(b);
    replayed.cookie = cookie;
    expect((await replayed.get("/api/me")).status).toBe(401);
  });

  test("a password that is changed at one ends the sessions at the other, and no keys", async () => {
    const { name, browser, key } = await person();
    const there = await browserAtB(name);
    const [page, program] = [await open(b, "/", there.cookie), await open(b, `/announce/${key}`)];
    const closed = closing(page);
    const newPassword = "battery staple";
    expect((await browser.patch("/api/me", { password: PASSWORD, newPassword })).status).toBe(200);
    expect(await closed).toEqual([1008, "your password was changed: log in again"]);
    expect(await program.announce(testAnnounce(3))).toMatchObject({ type: "announceReply" });
    expect(codeOf(await there.get("/api/me"))).toEqual([401, expect.any(String)]);
  });

  test("the one-time code of one makes an administrator at the other, and then nobody at either", async () => {
    await register(a, "root", b.code);
    for (const node of [a, b]) {
      const late = new ApiClient(node).post("/api/accounts", {
        name: "late",
        password: PASSWORD,
        adminCode: node.code,
      });
      expect(codeOf(await late)).toEqual([403, "adminCodeWrong"]);
    }
  });

  test("from where its owner has logged in at one, an account can be entered at all, whoever fails elsewhere in its name", async () => {
    const login = { name: "owner", password: PASSWORD };
    const from = (node: AccountTracker, address: string) => new ApiClient(node, address);
    expect((await from(a, "203.0.113.1").post("/api/accounts", login)).status).toBe(201);
    expect((await from(a, "203.0.113.2").post("/api/session", login)).status).toBe(200);
    const { name: limit, points, seconds } = FAILED_LOGINS_PER_NAME;
    await redis.ask("SET", `tabswarm:limit:${limit}:owner`, String(points), "EX", String(seconds));
    const started = await openAccountTracker(atEnd, { redisUrl: redis.url });
    const answers = [b, started].flatMap((node) =>
      ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map(async (address) => {
        return (await from(node, address).post("/api/session", login)).status;
      }),
    );
    expect(await Promise.all(answers)).toEqual([200, 200, 429, 200, 200, 429]);
  });

  test("somebody who is banned at one is locked out at the other", async () => {
    const root = new ApiClient(a);
    await root.post("/api/session", { name: "root", password: PASSWORD });
    const { name, key } = await person();
    const client = await open(b, `/announce/${key}`);
    expect(await client.announce(testAnnounce(4))).toMatchObject({ type: "announceReply" });
    const closed = closing(client);
    expect((await root.patch(`/api/accounts/${name}`, { isBanned: true })).status).toBe(200);
    expect(await closed).toEqual([1008, "your account was banned or removed"]);
  });

  test("while Redis does not answer, newcomers are told to come back, and the metrics count it", async () => {
    const { key } = await person();
    redis.stop();
    const late = await open(a, `/announce/${key}`);
    expect(await late.announce(testAnnounce(1))).toMatchObject({
      reason: expect.stringContaining("database is unavailable"),
      retryIn: 60,
    });
    const metrics = await (await fetch(`${a.url}/metrics`)).text();
    expect(Number(/^tabswarm_store_errors_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    redis.goOn();
  });
});
