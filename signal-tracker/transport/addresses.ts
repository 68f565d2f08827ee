import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { formatIp, type IpAddress, isIpv6, isLoopbackIp, parseIp } from "#shared/base/ip.ts";

/** Whether the address is this machine's own: 127.0.0.0/8 and ::1, also IPv4 written as IPv6. */
export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && isLoopbackIp(ip);
}

/** Whether a server bound to it listens on every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Turns an IPv4 address from an IPv6 socket back into IPv4; leaves any other as it is. */
export function withoutIpv4Prefix(address: string): string {
  const ip = parseIp(address);
  return ip === undefined || isIpv6(ip) ? address : formatIp(ip);
}

/**
 * The addresses at which other machines on the network reach a server bound to `bound`: IPv4 first, then IPv6, each in the
 * system's order. Leaves out link-local ones, which no browser accepts in a URL.
 */
export function lanAddresses(bound: string): readonly string[] {
  if (!isWildcard(bound)) return isLoopback(bound) ? [] : [bound];
  const reached = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address));
  const addresses = reached.map(({ address }) => address);
  const ipv4 = addresses.filter((address) => isIP(address) === 4);
  return bound === "0.0.0.0" ? ipv4 : [...ipv4, ...addresses.filter((address) => isIP(address) === 6)];
}

/** The address as a URL needs it: IPv6 in brackets. */
export function urlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/**
 * The network whose limits an address counts towards: an IPv4 address alone, or an IPv6 /64, which is what one household
 * gets. Undefined: no limits apply to loopback, where reverse proxies and tests are.
 */
export function networkOf(ip: IpAddress): string | undefined {
  return isLoopbackIp(ip) ? undefined : ip.slice(0, isIpv6(ip) ? 8 : 4);
}

/** Whether the address is valid on one link only (169.254.0.0/16, fe80::/10). */
export function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
