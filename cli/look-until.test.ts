import { expect, test } from "vitest";
import { lookUntil } from "./look-until.ts";

const NEVER = new Promise(() => {});

test("it polls until there is something to see", async () => {
  let looks = 0;
  expect(await lookUntil(NEVER, 1, () => (++looks < 3 ? undefined : "ship"))).toBe("ship");
  expect(looks).toBe(3);
  expect(await lookUntil(NEVER, 1, () => "at once")).toBe("at once");
});

test("it stops when told to, and returns undefined", async () => {
  expect(await lookUntil(Promise.resolve("SIGINT"), 60_000, () => undefined)).toBeUndefined();
  await expect(lookUntil(Promise.reject(new Error("no")), 60_000, () => undefined)).rejects.toThrow("no");
});

test("an error from look ends it", async () => {
  let looks = 0;
  const look = (): undefined => {
    looks += 1;
    if (looks === 2) throw new Error("fog");
  };
  await expect(lookUntil(NEVER, 1, look)).rejects.toThrow("fog");
});
