import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryStringToBytes, hexToBytes } from "../base/bytes.ts";
import { formatIp, type IpAddress, ipFromBytes, parseIp } from "../base/ip.ts";
import {
  COMPACT_IPV4_BYTES,
  COMPACT_IPV6_BYTES,
  decodeCompact,
  isIpv6Peer,
  type PeerAddress,
  packPeers,
  peerAddress,
  peerIp,
  peerPort,
  unpackPeers,
} from "./compact.ts";

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}

const address = (ip: string, port: number): PeerAddress => peerAddress(present(parseIp(ip)), port);

const IPV4 = [address("192.0.2.1", 6881), address("10.0.0.255", 65_535)];
const IPV4_HEX = "c00002011ae10a0000ffffff";
const IPV6 = [address("2001:db8::1", 1), address("::1", 8000)];
const IPV6_HEX = `20010db80000000000000000000000010001${"00".repeat(15)}011f40`;

test("packs and decodes addresses as in BEP 23 and BEP 7", () => {
  const { ipv4, ipv6 } = packPeers([IPV6[0], IPV4[0], IPV6[1], IPV4[1]].map(present));
  expect(binaryStringToBytes(ipv4)).toEqual(hexToBytes(IPV4_HEX));
  expect(binaryStringToBytes(ipv6)).toEqual(hexToBytes(IPV6_HEX));
  expect(decodeCompact(hexToBytes(IPV4_HEX), COMPACT_IPV4_BYTES)).toEqual(IPV4);
  expect(decodeCompact(hexToBytes(IPV6_HEX), COMPACT_IPV6_BYTES)).toEqual(IPV6);
  expect(packPeers([])).toEqual({ ipv4: "", ipv6: "" });
});

test("an address splits into its parts", () => {
  const parts = [...IPV4, ...IPV6].map((whole) => [
    formatIp(peerIp(whole)),
    peerPort(whole),
    isIpv6Peer(whole),
  ]);
  expect(parts).toEqual([
    ["192.0.2.1", 6881, false],
    ["10.0.0.255", 65_535, false],
    ["2001:db8::1", 1, true],
    ["::1", 8000, true],
  ]);
});

test("leaves out and reports a truncated address at the end", () => {
  for (const [hex, bytesEach] of [
    [IPV4_HEX, COMPACT_IPV4_BYTES],
    [IPV6_HEX, COMPACT_IPV6_BYTES],
  ] as const) {
    const bytes = hexToBytes(hex);
    for (let end = 0; end < bytes.length; end++) {
      const leftOut: string[] = [];
      const read = decodeCompact(bytes.subarray(0, end), bytesEach, (what) => leftOut.push(what));
      expect(read).toHaveLength(Math.floor(end / bytesEach));
      const rest = end % bytesEach;
      expect(leftOut).toEqual(rest === 0 ? [] : [`trailing bytes after the last address: ${rest}`]);
    }
  }
});

test("leaves out port 0, and turns an IPv4-mapped address into IPv4", () => {
  expect(decodeCompact(hexToBytes("c00002010000"), COMPACT_IPV4_BYTES)).toEqual([]);
  const mapped = hexToBytes(`${"00".repeat(10)}ffffc00002011ae1`);
  expect(decodeCompact(mapped, COMPACT_IPV6_BYTES)).toEqual([IPV4[0]]);
});

test("packed addresses survive a round trip", () => {
  const ip = (length: 4 | 16): fc.Arbitrary<IpAddress> =>
    fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => present(ipFromBytes(String.fromCharCode(...bytes))))
      .filter((read) => read.length === length);
  const addresses = (length: 4 | 16) =>
    fc.array(
      fc
        .tuple(ip(length), fc.integer({ min: 1, max: 65_535 }))
        .map(([host, port]) => peerAddress(host, port)),
    );
  fc.assert(
    fc.property(addresses(4), addresses(16), (ipv4, ipv6) => {
      const packed = packPeers([...ipv6, ...ipv4]);
      expect(unpackPeers(packed)).toEqual([...ipv4, ...ipv6]);
      const read = (text: string, bytesEach: number) =>
        decodeCompact(present(binaryStringToBytes(text)), bytesEach);
      expect(read(packed.ipv4, COMPACT_IPV4_BYTES)).toEqual(ipv4);
      expect(read(packed.ipv6, COMPACT_IPV6_BYTES)).toEqual(ipv6);
    }),
  );
});
