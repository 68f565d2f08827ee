import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { Candidates } from "./candidates.ts";

const LIMITS = { maxAddresses: 10, maxPerTeller: 4, retryMillis: 1_000, maxFailures: 3 };
const START = millis(0);

const named = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `address ${from + at}`);

test("we remember only so many addresses from one teller; forgetting one makes room", () => {
  const candidates = new Candidates(LIMITS);
  for (const address of named(0, 6)) candidates.found(START, address, { isTracked: false, teller: "a" });
  expect(candidates.take(START, 10)).toEqual(named(0, 4));
  for (let count = 0; count < LIMITS.maxFailures; count++) candidates.failed(START, "address 0");
  candidates.found(START, "address 6", { isTracked: false, teller: "a" });
  expect(candidates.take(START, 10)).toEqual(["address 6"]);
});

test("what one teller names does not limit another until the list is full", () => {
  const candidates = new Candidates(LIMITS);
  for (const address of named(0, 6)) candidates.found(START, address, { isTracked: false, teller: "a" });
  for (const address of named(10, 6)) candidates.found(START, address, { isTracked: false, teller: "b" });
  for (const address of named(20, 6)) candidates.found(START, address, { isTracked: false, teller: "c" });
  expect(candidates.take(START, 20)).toEqual([...named(0, 4), ...named(10, 4), ...named(20, 2)]);
});

test("in a full list a tracker's addresses take the place of others, but of none in use or shunned", () => {
  const candidates = new Candidates(LIMITS);
  for (const teller of ["a", "b", "c"])
    for (const address of named(teller.charCodeAt(0), 4))
      candidates.found(START, `${teller} ${address}`, { isTracked: false, teller });
  const [used, shunned] = candidates.take(START, 2) as [string, string];
  candidates.shun(shunned);
  for (const address of named(0, 20)) candidates.found(START, address, { isTracked: true });
  expect(candidates.take(START, 20)).toEqual(named(0, 8));
  expect([candidates.isKnown(used), candidates.isKnown(shunned)]).toEqual([true, true]);
});

test("we do not dial an address while we have a link to its peer", () => {
  const candidates = new Candidates(LIMITS);
  candidates.found(START, "a", { isTracked: false });
  expect(candidates.use("a")).toBe(true);
  expect(candidates.use("a")).toBe(false);
  expect(candidates.take(START, 1)).toEqual([]);
  candidates.left(START, "a", false);
  expect(candidates.take(millis(LIMITS.retryMillis), 1)).toEqual(["a"]);
  expect(candidates.use("b")).toBe(false);
});

test("we never dial a shunned address, whoever names it again", () => {
  const candidates = new Candidates(LIMITS);
  candidates.found(START, "a", { isTracked: false });
  candidates.shun("a");
  candidates.found(START, "a", { isTracked: true });
  expect(candidates.take(millis(1e9), 1)).toEqual([]);
});

test("of a known address it learns that somebody says it prefers encryption", () => {
  const candidates = new Candidates<string>(LIMITS);
  candidates.found(START, "a", { isTracked: false });
  candidates.found(START, "b", { isTracked: false, teller: "peer", prefersEncryption: true });
  expect(preferring(candidates, "a", "b", "c")).toEqual(["b"]);
  candidates.found(START, "a", { isTracked: false, teller: "peer", prefersEncryption: true });
  candidates.found(START, "a", { isTracked: true });
  expect(preferring(candidates, "a")).toEqual(["a"]);
});

test("a peer cannot mark an address that a tracker named", () => {
  const candidates = new Candidates<string>(LIMITS);
  candidates.found(START, "a", { isTracked: true });
  candidates.found(START, "a", { isTracked: false, teller: "liar", prefersEncryption: true });
  expect(preferring(candidates, "a")).toEqual([]);
});

test("what a liar says of an address is forgotten after the first link, and not believed again", () => {
  const candidates = new Candidates<string>(LIMITS);
  const lie = { isTracked: false, teller: "liar", prefersEncryption: true } as const;
  for (const address of ["a", "b"]) candidates.found(START, address, lie);
  candidates.take(START, 2);
  candidates.failed(START, "a");
  candidates.left(START, "b", false);
  for (const address of ["a", "b"]) candidates.found(START, address, lie);
  expect(preferring(candidates, "a", "b")).toEqual([]);
});

test("we remember of a useful link that its peer prefers encryption", () => {
  const candidates = new Candidates<string>(LIMITS);
  candidates.found(START, "a", { isTracked: true });
  candidates.take(START, 1);
  candidates.left(START, "a", true);
  expect(preferring(candidates, "a")).toEqual(["a"]);
});

function preferring(candidates: Candidates<string>, ...addresses: string[]): string[] {
  return addresses.filter((address) => candidates.prefersEncryption(address));
}
