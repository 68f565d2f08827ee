import { expect, test } from "vitest";
import { testAccount } from "../store/records.test-support.ts";
import { knowsNetwork, withNetwork } from "./known-networks.ts";

test("of an account the last eight networks are known, and none of another account", () => {
  let an = testAccount("An");
  const logIn = (network: string | undefined): void => {
    const knownNetworks = withNetwork(an, network);
    if (knownNetworks !== undefined) an = { ...an, knownNetworks };
  };
  for (let number = 0; number <= 8; number++) logIn(`network ${number}`);
  logIn(undefined);
  expect([0, 1, 8].map((number) => knowsNetwork(an, `network ${number}`))).toEqual([false, true, true]);
  logIn("network 1"); // Now the last one.
  logIn("network 9");
  expect([1, 2, 9].map((number) => knowsNetwork(an, `network ${number}`))).toEqual([true, false, true]);
  expect(withNetwork(an, "network 9")).toBeUndefined();
  const { knownNetworks = "" } = an;
  expect(knowsNetwork({ ...testAccount("Binh"), knownNetworks }, "network 9")).toBe(false);
  expect(knowsNetwork(undefined, "network 9") || knowsNetwork(an, undefined)).toBe(false);
});
