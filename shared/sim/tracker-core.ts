import type { Tracker } from "#signal-tracker/core/tracker.ts";
import { UpdateCounts } from "#signal-tracker/core/update-counts.ts";
import * as accounts from "#signal-tracker/limits/accounts.ts";
import * as swarms from "#signal-tracker/limits/swarms.ts";
import { MemorySwarmStore } from "#signal-tracker/store/memory/swarm-store.ts";
import type { Random } from "../base/random.ts";

/** The signal tracker's own core, empty, with the limits of a real one. */
export function newCore(random: Random): Tracker {
  return {
    store: new MemorySwarmStore(),
    random,
    trackerId: "simulated",
    maxOffersPerAnnounce: swarms.MAX_OFFERS_PER_ANNOUNCE,
    maxSwarmsPerMember: swarms.MAX_TORRENTS_PER_SOCKET,
    maxPeersPerReply: swarms.MAX_PEERS_PER_REPLY,
    maxMembersPerNetworkInSwarm: swarms.MAX_MEMBERS_PER_NETWORK_IN_SWARM,
    maxMembersPerNetwork: swarms.MAX_MEMBERS_PER_NETWORK,
    maxMembersPerAccountInSwarm: accounts.MAX_MEMBERS_PER_ACCOUNT_IN_SWARM,
    maxMembersPerAccount: accounts.MAX_MEMBERS_PER_ACCOUNT,
    updateCounts: new UpdateCounts(),
  };
}
