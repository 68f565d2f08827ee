import { expect, test } from "vitest";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import { millis } from "#shared/base/ids.ts";
import { ipFromBytes } from "#shared/base/ip.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { EXCHANGES_OF_ALL, EXCHANGES_OF_NETWORK, ExchangeLimits } from "./exchange-limits.ts";

let now = 0;
const clock: Clock = { now: () => millis(now), wakeAt: () => () => {} };

/** An address with these last bytes. */
function from(prefix: string, number: number): PeerAddress {
  const ip = ipFromBytes(`${prefix}${String.fromCharCode(number >> 8, number & 0xff)}`);
  if (ip === undefined) throw new Error("bad test data");
  return peerAddress(ip, 50_000);
}

/** How many of so many addresses are let in. */
function taken(limits: ExchangeLimits, prefix: string, count: number): number {
  return Array.from({ length: count }, (_, at) => limits.take(from(prefix, at))).filter((may) => may).length;
}

test("all networks together may cause no more than a limit, and so many more each second", () => {
  const limits = new ExchangeLimits(clock);
  expect(taken(limits, "\x0a\x01", 1_000)).toBe(EXCHANGES_OF_ALL.burst);
  now += 1_000;
  expect(taken(limits, "\x0a\x02", 1_000)).toBe(EXCHANGES_OF_ALL.perSecond);
});

test("the addresses of one IPv6 network share a budget", () => {
  const limits = new ExchangeLimits(clock);
  const prefix = `\x20\x01\x0d\xb8${"\0".repeat(10)}`;
  expect(taken(limits, prefix, 100)).toBe(EXCHANGES_OF_NETWORK.burst);
});

test("whoever has used up its budget does not get another by dialling on, or after many others", () => {
  const limits = new ExchangeLimits(clock);
  const greedy = from("\x0a\x03", 0);
  const greedyTakes = (): number =>
    Array.from({ length: 100 }, () => limits.take(greedy)).filter((may) => may).length;
  expect(greedyTakes()).toBe(EXCHANGES_OF_NETWORK.burst);
  taken(limits, "\x0a\x04", 10_000); // Most are refused, and displace nobody.
  now += 1_000;
  expect(greedyTakes()).toBe(EXCHANGES_OF_NETWORK.perSecond);
});
