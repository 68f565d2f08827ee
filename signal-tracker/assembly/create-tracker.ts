import type { Tracker } from "../core/tracker.ts";
import { UpdateCounts } from "../core/update-counts.ts";
import { MAX_MEMBERS_PER_ACCOUNT, MAX_MEMBERS_PER_ACCOUNT_IN_SWARM } from "../limits/accounts.ts";
import {
  MAX_MEMBERS_PER_NETWORK,
  MAX_MEMBERS_PER_NETWORK_IN_SWARM,
  MAX_OFFERS_PER_ANNOUNCE,
  MAX_PEERS_PER_REPLY,
  MAX_TORRENTS_PER_SOCKET,
} from "../limits/swarms.ts";
import type { Parts } from "./open-parts.ts";
import { systemRandom } from "./system-random.ts";

/** The core with its store, rules and limits. */
export function createTracker({ trackerId, swarms, rules }: Parts): Tracker {
  return {
    store: swarms,
    random: systemRandom,
    trackerId,
    maxOffersPerAnnounce: MAX_OFFERS_PER_ANNOUNCE,
    maxSwarmsPerMember: MAX_TORRENTS_PER_SOCKET,
    maxPeersPerReply: MAX_PEERS_PER_REPLY,
    maxMembersPerNetworkInSwarm: MAX_MEMBERS_PER_NETWORK_IN_SWARM,
    maxMembersPerNetwork: MAX_MEMBERS_PER_NETWORK,
    maxMembersPerAccountInSwarm: MAX_MEMBERS_PER_ACCOUNT_IN_SWARM,
    maxMembersPerAccount: MAX_MEMBERS_PER_ACCOUNT,
    updateCounts: new UpdateCounts(),
    isAllowed: rules.isAllowed,
  };
}
