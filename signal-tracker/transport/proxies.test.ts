import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIp, parseIpRange } from "#shared/base/ip.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";

const ranges = (...texts: readonly string[]) => texts.flatMap((text) => parseIpRange(text) ?? []);

/** The source of a request from that address with these headers. */
function sourceOf(
  remoteAddress: string | undefined,
  headers: IncomingHttpHeaders,
  trusted = LOOPBACK_PROXIES,
): string | undefined {
  const socket = { remoteAddress } as IncomingMessage["socket"];
  const ip = new Proxies(trusted).sourceOf({ socket, headers });
  return ip && formatIp(ip);
}
const forwardedFor = (text: string, remoteAddress = "127.0.0.1", trusted = LOOPBACK_PROXIES) =>
  sourceOf(remoteAddress, { "x-forwarded-for": text }, trusted);

describe("an address from a trusted proxy", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.1:4711", "192.0.2.1"],
    ["  192.0.2.1 ", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ['"[2001:db8::1]:4711"', "2001:db8::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["[::ffff:192.0.2.1]:4711", "192.0.2.1"],
    ["fe80::1%eth0", "fe80::1"],
    ["127.0.0.1:4711", "127.0.0.1"],
  ])("may be written as %s", (text, source) => {
    expect(forwardedFor(text)).toBe(source);
  });

  test.each([
    "",
    " ",
    "unknown",
    "_hidden",
    "192.0.2.1:",
    "192.0.2.1:http",
    "192.0.2",
    "[192.0.2.1]",
    "[2001:db8::1",
    "[2001:db8::1]4711",
    "2001:db8::1]:4711",
    "client.example.org",
    "192.0.2.1,",
    "192.0.2.1, unknown",
  ])("is unknown if the proxy sends %j, and not taken for the tracker's own", (text) => {
    expect(forwardedFor(text)).toBeUndefined();
  });

  test("may be any text without an error", () => {
    fc.assert(fc.property(fc.string(), (text) => void forwardedFor(text)));
  });
});

test("the last address that is not a trusted proxy's counts: those before it may be forged", () => {
  expect(forwardedFor("203.0.113.9, 192.0.2.1")).toBe("192.0.2.1");
  expect(forwardedFor("203.0.113.9, unknown, 192.0.2.1")).toBe("192.0.2.1");
  const chain = ranges("127.0.0.1", "172.18.0.0/16");
  expect(forwardedFor("203.0.113.9, 192.0.2.1, 172.18.0.2", "127.0.0.1", chain)).toBe("192.0.2.1");
  expect(forwardedFor("172.18.0.3, 172.18.0.2", "127.0.0.1", chain)).toBe("172.18.0.3");
});

test("only the named proxies are trusted, in both families, by address or by range", () => {
  const trusted = ranges("172.18.0.0/16", "10.1.2.3", "fd00:1::/32");
  for (const proxy of ["172.18.255.1", "::ffff:172.18.0.2", "10.1.2.3", "fd00:1:5::1"])
    expect(forwardedFor("192.0.2.1", proxy, trusted), proxy).toBe("192.0.2.1");
  for (const other of ["172.19.0.1", "10.1.2.4", "fd00:2::1", "127.0.0.1"])
    expect(forwardedFor("192.0.2.1", other, trusted), other).toBe(other);
  expect(forwardedFor("192.0.2.1", "198.51.100.1")).toBe("198.51.100.1");
  expect(forwardedFor("192.0.2.1", "::1")).toBe("192.0.2.1");
});

test("without the header, a request from this machine is its own, and one from a proxy elsewhere is from an unknown client", () => {
  const trusted = ranges("127.0.0.1", "172.18.0.2");
  expect(sourceOf("127.0.0.1", {}, trusted)).toBe("127.0.0.1");
  expect(sourceOf("172.18.0.2", {}, trusted)).toBeUndefined();
  expect(sourceOf("198.51.100.1", {}, trusted)).toBe("198.51.100.1");
  expect(sourceOf(undefined, {}, trusted)).toBeUndefined(); // It has disconnected already.
  expect(sourceOf("127.0.0.1", { forwarded: "for=192.0.2.1" }, trusted)).toBeUndefined();
});

test("a loopback address from a proxy elsewhere is not ours", () => {
  const trusted = ranges("127.0.0.1", "172.18.0.2");
  expect(forwardedFor("127.0.0.1", "172.18.0.2", trusted)).toBeUndefined();
  expect(forwardedFor("127.0.0.1", "127.0.0.1", trusted)).toBe("127.0.0.1");
});
