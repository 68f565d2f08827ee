import { expect, test } from "vitest";
import { parseIp } from "#shared/base/ip.ts";
import { isPrivateIp } from "./private-ip.ts";

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
  ["::1", true],
  ["::", true],
  ["fe80::1", true],
  ["fd00::1", true],
  ["::ffff:192.168.1.5", true],
  ["2001:db8::1", false],
])("%s leads into a private network: %s", (text, isPrivate) => {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`${text} is no address`);
  expect(isPrivateIp(ip)).toBe(isPrivate);
});
