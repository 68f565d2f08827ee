import { binaryStringToBytes, bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type IpAddress, ipFromBytes } from "../base/ip.ts";

/**
 * Where a peer listens for TCP: the address and the port as BEP 23 (6 bytes) and BEP 7 (18) write them, in a text of one
 * character U+0000 to U+00FF for each byte. Equal where address and port are.
 */
export type PeerAddress = string & { readonly peerAddress: unique symbol };

/** Bytes of a compact peer with an IPv4 address (BEP 23). */
export const COMPACT_IPV4_BYTES = 6;
/** Bytes of a compact peer with an IPv6 address (BEP 7). */
export const COMPACT_IPV6_BYTES = 18;

const PORT_BYTES = 2;

/** Joins the two. The caller has checked that the port is one, 1 to 65535. */
export function peerAddress(ip: IpAddress, port: number): PeerAddress {
  return (ip + String.fromCharCode(port >> 8, port & 0xff)) as PeerAddress;
}

export function isIpv6Peer(address: PeerAddress): boolean {
  return address.length === COMPACT_IPV6_BYTES;
}

/** The part before the port. */
export function peerIp(address: PeerAddress): IpAddress {
  return address.slice(0, -PORT_BYTES) as string as IpAddress;
}

/** The port: 0 to 65535. */
export function peerPort(address: PeerAddress): number {
  return address.charCodeAt(address.length - 2) * 256 + address.charCodeAt(address.length - 1);
}

/** The bytes of all addresses, one after the other. They are of one family. */
export function encodeCompact(addresses: readonly PeerAddress[]): Uint8Array<ArrayBuffer> {
  return binaryStringToBytes(addresses.join("")) ?? new Uint8Array();
}

/**
 * Reads addresses of `COMPACT_IPV4_BYTES` or `COMPACT_IPV6_BYTES` each. Those that nobody can dial, with port 0, are left
 * out; bytes that are no whole number of addresses are a `ProtocolError`.
 */
export function decodeCompact(bytes: Uint8Array, bytesEach: number): readonly PeerAddress[] {
  if (bytes.length % bytesEach !== 0) {
    throw new ProtocolError(
      "malformedPeers",
      `${bytes.length} bytes are no compact peers of ${bytesEach} bytes each`,
    );
  }
  const text = bytesToBinaryString(bytes);
  const addresses: PeerAddress[] = [];
  for (let at = 0; at < text.length; at += bytesEach) {
    const ip = ipFromBytes(text.slice(at, at + bytesEach - PORT_BYTES));
    const port = peerPort(text.slice(at, at + bytesEach) as PeerAddress);
    if (ip !== undefined && port !== 0) addresses.push(peerAddress(ip, port));
  }
  return addresses;
}
