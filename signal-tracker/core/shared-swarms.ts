import type { SwarmCounts } from "#shared/announce/announce.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { AddressMember, Member, MemberKey, SocketMember } from "./swarm-store.ts";

/** A change of one member's entry, and what to return of its swarm after that. */
export interface SwarmRequest {
  readonly infoHash: InfoHash;
  readonly change:
    | {
        readonly type: "put";
        readonly member: Member;
        /** How long the entry lasts if nobody puts it again. */
        readonly lifetimeMillis: number;
        readonly hasCompleted: boolean;
        /** Whether the entry says something new: the other nodes are told. */
        readonly isNews: boolean;
      }
    /** `look` changes nothing: the member is left out of the samples. */
    | { readonly type: "remove" | "look"; readonly key: MemberKey };
  /** Members with sockets wanted. Absent: none. */
  readonly sockets?: number | undefined;
  /** Members with addresses wanted. Absent: none. */
  readonly addresses?:
    | { readonly count: number; readonly family: 4 | 6 | undefined; readonly withoutSeeders: boolean }
    | undefined;
}

/** A member with an address, as other nodes know it. */
export type SharedAddress = Omit<AddressMember, "network" | "expiresAt">;

/** Names another node. */
export type NodeId = string & { readonly nodeId: unique symbol };

/** A swarm as all nodes have made it, after the change. */
export interface SwarmLook {
  readonly counts: SwarmCounts;
  /** Whether the member was in the swarm as a seeder before. */
  readonly wasSeeding: boolean;
  /** Whether this node had no other member there. */
  readonly isFirstOfNode: boolean;
  /** Whether the counts still hold members that are gone: a look removes only so many of them. */
  readonly isStale: boolean;
  /** Other nodes with members there. */
  readonly others: readonly NodeId[];
  /** Those of other nodes have a remote key. */
  readonly sockets: readonly SocketMember[];
  readonly addresses: readonly SharedAddress[];
}

/** The swarms of all nodes together. */
export interface SharedSwarms {
  /** Rejects with a `StoreUnavailable`. */
  ask(request: SwarmRequest): Promise<SwarmLook>;
  /**
   * Lets entries of this node's members with sockets last that much longer. Returns whose entries are not there any more.
   * Rejects with a `StoreUnavailable`.
   */
  renew(
    infoHash: InfoHash,
    keys: readonly MemberKey[],
    lifetimeMillis: number,
  ): Promise<readonly MemberKey[]>;
}
