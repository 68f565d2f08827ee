import { bytesToBinaryString } from "../base/bytes.ts";
import { type IpAddress, ipFromBytes } from "../base/ip.ts";
import type { LeftOut } from "./left-out.ts";

/**
 * Where a peer listens for TCP: address and port as in BEP 23 (6 bytes) or BEP 7 (18 bytes), in a binary string of one
 * character U+0000 to U+00FF for each byte. Equal endpoints are equal strings.
 */
export type PeerAddress = string & { readonly peerAddress: unique symbol };

/** Concatenated peer addresses, by family. */
export interface CompactPeers {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Bytes of a compact peer with an IPv4 address (BEP 23). */
export const COMPACT_IPV4_BYTES = 6;
/** Bytes of a compact peer with an IPv6 address (BEP 7). */
export const COMPACT_IPV6_BYTES = 18;

const PORT_BYTES = 2;

/** Joins an address and a port, 1 to 65535. The caller has checked the port. */
export function peerAddress(ip: IpAddress, port: number): PeerAddress {
  return (ip + String.fromCharCode(port >> 8, port & 0xff)) as PeerAddress;
}

export function isIpv6Peer(address: PeerAddress): boolean {
  return address.length === COMPACT_IPV6_BYTES;
}

/** The IP address. */
export function peerIp(address: PeerAddress): IpAddress {
  return address.slice(0, -PORT_BYTES) as string as IpAddress;
}

/** The port: 0 to 65535. */
export function peerPort(address: PeerAddress): number {
  return address.charCodeAt(address.length - 2) * 256 + address.charCodeAt(address.length - 1);
}

/** Concatenates addresses by family. */
export function packPeers(addresses: readonly PeerAddress[]): CompactPeers {
  return {
    ipv4: addresses.filter((address) => !isIpv6Peer(address)).join(""),
    ipv6: addresses.filter(isIpv6Peer).join(""),
  };
}

/** Splits them into single addresses, IPv4 first. */
export function unpackPeers({ ipv4, ipv6 }: CompactPeers): readonly PeerAddress[] {
  return [...split(ipv4, COMPACT_IPV4_BYTES), ...split(ipv6, COMPACT_IPV6_BYTES)];
}

/**
 * Decodes addresses of `COMPACT_IPV4_BYTES` or `COMPACT_IPV6_BYTES` each. Leaves out those with port 0, which nobody can
 * dial, and a truncated address at the end.
 */
export function decodeCompact(
  bytes: Uint8Array,
  bytesEach: number,
  leftOut: LeftOut = () => {},
): readonly PeerAddress[] {
  const rest = bytes.length % bytesEach;
  if (rest !== 0) leftOut(`trailing bytes after the last address: ${rest}`);
  return split(bytesToBinaryString(bytes.subarray(0, bytes.length - rest)), bytesEach).flatMap((read) => {
    // Rebuilt, because an IPv4 address may be written as IPv6.
    const ip = ipFromBytes(peerIp(read));
    return ip === undefined || peerPort(read) === 0 ? [] : [peerAddress(ip, peerPort(read))];
  });
}

function split(text: string, bytesEach: number): readonly PeerAddress[] {
  return Array.from(
    { length: text.length / bytesEach },
    (_, at) => text.slice(at * bytesEach, (at + 1) * bytesEach) as PeerAddress,
  );
}
