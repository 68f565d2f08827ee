import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { ProtocolError } from "#shared/base/errors.ts";
import { type IpAddress, isIpv6, isLoopbackIp, parseIp } from "#shared/base/ip.ts";

/** Whether an address leads no further than this machine or its network: loopback, link-local, private (RFC 1918, RFC 4193, RFC 3927, RFC 6598). */
export function isPrivateIp(ip: IpAddress): boolean {
  const [a = 0, b = 0] = [ip.charCodeAt(0), ip.charCodeAt(1)];
  if (isLoopbackIp(ip)) return true;
  if (isIpv6(ip)) return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80) || /^\0+$/.test(ip);
  return (
    a === 0 ||
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** Why a tracker that a torrent names is not called. */
export function privateNetworkError(): ProtocolError {
  return new ProtocolError("privateAddress", "the tracker's address leads into a private network");
}

/** Whether a host, as URLs name it, is the number of such an address. */
export function isPrivateHost(host: string): boolean {
  const ip = parseIp(host.replace(/^\[|\]$/g, ""));
  return ip !== undefined && isPrivateIp(ip);
}

/** Looks up a name for a socket. One that leads to such an address counts as unknown. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
    const refusal = addresses.some(isPrivateHost) ? privateNetworkError() : null;
    callback(error ?? refusal, found, family);
  });
};
