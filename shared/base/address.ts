/** Where a peer takes links over TCP. */
export interface PeerAddress {
  /** An IPv4 address in four decimal parts, or an IPv6 address in lower case without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** One text for one address, such as `192.168.1.5:6881` or `[fe80::1]:6881`. */
export function addressText({ host, port }: PeerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
