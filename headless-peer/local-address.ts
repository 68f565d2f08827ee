import { formatIp, type IpAddress, isIpv6 } from "#shared/base/ip.ts";

/** An address of this machine, as an option of a socket to open from it. */
export interface LocalAddress {
  readonly localAddress: string;
  /** Host names are looked up in this family only. */
  readonly family: 4 | 6;
}

/** The address to open sockets from if we listen at `host`. Undefined: we listen at all addresses. */
export function localAddressOf(host: IpAddress | undefined): LocalAddress | undefined {
  if (host === undefined || /^\0+$/.test(host)) return undefined; // 0.0.0.0 and ::
  return { localAddress: formatIp(host), family: isIpv6(host) ? 6 : 4 };
}
