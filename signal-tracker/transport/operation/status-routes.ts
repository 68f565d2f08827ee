import type { ApiNode, ApiStatus, ApiSwarm } from "#shared/announce/tracker-api.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { SwarmSummary } from "../../core/swarm-store.ts";
import { MAX_STATUS_AGE_MILLIS } from "../../limits/operation.ts";
import { STATUS } from "../api/answers.ts";
import type { AddRoutes } from "../api/api.ts";
import type { AnnounceRate } from "./announce-rate.ts";
import type { CensusTaker } from "./census.ts";

/** What the tracker's view of itself is made of. */
export interface StatusRouteOptions {
  readonly census: CensusTaker;
  readonly rate: AnnounceRate;
  readonly now: () => Millis;
  /** All nodes, this one first. */
  readonly nodes: () => readonly ApiNode[];
  /** The name that a torrent has in the catalog. Undefined: it is not there. */
  readonly nameOf: (infoHash: InfoHash) => Promise<string | undefined>;
  /** Whether only people who are logged in see the catalog. */
  readonly needsLogin: boolean;
}

interface NamedSwarm extends SwarmSummary {
  readonly name: string | undefined;
}

/** Says how the tracker is doing: `GET /status`. */
export function statusRoutes(options: StatusRouteOptions): AddRoutes {
  const { census, rate, now, nodes, needsLogin } = options;
  const startedAt = now();
  const largest = new LargestSwarms(options);
  return (api, { identify }) => {
    const summary = "How the tracker is doing: its largest swarms, its peers, and its nodes";
    api.get(
      "/status",
      { schema: { summary, tags: ["tracker"], response: { 200: STATUS } } },
      async (request): Promise<ApiStatus> => {
        const identity = await identify(request);
        const mayRead = !needsLogin || identity.type !== "nobody";
        const isAdmin = identity.type === "account" && identity.account.isAdmin;
        const { swarms, seeders, leechers } = await census.take();
        return {
          uptimeSeconds: Math.floor((now() - startedAt) / 1e3),
          announcesPerMinute: rate.perMinute,
          swarmCount: swarms,
          peerCount: seeders + leechers,
          swarms: (await largest.take()).map((swarm) => shown(swarm, mayRead, isAdmin)),
          nodes: nodes(),
        };
      },
    );
  };
}

/** The largest swarms by name, looked up at most every `MAX_STATUS_AGE_MILLIS`, however many people look at them. */
class LargestSwarms {
  readonly #options: StatusRouteOptions;
  #takenAt = Number.NEGATIVE_INFINITY;
  #swarms: Promise<readonly NamedSwarm[]> | undefined;

  constructor(options: StatusRouteOptions) {
    this.#options = options;
  }

  take(): Promise<readonly NamedSwarm[]> {
    const now = this.#options.now();
    if (this.#swarms === undefined || now - this.#takenAt >= MAX_STATUS_AGE_MILLIS) {
      this.#takenAt = now;
      this.#swarms = this.#look();
    }
    return this.#swarms;
  }

  async #look(): Promise<readonly NamedSwarm[]> {
    const { census, nameOf } = this.#options;
    const { largest } = await census.take();
    return Promise.all(largest.map(async (swarm) => ({ ...swarm, name: await nameOf(swarm.infoHash) })));
  }
}

function shown(
  { infoHash, name, seeders, leechers }: NamedSwarm,
  mayRead: boolean,
  isAdmin: boolean,
): ApiSwarm {
  const hasName = name !== undefined && mayRead;
  return { ...((hasName || isAdmin) && { infoHash }), ...(hasName && { name }), seeders, leechers };
}
