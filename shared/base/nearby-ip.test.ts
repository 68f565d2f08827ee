import { expect, test } from "vitest";
import { type IpAddress, parseIp } from "./ip.ts";
import { isNearby } from "./nearby-ip.ts";

test.each([
  ["192.168.1.5", "192.168.1.9", true],
  ["192.168.1.5", "10.0.0.9", true], // Only a router at home leads there.
  ["", "fe80::1", true],
  ["", "127.0.0.1", true],
  ["", "fd00::7", true],
  ["2001:db8:1:2::5", "2001:db8:1:2:ffff::9", true],
  ["2001:db8:1:2::5", "2001:db8:1:3::9", false],
  ["", "2001:db8:1:2::9", false],
  ["203.0.113.7", "203.0.113.7", true],
  ["203.0.113.7", "203.0.113.8", false],
  ["100.64.0.1", "100.64.0.2", false], // A provider may share these out in a whole town.
])("devices that reach each other at %s and %s are on one network: %s", (ours, theirs, are) => {
  expect(isNearby(parseIp(ours), parseIp(theirs) as IpAddress)).toBe(are);
});
