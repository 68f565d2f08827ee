import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { CompactPeers } from "#shared/announce/compact.ts";
import { type InfoHash, millis, type PeerId } from "#shared/base/ids.ts";
import type { AddressMember, AddressQuery, Member, MemberKey, SocketMember } from "../core/swarm-store.ts";
import { testAddress } from "../core/tracker.test-support.ts";

/** What the tests ask of a store of swarms, whether it answers at once or asks Redis. */
export interface TestedSwarms {
  /** Resolves to whether the member was a seeder before. */
  put(infoHash: InfoHash, member: Member, hasCompleted?: boolean): Promise<boolean>;
  remove(infoHash: InfoHash, key: MemberKey): Promise<void>;
  counts(infoHash: InfoHash): Promise<SwarmCounts>;
  sampleSockets(infoHash: InfoHash, count: number, except: MemberKey): Promise<readonly SocketMember[]>;
  sampleAddresses(
    infoHash: InfoHash,
    query: AddressQuery,
  ): Promise<readonly Omit<AddressMember, "network" | "expiresAt">[]>;
  sampleCompact(infoHash: InfoHash, query: AddressQuery): Promise<CompactPeers>;
}

/** Makes an empty one, with that seed. */
export type OpenSwarms = (seed?: number) => Promise<TestedSwarms>;

/** A member with an address that expires at 100, unless `fields` say otherwise. */
export function addressed(
  key: MemberKey,
  peerId: PeerId,
  fields: Partial<AddressMember> = {},
): AddressMember {
  const address = testAddress("192.0.2.1", 6881);
  return {
    type: "address",
    key,
    peerId,
    seeding: false,
    address,
    network: "n",
    expiresAt: millis(100),
    ...fields,
  };
}

/** The same, but a seeder. */
export const seederAt = (key: MemberKey, peerId: PeerId): AddressMember =>
  addressed(key, peerId, { seeding: true });

/** The results of so many samples. They are asked for together, as one after the other would take long. */
export function sampled<Sample>(times: number, sample: () => Promise<Sample>): Promise<readonly Sample[]> {
  return Promise.all(Array.from({ length: times }, sample));
}

/** How often each name is among them. */
export function timesOf(samples: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const name of samples.flat()) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}
