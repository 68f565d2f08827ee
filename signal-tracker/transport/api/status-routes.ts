import type { ApiNode, ApiStatus, ApiSwarm } from "#shared/announce/tracker-api.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Identity } from "../../core/identity.ts";
import type { SwarmSummary } from "../../core/swarm-store.ts";
import type { AnnounceRate } from "../operation/announce-rate.ts";
import type { CensusTaker } from "../operation/census.ts";
import type { AddRoutes } from "./api.ts";

/** What the tracker's view of itself is made of. */
export interface StatusRouteOptions {
  readonly census: CensusTaker;
  readonly rate: AnnounceRate;
  /** Seconds since the start. */
  readonly uptimeSeconds: () => number;
  /** All nodes, this one first. */
  readonly nodes: () => Promise<readonly ApiNode[]>;
  /** The name that a torrent has in the catalog. Undefined: it is not there, or is not for whoever asks. */
  readonly nameOf: (infoHash: InfoHash, identity: Identity) => Promise<string | undefined>;
}

/** Tells how the tracker does: `GET /status`. */
export function statusRoutes({ census, rate, uptimeSeconds, nodes, nameOf }: StatusRouteOptions): AddRoutes {
  const swarm = async (summary: SwarmSummary, identity: Identity): Promise<ApiSwarm> => {
    const { infoHash, seeders, leechers } = summary;
    const name = await nameOf(infoHash, identity);
    const isShown = name !== undefined || isAdmin(identity);
    return { ...(isShown && { infoHash }), ...(name !== undefined && { name }), seeders, leechers };
  };
  return (api, { identify }) => {
    const summary = "Tell how the tracker does: its largest swarms, its peers, and its nodes";
    api.get("/status", { schema: { summary, tags: ["tracker"] } }, async (request): Promise<ApiStatus> => {
      const identity = await identify(request);
      const { swarms, seeders, leechers, largest } = await census.take();
      return {
        uptimeSeconds: Math.floor(uptimeSeconds()),
        announcesPerMinute: rate.perMinute,
        swarmCount: swarms,
        peerCount: seeders + leechers,
        swarms: await Promise.all(largest.map((one) => swarm(one, identity))),
        nodes: await nodes(),
      };
    });
  };
}

function isAdmin(identity: Identity): boolean {
  return identity.type === "account" && identity.account.isAdmin;
}
