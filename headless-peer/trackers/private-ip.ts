import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { ProtocolError } from "#shared/base/errors.ts";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";

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
