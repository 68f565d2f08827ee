import { type PeerAddress, peerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { formatIp, isIpv6, parseIp } from "#shared/base/ip.ts";

const MAX_PORT = 65_535;

/**
 * Reads `192.0.2.1:6881` or `[2001:db8::1]:6881`; an IPv4 address written as IPv6 becomes IPv4 again. Undefined: anything else,
 * such as a host name, or a port that nobody can dial.
 */
export function parsePeerAddress(text: string): PeerAddress | undefined {
  const parts = /^(?:\[([^\]]*:[^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  return parts === null ? undefined : joinPeerAddress(parts[1] ?? parts[2] ?? "", Number(parts[3]));
}

/** Joins an IP address as text and a port. Undefined: one of them is invalid, or the port is 0. */
export function joinPeerAddress(ipText: string, port: number): PeerAddress | undefined {
  const ip = parseIp(ipText);
  const canBeDialled = Number.isInteger(port) && port >= 1 && port <= MAX_PORT;
  return ip === undefined || !canBeDialled ? undefined : peerAddress(ip, port);
}

/** As people write it: `192.0.2.1:6881` or `[2001:db8::1]:6881`. */
export function formatPeerAddress(address: PeerAddress): string {
  const ip = peerIp(address);
  return `${isIpv6(ip) ? `[${formatIp(ip)}]` : formatIp(ip)}:${peerPort(address)}`;
}
