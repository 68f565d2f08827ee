import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressAnnounce,
  type AddressReply,
  type CompactReply,
  type PeersForm,
} from "#shared/announce/announce.ts";
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
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import { type IpAddress, isIpv6, isLoopbackIp } from "#shared/base/ip.ts";
import { ADDRESS_LIFETIME_MILLIS, MIN_INTERVAL_SECONDS, USUAL_PEERS_PER_REPLY } from "../limits.ts";
import type { AddressMember, AddressQuery, MemberKey } from "./store.ts";
import { enter, isSeeder, type Tracker } from "./tracker.ts";

/** Who announces without a socket of its own that stays. */
export interface Caller {
  /** Where the announce came from. What a client says of its address is not believed. */
  readonly ip: IpAddress;
  /** Under what its limits are counted. Undefined: it has none. */
  readonly network: string | undefined;
  /** The tracker's own machine, as the caller reaches it. Undefined: not known. Is asked only if need be. */
  readonly machineIp: () => IpAddress | undefined;
}

/** Takes one announce of a peer that listens for TCP, and tells it of others that do. */
export function announceAddress(
  tracker: Tracker,
  now: Millis,
  caller: Caller,
  asked: AddressAnnounce,
  peersForm: PeersForm,
): AddressReply | CompactReply {
  const { store, random } = tracker;
  const { infoHash } = asked;
  store.removeExpired(now);
  const member = memberOf(caller, asked, now);
  const warning = takePart(tracker, member, asked);
  const query = queryOf(tracker, member, asked);
  if (peersForm === "compact") {
    const peers = packedFor(caller, store.sampleCompact(infoHash, query, random));
    return reply("compactReply", tracker, infoHash, warning, peers);
  }
  const peers = listFor(caller, store.sampleAddresses(infoHash, query, random), peersForm);
  return reply("addressReply", tracker, infoHash, warning, peers);
}

/** Enters or removes the asker. A sentence: why it is not entered. */
function takePart(tracker: Tracker, asker: AddressMember, asked: AddressAnnounce): string | undefined {
  const { infoHash, event } = asked;
  if (event === "stopped") {
    tracker.store.remove(infoHash, asker.key);
    return undefined;
  }
  const warning = crowded(tracker, asker, asked);
  if (warning === undefined) enter(tracker.store, infoHash, asker, event);
  return warning;
}

function memberOf({ ip, network }: Caller, asked: AddressAnnounce, now: Millis): AddressMember {
  const address = peerAddress(ip, asked.port);
  // Sockets are called by digits, so nobody can be taken for one.
  const key = `${isIpv6(ip) ? "v6" : "v4"} ${address}${asked.key}` as MemberKey;
  return {
    type: "address",
    key,
    peerId: asked.peerId,
    seeding: isSeeder(asked),
    address,
    network,
    expiresAt: millis(now + ADDRESS_LIFETIME_MILLIS),
  };
}

/** Why the asker is not entered. It is told of others all the same: behind one address may be many people. */
function crowded(
  { store, maxMembersPerNetwork, maxMembersPerNetworkInSwarm }: Tracker,
  { key, network }: AddressMember,
  { infoHash }: AddressAnnounce,
): string | undefined {
  if (network === undefined || store.isMember(infoHash, key)) return undefined;
  const { inSwarm, inAll } = store.networkCounts(infoHash, network);
  if (inSwarm >= maxMembersPerNetworkInSwarm) {
    return `others are not told of you: your address has the most entries it may have for one torrent, ${maxMembersPerNetworkInSwarm}`;
  }
  if (inAll >= maxMembersPerNetwork) {
    return `others are not told of you: your address has the most entries it may have, ${maxMembersPerNetwork}`;
  }
  return undefined;
}

function queryOf(
  { maxPeersPerReply }: Tracker,
  { key, seeding }: AddressMember,
  asked: AddressAnnounce,
): AddressQuery {
  const { event, peersWanted = USUAL_PEERS_PER_REPLY } = asked;
  const count = event === "stopped" ? 0 : Math.min(peersWanted, maxPeersPerReply);
  return { count, asker: { key, seeding: seeding && !mayLackMetadata(asked) } };
}

/** aria2 says that nothing is left of a magnet's torrent while it does not know its size, and then needs seeders most. */
function mayLackMetadata({ uploaded, downloaded }: AddressAnnounce): boolean {
  return uploaded + downloaded === 0;
}

function listFor(
  caller: Caller,
  members: readonly AddressMember[],
  peersForm: PeersForm,
): AddressReply["peers"] {
  return members.flatMap(({ address, peerId }) => {
    const told = peersForm === "list" ? peerId : undefined;
    return addressFor(caller, address).map((reached) => ({ address: reached, peerId: told }));
  });
}

/** Nearly always there is nothing to change. */
function packedFor(caller: Caller, peers: CompactPeers): CompactPeers {
  const { ipv4, ipv6 } = peers;
  let mayHoldLoopback = ipv6 !== "";
  for (let at = 0; at < ipv4.length; at += COMPACT_IPV4_BYTES) mayHoldLoopback ||= ipv4[at] === "\x7f";
  if (!mayHoldLoopback || isLoopbackIp(caller.ip)) return peers;
  return packPeers(unpackPeers(peers).flatMap((address) => addressFor(caller, address)));
}

/** A member that came from loopback is on the tracker's machine, and others reach it there if that is known. */
function addressFor({ ip, machineIp }: Caller, address: PeerAddress): readonly PeerAddress[] {
  if (isLoopbackIp(ip) || !isLoopbackIp(peerIp(address))) return [address];
  const machine = machineIp();
  return machine === undefined ? [] : [peerAddress(machine, peerPort(address))];
}

function reply<Type extends string, Peers>(
  type: Type,
  { store, trackerId }: Tracker,
  infoHash: InfoHash,
  warning: string | undefined,
  peers: Peers,
) {
  const { seeders, leechers } = store.counts(infoHash);
  return {
    type,
    intervalSeconds: ADDRESS_INTERVAL_SECONDS,
    minIntervalSeconds: MIN_INTERVAL_SECONDS,
    seeders,
    leechers,
    trackerId,
    warning,
    peers,
  };
}
