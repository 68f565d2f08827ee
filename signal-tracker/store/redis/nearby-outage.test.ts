import { once } from "node:events";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { encodeNearby, type NearbyMessage, parseNearbyMessage } from "#shared/announce/nearby.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import { NEARBY_LIMITS } from "../../limits/nearby.ts";
import { type RunningTracker, startTracker } from "../../main.ts";

/** Nothing is seen this late only because nodes repeat themselves. */
const AT_ONCE = { timeout: NEARBY_LIMITS.retellMillis / 2, interval: 50 };

describe.skipIf(isMissing(findRedis(), NO_REDIS))("people nearby at two nodes", () => {
  let redis: TestRedis;
  let a: RunningTracker;
  let b: RunningTracker;
  const open = (): Promise<RunningTracker> =>
    startTracker({
      ...{ host: "127.0.0.1", port: 0, stun: false, redisUrl: redis.url },
      log: pino({ level: "silent" }),
    });
  beforeAll(async () => {
    redis = await startRedis();
    [a, b] = [await open(), await open()];
  });
  afterAll(async () => {
    await Promise.all([a.close(), b.close()]);
    await redis.close();
  });
  const sockets: WebSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });

  /** Somebody in the room of this machine's network, and the names of those whom they see. */
  async function enter({ port }: RunningTracker, name: string) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/nearby`);
    sockets.push(socket);
    let people: NearbyMessage | undefined;
    socket.on("message", (data) => {
      const message = parseNearbyMessage(String(data));
      if (message.type === "people") people = message;
    });
    await once(socket, "open");
    socket.send(encodeNearby({ type: "join", room: "network", name, kind: undefined }));
    return {
      sees: (): readonly unknown[] | undefined =>
        people?.type === "people" ? people.people.map((person) => person.name).sort() : undefined,
    };
  }

  const redisIsUp = async ({ port }: RunningTracker): Promise<boolean> =>
    (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).includes("tabswarm_redis_up 1");

  test("see each other, and whoever has come while Redis was away once it is back", async () => {
    const [linh, tuan] = [await enter(a, "Linh"), await enter(b, "Tuấn")];
    await expect.poll(() => [linh.sees(), tuan.sees()], AT_ONCE).toEqual([["Tuấn"], ["Linh"]]);
    redis.stop();
    await expect.poll(async () => [await redisIsUp(a), await redisIsUp(b)]).toEqual([false, false]);
    const [mai, nam] = [await enter(a, "Mai"), await enter(b, "Nam")];
    redis.goOn();
    const everybody = [
      ["Mai", "Nam", "Tuấn"],
      ["Linh", "Mai", "Nam"],
      ["Linh", "Nam", "Tuấn"],
      ["Linh", "Mai", "Tuấn"],
    ];
    await expect
      .poll(() => [linh, tuan, mai, nam].map((person) => person.sees()), AT_ONCE)
      .toEqual(everybody);
  });

  test("see whoever comes after Redis was killed and started again, empty", async () => {
    const linh = await enter(a, "Linh");
    await redis.restart();
    await expect.poll(async () => [await redisIsUp(a), await redisIsUp(b)]).toEqual([true, true]);
    const tuan = await enter(b, "Tuấn");
    await expect.poll(() => [linh.sees(), tuan.sees()], AT_ONCE).toEqual([["Tuấn"], ["Linh"]]);
    const mai = await enter(a, "Mai");
    await expect
      .poll(() => [tuan.sees(), mai.sees()], AT_ONCE)
      .toEqual([
        ["Linh", "Mai"],
        ["Linh", "Tuấn"],
      ]);
  });

  test("see each other after the inboxes of their nodes were cut off, though commands went on", async () => {
    const linh = await enter(a, "Linh");
    await redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
    const tuan = await enter(b, "Tuấn");
    await expect.poll(() => [linh.sees(), tuan.sees()], AT_ONCE).toEqual([["Tuấn"], ["Linh"]]);
  });
});
