import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import { RateLimits } from "../../accounts/rate-limits.ts";
import type { RateLimit } from "../../limits/attempts.ts";
import { openRedisLimiter } from "./limiter.ts";
import { RedisLink } from "./redis-link.ts";

const LIMIT: RateLimit = { name: "test", points: 3, seconds: 60 };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(() => "done").catch((error) => error.code ?? error.name);

describe.skipIf(isMissing(findRedis(), NO_REDIS))("two nodes", () => {
  let redis: TestRedis;
  const links: RedisLink[] = [];
  const openNode = async (): Promise<RateLimits> => {
    const link = await RedisLink.open(redis.url);
    links.push(link);
    return new RateLimits((options) => openRedisLimiter(link, options));
  };

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const link of links) link.close();
    await redis.close();
  });

  test("count together how often somebody tries, and refuse while Redis is unavailable", async () => {
    const [one, other] = [await openNode(), await openNode()];
    expect(await codeOf(one.require(LIMIT, "anna"))).toBe("done");
    for (const node of [one, other, one]) expect(await codeOf(node.spend(LIMIT, "anna"))).toBe("done");
    expect(await codeOf(other.require(LIMIT, "anna"))).toBe("tooOften");
    expect(await codeOf(other.spend(LIMIT, "anna"))).toBe("tooOften");
    expect(await codeOf(other.spend(LIMIT, "binh"))).toBe("done");
    const seconds = Number(await redis.ask("TTL", "tabswarm:limit:test:anna"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    redis.stop();
    expect(await codeOf(one.spend(LIMIT, "binh"))).toBe("StoreUnavailable");
    expect(await codeOf(one.require(LIMIT, "binh"))).toBe("StoreUnavailable");
    redis.goOn();
  });
});
