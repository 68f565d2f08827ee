import { type IpAddress, isIpv6, isPrivateIp, networkOf } from "./ip.ts";

/**
 * Whether two devices that reach each other at these addresses are on one network: a private address that no provider shares
 * out, or a common block. `ours` undefined: we do not know it.
 */
export function isNearby(ours: IpAddress | undefined, theirs: IpAddress): boolean {
  const isShared = !isIpv6(theirs) && theirs.startsWith("\x64"); // RFC 6598: whole towns, and private networks across the internet.
  return (isPrivateIp(theirs) && !isShared) || (ours !== undefined && networkOf(ours) === networkOf(theirs));
}
