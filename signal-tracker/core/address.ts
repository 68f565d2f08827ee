import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressAnnounce,
  type AddressReply,
  type CompactReply,
  type Failure,
  type PeersForm,
} from "#shared/announce/announce.ts";
import { peerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import { isIpv6 } from "#shared/base/ip.ts";
import { ADDRESS_LIFETIME_MILLIS, MIN_INTERVAL_SECONDS, USUAL_PEERS_PER_REPLY } from "../limits/swarms.ts";
import { addressMemberKey, clientKeyOf, keyBytes } from "./address-key.ts";
import { type Caller, listFor, packedFor } from "./caller.ts";
import { tooEarly, tooManyOfAccount, torrentNotAllowed } from "./refusals.ts";
import type { AddressMember, AddressQuery, SwarmMember } from "./swarm-store.ts";
import { enter, hasFreeSlot, isSeeder, type Tracker } from "./tracker.ts";

/** Handles an announce of a peer that listens for TCP, and sends it others that do. */
export function announceAddress(
  tracker: Tracker,
  now: Millis,
  caller: Caller,
  request: AddressAnnounce,
  peersForm: "compact",
): CompactReply | Failure;
export function announceAddress(
  tracker: Tracker,
  now: Millis,
  caller: Caller,
  request: AddressAnnounce,
  peersForm: PeersForm,
): AddressReply | CompactReply | Failure;
export function announceAddress(
  tracker: Tracker,
  now: Millis,
  caller: Caller,
  request: AddressAnnounce,
  peersForm: PeersForm,
): AddressReply | CompactReply | Failure {
  const entered = enterAddress(tracker, now, caller, request);
  if (entered.type === "failure") return entered;
  const query = addressQuery(tracker, caller, entered.member, request);
  return answerAddress(tracker, caller, request.infoHash, query, peersForm, entered.warning);
}

/** What became of the first half of an announce with an address. */
export interface EnteredAddress {
  readonly type: "entered";
  readonly member: AddressMember;
  /** A sentence if the peer may not enter, but gets peers all the same. */
  readonly warning: string | undefined;
}

/** The first half of such an announce: the peer enters, stays or leaves. */
export function enterAddress(
  tracker: Tracker,
  now: Millis,
  caller: Caller,
  request: AddressAnnounce,
): EnteredAddress | Failure {
  tracker.store.removeExpired(now);
  const member = memberOf(caller, request, now);
  const refusal = refusalOf(tracker, caller, member, request, now);
  if (refusal !== undefined) return refusal;
  return { type: "entered", member, warning: enterOrLeave(tracker, caller, member, request) };
}

/** The second half: the reply, with peers. */
export function answerAddress(
  tracker: Tracker,
  caller: Caller,
  infoHash: InfoHash,
  query: AddressQuery,
  peersForm: PeersForm,
  warning: string | undefined,
): AddressReply | CompactReply {
  const { store, random } = tracker;
  if (peersForm === "compact") {
    const peers = packedFor(caller, store.sampleCompact(infoHash, query, random));
    return reply("compactReply", tracker, infoHash, warning, peers);
  }
  const peers = listFor(caller, store.sampleAddresses(infoHash, query, random), peersForm);
  return reply("addressReply", tracker, infoHash, warning, peers);
}

/** Whoever leaves, comes, or has completed the torrent is never too early. */
function refusalOf(
  tracker: Tracker,
  { holder }: Caller,
  { key, network }: AddressMember,
  { infoHash, event }: AddressAnnounce,
  now: Millis,
): Failure | undefined {
  const { store, isAllowed, updateCounts } = tracker;
  if (event === "stopped") return undefined;
  if (isAllowed?.(infoHash) === false) {
    store.remove(infoHash, key); // It may have been allowed before.
    return torrentNotAllowed(infoHash);
  }
  if (network === undefined) return undefined;
  if (
    holder !== undefined &&
    !store.isMember(infoHash, key) &&
    isOverAccountLimit(tracker, infoHash, network)
  )
    return tooManyOfAccount(infoHash);
  if (event !== "update") return undefined;
  const waitSeconds = updateCounts.waitSeconds(infoHash, key, now);
  return waitSeconds === 0 ? undefined : tooEarly(infoHash, waitSeconds);
}

function isOverAccountLimit(
  { store, maxMembersPerAccount, maxMembersPerAccountInSwarm }: Tracker,
  infoHash: InfoHash,
  share: string,
): boolean {
  const { inSwarm, inAll } = store.networkCounts(infoHash, share);
  return inSwarm >= maxMembersPerAccountInSwarm || inAll >= maxMembersPerAccount;
}

/** Enters or removes the member. Returns a sentence if it may not enter. */
function enterOrLeave(
  tracker: Tracker,
  caller: Caller,
  member: AddressMember,
  request: AddressAnnounce,
): string | undefined {
  const { infoHash, event } = request;
  if (event === "stopped") {
    tracker.store.remove(infoHash, member.key);
    return undefined;
  }
  const warning = caller.holder === undefined ? overLimit(tracker, member, request) : undefined;
  if (warning === undefined) enter(tracker.store, infoHash, member, event);
  return warning;
}

/** Whose limits its entries count towards. */
function shareOf({ network, holder }: Caller): string | undefined {
  return holder === undefined ? network : `account ${holder.account}`;
}

function memberOf(caller: Caller, request: AddressAnnounce, now: Millis): AddressMember {
  const address = peerAddress(caller.ip, request.port);
  return {
    type: "address",
    key: addressMemberKey(address, keyBytes(request.key)),
    peerId: request.peerId,
    seeding: isSeeder(request),
    hasFreeSlot: hasFreeSlot(request),
    address,
    network: shareOf(caller),
    holder: caller.holder,
    expiresAt: millis(now + ADDRESS_LIFETIME_MILLIS),
  };
}

/** How a member would announce that it stops. */
export function stopOf(member: SwarmMember): { readonly caller: Caller; readonly request: AddressAnnounce } {
  const { infoHash, peerId, address, holder } = member;
  const caller = { ip: peerIp(address), network: undefined, holder, machineIp: () => undefined };
  const request = {
    ...{ infoHash, peerId, event: "stopped" as const, uploaded: 0, downloaded: 0, left: 0 },
    ...{ key: clientKeyOf(member), port: peerPort(address), peersWanted: 0 },
  };
  return { caller, request };
}

/** Why the member may not enter. It gets peers all the same: many people may share one address. */
function overLimit(
  { store, maxMembersPerNetwork, maxMembersPerNetworkInSwarm }: Tracker,
  { key, network }: AddressMember,
  { infoHash }: AddressAnnounce,
): string | undefined {
  if (network === undefined || store.isMember(infoHash, key)) return undefined;
  const { inSwarm, inAll } = store.networkCounts(infoHash, network);
  if (inSwarm >= maxMembersPerNetworkInSwarm) {
    return `other peers will not find you: too many entries for this torrent from your address (limit: ${maxMembersPerNetworkInSwarm})`;
  }
  if (inAll >= maxMembersPerNetwork) {
    return `other peers will not find you: too many entries from your address (limit: ${maxMembersPerNetwork})`;
  }
  return undefined;
}

/** Which peers to send to the one that announces. */
export function addressQuery(
  { maxPeersPerReply }: Tracker,
  { ip, maxPeers = maxPeersPerReply, ownFamilyOnly = false }: Caller,
  { key, seeding }: AddressMember,
  request: AddressAnnounce,
): AddressQuery {
  const { event, peersWanted = USUAL_PEERS_PER_REPLY } = request;
  const count = event === "stopped" ? 0 : Math.min(peersWanted, maxPeersPerReply, maxPeers);
  const family = ownFamilyOnly ? (isIpv6(ip) ? 6 : 4) : undefined;
  return { count, family, requester: { key, seeding: seeding && !mayLackMetadata(request) } };
}

/** aria2 reports nothing left of a magnet's torrent until it knows the size, and just then it needs seeders. */
function mayLackMetadata({ uploaded, downloaded }: AddressAnnounce): boolean {
  return uploaded + downloaded === 0;
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
