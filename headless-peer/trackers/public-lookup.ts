import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";
import { privateNetworkError } from "#shared/base/tracker-rule.ts";

/** Looks up a name for a socket. A name that leads into a private network fails. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
    const refusal = addresses.some(isPrivate) ? privateNetworkError() : null;
    callback(error ?? refusal, found, family);
  });
};

function isPrivate(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && isPrivateIp(ip);
}
