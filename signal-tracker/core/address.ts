import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressAnnounce,
  type AddressReply,
} from "#shared/announce/announce.ts";
import { type PeerAddress, peerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import { type IpAddress, isIpv6, isLoopbackIp } from "#shared/base/ip.ts";
import type { AddressMember, MemberKey } from "./store.ts";
import { enter, isSeeder, type Tracker } from "./tracker.ts";

/** Seconds before which a client should not announce again. aria2 announces as often as this, so it is not too short. */
const MIN_INTERVAL_SECONDS = 120;
/** One lost announce is forgiven, two are not. */
export const ADDRESS_LIFETIME_MILLIS = 2 * ADDRESS_INTERVAL_SECONDS * 1_000;
/** Peers that are told of to who does not say how many. */
const PEERS_WANTED = 50;

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
): AddressReply {
  const { store, random, peersPerReplyMax } = tracker;
  const { infoHash, event, peersWanted = PEERS_WANTED } = asked;
  store.removeExpired(now);
  const asker = memberOf(caller, asked, now);
  if (event === "stopped") {
    store.remove(infoHash, asker.key);
    return reply(tracker, asked, [], undefined);
  }
  const warning = crowded(tracker, asker, asked);
  if (warning === undefined) enter(store, infoHash, asker, event);
  const count = Math.min(peersWanted, peersPerReplyMax);
  const query = { count, asker: { ...asker, seeding: asker.seeding && !mayLackMetadata(asked) } };
  const members = store.sampleAddresses(infoHash, query, now, random);
  return reply(tracker, asked, toldTo(caller, members), warning);
}

/** aria2 says that nothing is left of a magnet's torrent while it does not know its size, and then needs seeders most. */
function mayLackMetadata({ uploaded, downloaded }: AddressAnnounce): boolean {
  return uploaded + downloaded === 0;
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
  { store, membersPerNetworkMax, membersPerNetworkInSwarmMax }: Tracker,
  { key, network }: AddressMember,
  { infoHash }: AddressAnnounce,
): string | undefined {
  if (network === undefined || store.isMember(infoHash, key)) return undefined;
  const { inSwarm, inAll } = store.networkCounts(infoHash, network);
  if (inSwarm >= membersPerNetworkInSwarmMax) {
    return `others are not told of you: your address has the most entries it may have for one torrent, ${membersPerNetworkInSwarmMax}`;
  }
  if (inAll >= membersPerNetworkMax) {
    return `others are not told of you: your address has the most entries it may have, ${membersPerNetworkMax}`;
  }
  return undefined;
}

/** A member that came from loopback is on the tracker's machine, and others reach it there. */
function toldTo(caller: Caller, members: readonly AddressMember[]): AddressReply["peers"] {
  const isLocal = isLoopbackIp(caller.ip);
  return members.flatMap(({ address, peerId }) => {
    const reached = isLocal || !isLoopbackIp(peerIp(address)) ? address : onMachine(caller, address);
    return reached === undefined ? [] : [{ address: reached, peerId }];
  });
}

function onMachine(caller: Caller, address: PeerAddress): PeerAddress | undefined {
  const ip = caller.machineIp();
  return ip === undefined ? undefined : peerAddress(ip, peerPort(address));
}

function reply(
  { store, trackerId }: Tracker,
  { infoHash }: AddressAnnounce,
  peers: AddressReply["peers"],
  warning: string | undefined,
): AddressReply {
  const { seeders, leechers } = store.counts(infoHash);
  return {
    type: "addressReply",
    intervalSeconds: ADDRESS_INTERVAL_SECONDS,
    minIntervalSeconds: MIN_INTERVAL_SECONDS,
    seeders,
    leechers,
    trackerId,
    warning,
    peers,
  };
}
