import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPeerAddress, joinPeerAddress, parsePeerAddress } from "./peer-address.ts";

test.each([
  ["192.0.2.1:6881", "192.0.2.1:6881"],
  ["[2001:DB8:0::1]:1", "[2001:db8::1]:1"],
  ["[::ffff:192.0.2.1]:65535", "192.0.2.1:65535"],
])("%s is an address, written %s", (text, written) => {
  const address = parsePeerAddress(text);
  expect(address && formatPeerAddress(address)).toBe(written);
});

test.each([
  "",
  "192.0.2.1",
  "192.0.2.1:",
  "192.0.2.1:0",
  "192.0.2.1:65536",
  "192.0.2.1:-1",
  "192.0.2.1:1e3",
  "192.0.2.1:123456",
  "[192.0.2.1]:6881",
  "2001:db8::1:6881",
  "[2001:db8::1]",
  "[2001:db8::1:6881",
  "example.org:6881",
  "[::1]:80 ",
])("%j is not an address", (text) => {
  expect(parsePeerAddress(text)).toBeUndefined();
});

test("an address that was joined and formatted is read as the same", () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(ip, fc.integer({ min: 1, max: 65_535 }), (text, port) => {
      const address = joinPeerAddress(text, port);
      expect(address).toBeDefined();
      if (address !== undefined) expect(parsePeerAddress(formatPeerAddress(address))).toBe(address);
    }),
  );
});

test("any text is refused or read as an address", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const address = parsePeerAddress(text);
      if (address !== undefined) expect(parsePeerAddress(formatPeerAddress(address))).toBe(address);
    }),
  );
});
