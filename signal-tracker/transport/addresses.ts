import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** Whether the address only ever leads to this machine: 127.0.0.0/8 and ::1, also written inside IPv6. */
export function isLoopback(address: string): boolean {
  const plain = withoutIpv4Prefix(address);
  return plain === "::1" || plain.startsWith("127.");
}

/** Whether a server bound to it is reached at every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** An IPv4 address that arrived on an IPv6 socket, as IPv4; any other as it is. */
export function withoutIpv4Prefix(address: string): string {
  const plain = address.toLowerCase().startsWith("::ffff:") ? address.slice(7) : address;
  return isIP(plain) === 4 ? plain : address;
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
 * Under what an address counts when sockets are limited: IPv4 by itself, IPv6 by its /64, which is what one household
 * gets. Undefined: loopback, behind which stand reverse proxies and tests, is not limited.
 */
export function countedAs(remoteAddress: string): string | undefined {
  if (isLoopback(remoteAddress)) return undefined;
  const plain = withoutIpv4Prefix(remoteAddress);
  return isIP(plain) === 6 ? ipv6Groups(plain).slice(0, 4).join(":") : plain;
}

/** The eight numbers of an IPv6 address, a zone left out. The caller has it from the system, so it is one. */
export function ipv6Groups(address: string): readonly number[] {
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = parseGroups(head);
  const right = parseGroups(tail ?? "");
  const zeros = Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => 0), ...right];
}

function parseGroups(text: string): number[] {
  return text.split(":").flatMap((group) => {
    if (group === "") return [];
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** Whether the address means something on one cable only (169.254.0.0/16, fe80::/10). */
export function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
