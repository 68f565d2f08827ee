import { isIpv6Peer, type PeerAddress } from "#shared/announce/compact.ts";
import type { AddressMember, MemberKey } from "./swarm-store.ts";

const FAMILIES = { ipv4: "v4 ", ipv6: "v6 " };

/** The key of a member with an address. The keys of sockets are digits alone, so none can be taken for one. */
export function addressMemberKey(address: PeerAddress, clientKey: string): MemberKey {
  return `${isIpv6Peer(address) ? FAMILIES.ipv6 : FAMILIES.ipv4}${address}${clientKey}` as MemberKey;
}

/** The secret key that the client sent, one character for each byte. */
export function clientKeyOf({ key, address }: Pick<AddressMember, "key" | "address">): string {
  return key.slice(FAMILIES.ipv4.length + address.length);
}

const EIGHT_HEX_DIGITS = /^[0-9a-f]{8}$/i;

/**
 * The `key` of an announce, one character for each byte. Clients spell out over HTTP the four bytes that they send over UDP, where
 * zeros stand for no key.
 */
export function keyBytes(key: string): string {
  if (!EIGHT_HEX_DIGITS.test(key)) return key;
  const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(key.slice(at, at + 2), 16));
  return bytes.some((byte) => byte !== 0) ? String.fromCharCode(...bytes) : "";
}
