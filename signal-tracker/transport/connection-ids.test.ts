import { expect, test } from "vitest";
import { testIp } from "../core/tracker.test-support.ts";
import {
  CONNECTION_ID_LIFETIME_SECONDS,
  MAX_CLOCK_SKEW_SECONDS,
  MAX_KEPT_CONNECTION_CODES,
} from "../limits/udp.ts";
import { ConnectionIds } from "./connection-ids.ts";

const KEY = new Uint8Array(32).fill(7);
const ALICE = testIp("192.0.2.1");
const START = Date.parse("2026-01-01T00:00:00Z");

let passedSeconds = 0;
const ids = new ConnectionIds(KEY, () => START + passedSeconds * 1_000);

function validAfter(seconds: number): boolean {
  passedSeconds = 0;
  const id = ids.issue(ALICE);
  passedSeconds = seconds;
  return ids.isValid(id, ALICE);
}

test.each([
  [0, true],
  [CONNECTION_ID_LIFETIME_SECONDS, true],
  [CONNECTION_ID_LIFETIME_SECONDS + 1, false],
  [2 ** 16, false], // Its two bytes of time are the same again.
  [-MAX_CLOCK_SKEW_SECONDS, true],
  [-MAX_CLOCK_SKEW_SECONDS - 1, false],
])("an id that was issued %i seconds ago: %s", (seconds, isValid) => {
  expect(validAfter(seconds)).toBe(isValid);
});

test("an id is good for its address only, at any node that has the key", () => {
  passedSeconds = 0;
  const id = ids.issue(ALICE);
  const otherNode = new ConnectionIds(KEY, () => START + 5_000);
  const otherTracker = new ConnectionIds(new Uint8Array(32).fill(8), () => START);
  expect(otherNode.isValid(id, ALICE)).toBe(true);
  expect(otherTracker.isValid(id, ALICE)).toBe(false);
  for (const ip of ["192.0.2.2", "2001:db8::1", "::"]) expect(ids.isValid(id, testIp(ip))).toBe(false);
  expect(ids.isValid(ids.issue(testIp("2001:db8::1")), testIp("2001:db8::1"))).toBe(true);
});

test("an id that was changed in any bit is not good", () => {
  passedSeconds = 0;
  const id = ids.issue(ALICE);
  for (let bit = 0n; bit < 64n; bit++) expect(ids.isValid(id ^ (1n << bit), ALICE)).toBe(false);
});

test("ids stay good when more addresses have come than codes are kept for", () => {
  passedSeconds = 0;
  const id = ids.issue(ALICE);
  for (let at = 0; at <= MAX_KEPT_CONNECTION_CODES; at++) ids.issue(testIp(`10.0.${at >> 8}.${at & 0xff}`));
  expect(ids.isValid(id, ALICE)).toBe(true);
  expect(ids.isValid(id, testIp("10.0.0.0"))).toBe(false);
});
