import { expect, test } from "vitest";
import { freshIceServers, type IceConfig } from "./ice-servers.ts";

const HOUR = 60 * 60 * 1_000;

/** A tracker whose passwords are good for two hours, numbered by how often it was asked, and a clock. */
function tracker() {
  const passwords = (count: number): IceConfig => ({
    iceServers: [{ urls: ["turn:a"], username: "u", credential: String(count) }],
    iceLifetimeSeconds: 7_200,
  });
  const state = { now: 5_000, asked: 0, isAway: false };
  const ice = freshIceServers(
    passwords(0),
    () => state.now,
    async () => {
      state.asked += 1;
      return state.isAway ? { iceServers: [], iceLifetimeSeconds: undefined } : passwords(state.asked);
    },
  );
  /** The password for a link that is made so much later, once whatever that sets off is done. */
  const passwordAfter = async (millis: number): Promise<string | undefined> => {
    state.now += millis;
    ice.servers();
    await new Promise((resolve) => setImmediate(resolve));
    return ice.servers()[0]?.credential;
  };
  return { state, ice, passwordAfter };
}

test("new passwords are asked for when half of the old ones' time has passed", async () => {
  const { state, passwordAfter } = tracker();
  expect(await passwordAfter(0.9 * HOUR)).toBe("0");
  expect(state.asked).toBe(0);
  expect(await passwordAfter(0.1 * HOUR)).toBe("1");
  expect(await passwordAfter(0.9 * HOUR)).toBe("1");
  expect(await passwordAfter(0.1 * HOUR)).toBe("2");
  expect(state.asked).toBe(2);
});

test("while the tracker cannot be reached, the old ones stay and it is asked once a minute", async () => {
  const { state, passwordAfter } = tracker();
  state.isAway = true;
  expect(await passwordAfter(HOUR)).toBe("0");
  for (let second = 0; second < 59; second++) await passwordAfter(1_000);
  expect(state.asked).toBe(1);
  state.isAway = false;
  expect(await passwordAfter(1_000)).toBe("2");
});

test("somebody who logs in gets new ones at once", async () => {
  const { state, ice, passwordAfter } = tracker();
  await ice.renew();
  expect(await passwordAfter(0)).toBe("1");
  expect(state.asked).toBe(1);
});

test("a tracker whose servers never expire is asked only when somebody logs in", async () => {
  const forEver = { iceServers: [{ urls: ["stun:a"] }], iceLifetimeSeconds: undefined };
  let asked = 0;
  let now = 1e15;
  const ice = freshIceServers(
    forEver,
    () => now,
    async () => {
      asked += 1;
      return forEver;
    },
  );
  await ice.renew();
  now += 24 * HOUR;
  expect(ice.servers()).toEqual(forEver.iceServers);
  expect(asked).toBe(1);
});
