import { formatIp, type IpAddress, isIpv6 } from "#shared/base/ip.ts";

/** An address of this machine, as sockets take the one that they are opened from. */
export interface LocalAddress {
  readonly localAddress: string;
  /** Names of hosts are looked up in this family only. */
  readonly family: 4 | 6;
}

/** The one to open sockets from if links are taken at `host`. Undefined: links are taken at all addresses. */
export function localAddressOf(host: IpAddress | undefined): LocalAddress | undefined {
  if (host === undefined || /^\0+$/.test(host)) return undefined; // 0.0.0.0 and ::
  return { localAddress: formatIp(host), family: isIpv6(host) ? 6 : 4 };
}
