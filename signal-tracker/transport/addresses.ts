import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { formatIp, type IpAddress, isIpv6, isLoopbackIp, parseIp } from "#shared/base/ip.ts";

/** Whether the address only ever leads to this machine: 127.0.0.0/8 and ::1, also written inside IPv6. */
export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && isLoopbackIp(ip);
}

/** Whether a server bound to it is reached at every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** An IPv4 address that arrived on an IPv6 socket, as IPv4; any other as it is. */
export function withoutIpv4Prefix(address: string): string {
  const ip = parseIp(address);
  return ip === undefined || isIpv6(ip) ? address : formatIp(ip);
}

/**
 * The addresses at which other machines of the network reach a server bound to `bound`: IPv4 first, then IPv6, each in
 * the system's order, without link-local ones, which no browser accepts in a URL.
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

/** An address as it stands in a URL: IPv6 in brackets. */
export function urlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/**
 * Under what an address counts where something is limited: IPv4 by itself, IPv6 by its /64, which is what one household
 * gets. Undefined: loopback, behind which stand reverse proxies and tests, is not limited.
 */
export function countedAs(ip: IpAddress): string | undefined {
  return isLoopbackIp(ip) ? undefined : ip.slice(0, isIpv6(ip) ? 8 : 4);
}

/** Whether the address means something on one cable only (169.254.0.0/16, fe80::/10). */
export function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
