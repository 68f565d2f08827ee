import { askTabswarmApi } from "#headless-peer/trackers/tabswarm-api.ts";
import { parseApiPage, parseApiPeer } from "#shared/announce/parse-tracker-api.ts";
import type { ApiPeer } from "#shared/announce/tracker-api.ts";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { SwarmPeer } from "../show/swarm-watch.ts";
import { type Logins, readLogins } from "./logins.ts";

/**
 * At most `limit` peers that have a free upload slot, as a typed Tabswarm tracker knows. Empty if none of them has
 * the torrent in its catalog, or says why not.
 */
export async function idlePeersAt(
  typed: readonly TrackerUrl[],
  infoHash: InfoHash,
  limit: number,
): Promise<readonly SwarmPeer[]> {
  const logins = await readLogins();
  const asked = typed.filter(isTabswarmTracker).map((tracker) => ask(tracker, infoHash, limit, logins));
  const peers = (await Promise.all(asked)).flat();
  return peers
    .filter(({ hasFreeSlot }) => hasFreeSlot)
    .slice(0, limit)
    .map(swarmPeer);
}

async function ask(
  tracker: TrackerUrl,
  infoHash: InfoHash,
  limit: number,
  logins: Logins,
): Promise<readonly ApiPeer[]> {
  const path = `/api/torrents/${infoHash}/peers?idle=1&limit=${limit}`;
  const login = logins.at(tracker);
  try {
    const { body } = await askTabswarmApi(tracker, {
      ...{ method: "GET", path },
      ...(login !== undefined && { proof: { type: "key", key: login.key } }),
    });
    return parseApiPage(body, parseApiPeer).items;
  } catch (error) {
    if (error instanceof UsageError || error instanceof ProtocolError) return []; // We look around ourselves.
    throw error;
  }
}

function swarmPeer({ kind, progress, address }: ApiPeer): SwarmPeer {
  const seeding = progress === "seeder";
  return {
    peer: address ?? "browser",
    client: "",
    kind: kind === "browser" ? "rtc" : "tcp",
    introduced: false, // By the tracker.
    progress: seeding ? 1 : undefined,
    seeding,
    idle: true,
  };
}
