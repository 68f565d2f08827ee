import type { AddressAnnounce, Announce, Offer } from "#shared/announce/announce.ts";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import {
  type InfoHash,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { Caller } from "./caller.ts";
import type { MemberKey, SwarmStore } from "./swarm-store.ts";
import type { Tracker } from "./tracker.ts";
import { UpdateCounts } from "./update-counts.ts";

// Names and messages for tests of the tracker.

/** A different one for each digit. */
export const testInfoHash = (digit: number): InfoHash => present(parseInfoHash(String(digit).repeat(40)));

/** A different one for each digit. */
export const testPeerId = (digit: number): PeerId => present(parsePeerId(String(digit).repeat(40)));

/** A different one for each number. */
export const testOfferId = (number: number): OfferId =>
  present(parseOfferId(number.toString(16).padStart(40, "0")));

/** A different one for each name. */
export const testMemberKey = (name: string): MemberKey => name as MemberKey;

/** Offers with ids and descriptions made from the numbers. */
export const testOffers = (...numbers: number[]): readonly Offer[] =>
  numbers.map((number) => ({ offerId: testOfferId(number), sdp: `offer ${number}` }));

/** Torrent 1, nothing completed, no offers, unless `fields` say otherwise. */
export function testAnnounce(peer: number, fields: Partial<Announce> = {}): Announce {
  return {
    infoHash: testInfoHash(1),
    peerId: testPeerId(peer),
    event: "update",
    uploaded: 0,
    downloaded: 0,
    left: 5,
    offers: [],
    ...fields,
  };
}

/** The address of that text. */
export const testIp = (text: string): IpAddress => present(parseIp(text));

/** The address of that text, with a port. */
export const testAddress = (text: string, port: number): PeerAddress => peerAddress(testIp(text), port);

/** Torrent 1, nothing completed, port 6881, unless `fields` say otherwise. */
export function testAddressAnnounce(peer: number, fields: Partial<AddressAnnounce> = {}): AddressAnnounce {
  return {
    infoHash: testInfoHash(1),
    peerId: testPeerId(peer),
    event: "update",
    uploaded: 0,
    downloaded: 0,
    left: 5,
    port: 6881,
    key: "",
    peersWanted: undefined,
    ...fields,
  };
}

/** A client at that address. The tracker is at 203.0.113.1. */
export const testCaller = (text: string): Caller => ({
  ip: testIp(text),
  network: text.startsWith("127.") ? undefined : text,
  machineIp: () => testIp("203.0.113.1"),
});

/** Hands out three offers per announce, and takes two swarms per socket, three entries per network and swarm, five in all. */
export function testTracker(store: SwarmStore, seed = 1): Tracker {
  return {
    store,
    random: seededRandom(seed),
    trackerId: "test",
    maxOffersPerAnnounce: 3,
    maxSwarmsPerMember: 2,
    maxPeersPerReply: 100,
    maxMembersPerNetworkInSwarm: 3,
    maxMembersPerNetwork: 5,
    maxMembersPerAccountInSwarm: 2,
    maxMembersPerAccount: 3,
    updateCounts: new UpdateCounts(),
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}
