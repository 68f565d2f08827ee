import type { Announce, Offer } from "#shared/announce/announce.ts";
import {
  type InfoHash,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { MemberKey, SwarmStore } from "./store.ts";
import type { Tracker } from "./tracker.ts";

// Names and messages for tests of the tracker.

/** One for each digit. */
export const testInfoHash = (digit: number): InfoHash => present(parseInfoHash(String(digit).repeat(40)));

/** One for each digit. */
export const testPeerId = (digit: number): PeerId => present(parsePeerId(String(digit).repeat(40)));

/** One for each number. */
export const testOfferId = (number: number): OfferId =>
  present(parseOfferId(number.toString(16).padStart(40, "0")));

/** One for each name. */
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

/** Hands out three offers an announce and lets a member into two swarms. */
export function testTracker(store: SwarmStore, seed = 1): Tracker {
  return {
    store,
    random: seededRandom(seed),
    trackerId: "test",
    offersPerAnnounceMax: 3,
    swarmsPerMemberMax: 2,
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}
