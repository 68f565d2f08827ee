import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, openSwallowing, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import { StoreUnavailable } from "../../core/record-store.ts";
import { RedisLink } from "./redis-link.ts";
import { Script } from "./script.ts";

describe.skipIf(isMissing(findRedis(), NO_REDIS))("a link to Redis", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  /** A link, and the events so far. */
  async function open() {
    const events: string[] = [];
    const link = await RedisLink.open(redis.url, {
      up: () => events.push("up"),
      down: () => events.push("down"),
    });
    return { link, events };
  }

  test("fails at once while Redis hangs, and works again when it goes on", async () => {
    const { link, events } = await open();
    await link.send(["SET", "a", "1"]);
    redis.stop();
    try {
      await expect(link.send(["GET", "a"])).rejects.toBeInstanceOf(StoreUnavailable);
      expect([events, link.isUp]).toEqual([["up", "down"], false]);
      await expect(link.send(["GET", "a"])).rejects.toBeInstanceOf(StoreUnavailable);
    } finally {
      redis.goOn();
    }
    await expect.poll(() => events).toEqual(["up", "down", "up"]);
    expect(await link.send(["GET", "a"])).toBe("1");
    link.close();
  });

  test("comes back after its connection was killed, or Redis restarted", async () => {
    const { link, events } = await open();
    await redis.ask("CLIENT", "KILL", "TYPE", "normal");
    await expect.poll(() => events).toEqual(["up", "down", "up"]);
    await redis.restart();
    await expect.poll(() => events).toEqual(["up", "down", "up", "down", "up"]);
    expect(await link.send(["GET", "a"])).toBe(null);
    link.close();
  });

  test("notices a connection that swallows everything", async () => {
    const through = await openSwallowing(redis.url);
    const link = await RedisLink.open(through.url);
    through.swallow(true);
    await expect(link.send(["PING"])).rejects.toBeInstanceOf(StoreUnavailable);
    through.swallow(false);
    await expect.poll(() => link.isUp).toBe(true);
    link.close();
    through.close();
  });

  test("says why the first connection cannot be made", async () => {
    await expect(RedisLink.open("redis://127.0.0.1:1")).rejects.toThrow("ECONNREFUSED");
  });

  test("runs a script that Redis has forgotten", async () => {
    const { link } = await open();
    const script = new Script("return {KEYS[1], ARGV[1]}");
    expect(await script.run(link, ["key"], ["word"])).toEqual(["key", "word"]);
    await link.send(["SCRIPT", "FLUSH"]);
    expect(await script.run(link, ["key"], ["word"])).toEqual(["key", "word"]);
    link.close();
  });

  test("passes on the errors of Redis, except those that say: not now", async () => {
    const { link } = await open();
    await link.send(["SET", "text", "a"]);
    await expect(link.send(["INCR", "text"])).rejects.not.toBeInstanceOf(StoreUnavailable);
    await link.send(["CONFIG", "SET", "maxmemory", "1"]);
    await expect(link.send(["SET", "text", "b"])).rejects.toBeInstanceOf(StoreUnavailable);
    await link.send(["CONFIG", "SET", "maxmemory", "0"]);
    link.close();
  });

  test("carries bytes", async () => {
    const { link } = await open();
    const bytes = Buffer.from([0, 255, 13, 10, 200]);
    await link.send(["SET", "bytes", bytes]);
    expect(await link.sendForBytes(["GET", "bytes"])).toEqual(bytes);
    link.close();
  });
});
