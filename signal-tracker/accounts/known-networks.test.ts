import { expect, test } from "vitest";
import { KnownNetworks } from "./known-networks.ts";

test("of a name the last eight networks are known, and of all names the last ones", () => {
  const known = new KnownNetworks(2);
  known.note("an", "network 0");
  for (let number = 1; number <= 8; number++) known.note("an", `network ${number}`);
  known.note("an", undefined);
  expect([0, 1, 8].map((number) => known.has("an", `network ${number}`))).toEqual([false, true, true]);
  expect(known.has(undefined, "network 8") || known.has("an", undefined)).toBe(false);
  known.note("binh", "network 8");
  known.note("an", "network 8");
  known.note("chi", "network 8");
  expect(["an", "binh", "chi"].map((name) => known.has(name, "network 8"))).toEqual([true, false, true]);
});
