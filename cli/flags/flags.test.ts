import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { formatIp } from "#shared/base/ip.ts";
import { parseDhtNode, parseIpAddress, parseTrustedProxy } from "./flags.ts";

test("a DHT node is a host name or an IPv4 address, and a port", () => {
  expect(parseDhtNode("router.example.org:1", parseDhtNode("192.168.1.5:65535", []))).toEqual([
    { host: "192.168.1.5", port: 65_535 },
    { host: "router.example.org", port: 1 },
  ]);
});

test.each(["192.168.1.5", "host:0", "host:65536", "host:", "http://host:1", ":6881", "[::1]:6881", "a b:1"])(
  "%s is not a DHT node",
  (text) => {
    expect(() => parseDhtNode(text, [])).toThrow(InvalidArgumentError);
  },
);

test("IPv4 and IPv6 addresses are read, and nothing else", () => {
  expect(["127.0.0.1", "fd00::1"].map((text) => formatIp(parseIpAddress(text)))).toEqual([
    "127.0.0.1",
    "fd00::1",
  ]);
  for (const text of ["eth0", "", "127.1", "::ffff::", "localhost"])
    expect(() => parseIpAddress(text), text).toThrow(InvalidArgumentError);
});

test("trusted proxies are addresses and networks, but not everybody", () => {
  const prefixes = ["172.18.0.2", "fd00::/8"].map((text) => parseTrustedProxy(text).prefixBits);
  expect(prefixes).toEqual([32, 8]);
  for (const text of [
    "proxy",
    "",
    "172.18.0.0/33",
    "172.18.0.0/",
    "172.18.0.0/a",
    "10.0.0.0/8/8",
    "0.0.0.0/0",
    "::/0",
  ])
    expect(() => parseTrustedProxy(text), text).toThrow(InvalidArgumentError);
});
