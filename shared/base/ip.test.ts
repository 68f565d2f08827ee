import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatIp,
  type IpAddress,
  ipFromBytes,
  isInRange,
  isIpv6,
  isLoopbackIp,
  isOfUseAt,
  isPrivateIp,
  parseIp,
  parseIpRange,
} from "./ip.ts";

function parsed(text: string): IpAddress {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`bad test data: ${text}`);
  return ip;
}

test.each([
  ["192.0.2.255", "\xc0\x00\x02\xff"],
  ["0.0.0.0", "\0\0\0\0"],
  ["2001:db8::1", "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"],
  ["::", "\0".repeat(16)],
  ["fe80::a:b%eth0", "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\x0a\0\x0b"],
  ["64:ff9b::192.0.2.33", "\0\x64\xff\x9b\0\0\0\0\0\0\0\0\xc0\0\x02\x21"],
  ["1:2:3:4:5:6:7::", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\0"],
])("parses %s", (text, bytes) => {
  expect(parseIp(text)).toBe(bytes);
});

test("an IPv4 address is the same however it is written", () => {
  for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    expect(parseIp(text)).toBe(parseIp("192.0.2.1"));
  }
});

test.each([
  ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
  ["0:0:1:0:0:0:2:3", "0:0:1::2:3"],
  ["10:0:0:1:0:0:0:20", "10:0:0:1::20"],
])("formats %s as in RFC 5952: %s", (text, written) => {
  expect(formatIp(parsed(text))).toBe(written);
});

test.each([
  "",
  "1.2.3",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.4.5",
  " 1.2.3.4",
  "localhost",
  ":",
  ":::",
  "1::2::3",
])("%j is not an address", (text) => {
  expect(parseIp(text)).toBeUndefined();
});

describe("parseIp", () => {
  const pieces = fc.array(
    fc.oneof(fc.constantFrom(":", "::", ".", "0", "ffff", "12345", "1.2.3.4"), fc.ipV4(), fc.ipV6()),
    { maxLength: 10 },
  );
  test("accepts the same addresses as Node", () => {
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      pieces.map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!text.includes("%"));
        expect(parseIp(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test("parses back what formatIp writes, which is IPv6 only for IPv6 addresses", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (numbers) => {
        const ip = ipFromBytes(String.fromCharCode(...numbers));
        expect(ip).toBeDefined();
        if (ip === undefined) return;
        expect(parseIp(formatIp(ip))).toBe(ip);
        expect(isIP(formatIp(ip))).toBe(isIpv6(ip) ? 6 : 4);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("an address has 4 or 16 bytes", () => {
  for (const length of [0, 3, 5, 15, 17]) expect(ipFromBytes("x".repeat(length))).toBeUndefined();
});

test("loopback is 127.0.0.0/8 and ::1", () => {
  for (const text of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"]) {
    expect(isLoopbackIp(parsed(text)), text).toBe(true);
  }
  for (const text of ["128.0.0.1", "::", "7f00::1", "::2"]) {
    expect(isLoopbackIp(parsed(text)), text).toBe(false);
  }
});

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.16.0.1", true],
  ["172.32.0.1", false],
  ["192.168.1.5", true],
  ["192.169.1.5", false],
  ["169.254.1.1", true],
  ["100.64.0.1", true],
  ["100.128.0.1", false],
  ["0.0.0.0", true],
  ["203.0.113.7", false],
  ["223.255.255.255", false],
  ["224.0.0.251", true],
  ["255.255.255.255", true],
  ["ff02::fb", true],
  ["::1", true],
  ["::", true],
  ["fe80::1", true],
  ["fd00::1", true],
  ["::ffff:192.168.1.5", true],
  ["2001:db8::1", false],
])("%s is private: %s", (text, isPrivate) => {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`${text} is not an address`);
  expect(isPrivateIp(ip)).toBe(isPrivate);
});

test.each([
  ["203.0.113.7", "198.51.100.1", true],
  ["192.168.1.5", "198.51.100.1", true],
  ["127.0.0.1", "198.51.100.1", true],
  ["198.51.100.1", "192.168.1.5", false],
  ["10.0.0.1", "192.168.1.5", true],
  ["127.0.0.1", "192.168.1.5", true],
  ["192.168.1.5", "127.0.0.1", false],
  ["127.0.0.2", "::1", true],
])("a peer at %s may reach %s: %s", (other, ip, isOfUse) => {
  expect(isOfUseAt(parseIp(other) as IpAddress, parseIp(ip) as IpAddress)).toBe(isOfUse);
});

test.each([
  ["192.0.2.7", "192.0.2.7", ["192.0.2.6", "192.0.2.8", "::ffff:0:0"]],
  ["192.0.2.0/24", "192.0.2.255", ["192.0.3.0", "192.0.1.255"]],
  ["172.16.0.0/12", "172.31.255.255", ["172.32.0.0", "172.15.255.255"]],
  ["172.18.5.6/16", "172.18.0.1", ["172.19.0.1"]],
  ["0.0.0.0/0", "255.255.255.255", ["2001:db8::1"]],
  ["2001:db8::/33", "2001:db8:7fff::1", ["2001:db8:8000::", "2001:db7::"]],
  ["::1", "::1", ["::2", "127.0.0.1"]],
  ["::ffff:10.0.0.0/8", "10.9.9.9", ["11.0.0.0"]],
])("the range %s contains %s but not %j", (text, inside, outside) => {
  const range = parseIpRange(text);
  const holds = (address: string) => range && isInRange(range, parsed(address));
  expect(holds(inside)).toBe(true);
  expect(outside.map(holds)).toEqual(outside.map(() => false));
});

test.each(["", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "host/8"])(
  "%j is not a range",
  (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  },
);
