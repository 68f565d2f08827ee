import fc from "fast-check";
import { expect, test } from "vitest";
import type { TrackerUrl } from "./ids.ts";
import { isPrivateIp, parseIp } from "./ip.ts";
import { isPrivateHost, mayBeCalled } from "./tracker-rule.ts";
import { parseTrackerUrl } from "./tracker-url.ts";

function tracker(text: string): TrackerUrl {
  const url = parseTrackerUrl(text);
  if (url === undefined) throw new Error(`${text} is not a tracker URL`);
  return url;
}

const PRIVATE = [
  "127.0.0.1:9000",
  "127.1:9000",
  "2130706433:9000",
  "0x7f.1:9000",
  "0.0.0.0:9000",
  "10.1.2.3:9000",
  "172.31.0.1:9000",
  "192.168.1.1:9000",
  "169.254.169.254:9000",
  "100.64.0.1:9000",
  "[::1]:9000",
  "[::]:9000",
  "[fd00::1]:9000",
  "[fe80::1]:9000",
  "[::ffff:192.168.1.1]:9000",
  "localhost:9000",
  "LocalHost.:9000",
  "api.localhost:9000",
  "printer.local:9000",
  "metadata.google.internal:9000",
  "router.home.arpa:9000",
  "239.255.255.250:9000",
  "255.255.255.255:9000",
  "[ff02::fb]:9000",
];
const PUBLIC = [
  "203.0.113.5:9000",
  "tracker.example:9000",
  "[2001:db8::1]:9000",
  "locale.example:9000",
  "10.1.example:9000",
  "fd.example:9000",
];

test.each(["ws", "wss", "http", "https", "udp"])(
  "%s: refuses a URL in a private network that does not look like a tracker's",
  (scheme) => {
    const paths = [
      "/admin/delete?all=1",
      "/?all=1",
      "/announce/a/b",
      "/announce.php",
      "/announced",
      "/x/announce",
    ];
    for (const path of paths) {
      for (const host of PRIVATE)
        expect(mayBeCalled(tracker(`${scheme}://${host}${path}`)), host + path).toBe(false);
      for (const host of PUBLIC)
        expect(mayBeCalled(tracker(`${scheme}://${host}${path}`)), host + path).toBe(true);
    }
  },
);

test.each(["ws", "wss", "http", "https", "udp"])("%s: allows a tracker in a private network", (scheme) => {
  const paths = ["", "/", "/announce", "/announce/", "/announce/0123abcd", "/announce?passkey=1"];
  for (const host of [...PRIVATE, ...PUBLIC]) {
    for (const path of paths)
      expect(mayBeCalled(tracker(`${scheme}://${host}${path}`)), host + path).toBe(true);
  }
});

test.each([
  ["http://192.168.1.1/announce", true],
  ["https://192.168.1.1/announce", true],
  ["wss://192.168.1.1/", true],
  ["ws://192.168.1.1:1024/", true],
  ["ws://192.168.1.1:1023/", false],
  ["http://192.168.1.1:25/announce", false],
  ["http://192.168.1.1:443/announce", false],
  ["udp://192.168.1.1/announce", false],
  ["udp://192.168.1.1:53", false],
  ["udp://224.0.0.251:53", false],
  ["udp://203.0.113.5:53", true],
  ["http://203.0.113.5:25/x", true],
])("system ports in a private network are refused: %s %s", (url, expected) => {
  expect(mayBeCalled(tracker(url))).toBe(expected);
});

test("a host that is an IP address is private when the address is", () => {
  const byte = fc.oneof(
    fc.constantFrom(0, 10, 16, 31, 64, 100, 127, 128, 168, 169, 172, 192, 223, 224, 254),
    fc.nat(255),
  );
  const group = fc.oneof(
    fc.constantFrom(0, 0xfc00, 0xfd12, 0xfe80, 0xfebf, 0xfec0, 0xff02, 0x2001),
    fc.nat(0xffff),
  );
  const ipv4 = fc.array(byte, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
  const ipv6 = fc
    .array(group, { minLength: 8, maxLength: 8 })
    .map((groups) => groups.map((part) => part.toString(16)).join(":"));
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (text) => {
      const { hostname } = new URL(`http://${text.includes(":") ? `[${text}]` : text}/`);
      const ip = parseIp(text);
      const isMapped = hostname.startsWith("[::");
      expect(isPrivateHost(hostname), text).toBe(isMapped || (ip !== undefined && isPrivateIp(ip)));
    }),
    { numRuns: 2_000 },
  );
});
