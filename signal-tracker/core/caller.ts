import type { AddressReply, PeersForm } from "#shared/announce/announce.ts";
import {
  COMPACT_IPV4_BYTES,
  type CompactPeers,
  type PeerAddress,
  packPeers,
  peerAddress,
  peerIp,
  peerPort,
  unpackPeers,
} from "#shared/announce/compact.ts";
import { type IpAddress, isLoopbackIp } from "#shared/base/ip.ts";
import type { AddressMember, Holder } from "./swarm-store.ts";

/** A client that announces without keeping a socket open. */
export interface Caller {
  /** Where the announce came from. What a client claims as its address is ignored. */
  readonly ip: IpAddress;
  /** The network whose limits it counts towards. Undefined: no limits apply. */
  readonly network: string | undefined;
  /** Whose account announces: its own limits apply then, and not those of its network. Absent: there are no accounts. */
  readonly holder?: Holder | undefined;
  /** The address under which the caller reaches the tracker's machine, looked up when needed. Undefined: unknown. */
  readonly machineIp: () => IpAddress | undefined;
  /** Peers that its transport can carry in one reply. Undefined: any number. */
  readonly maxPeers?: number;
  /** Whether the reply can name only peers of the caller's own address family, as over UDP. */
  readonly ownFamilyOnly?: boolean;
}

/** Members as the caller reaches them. */
export function listFor(
  caller: Caller,
  members: readonly AddressMember[],
  peersForm: PeersForm,
): AddressReply["peers"] {
  return members.flatMap(({ address, peerId }) => {
    const shownId = peersForm === "list" ? peerId : undefined;
    return addressFor(caller, address).map((reached) => ({ address: reached, peerId: shownId }));
  });
}

/** The same for packed addresses, which it nearly always leaves as they are. */
export function packedFor(caller: Caller, peers: CompactPeers): CompactPeers {
  const { ipv4, ipv6 } = peers;
  let mayHoldLoopback = ipv6 !== "";
  for (let at = 0; at < ipv4.length; at += COMPACT_IPV4_BYTES) mayHoldLoopback ||= ipv4[at] === "\x7f";
  if (!mayHoldLoopback || isLoopbackIp(caller.ip)) return peers;
  return packPeers(unpackPeers(peers).flatMap((address) => addressFor(caller, address)));
}

/**
 * The address at which the caller reaches a member, if there is one. A member on loopback is on the tracker's machine, so others
 * get that machine's address, if it is known.
 */
export function addressFor({ ip, machineIp }: Caller, address: PeerAddress): readonly PeerAddress[] {
  if (isLoopbackIp(ip) || !isLoopbackIp(peerIp(address))) return [address];
  const machine = machineIp();
  return machine === undefined ? [] : [peerAddress(machine, peerPort(address))];
}
