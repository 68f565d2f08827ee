import type { FastifyInstance } from "fastify";
import type { Changed, DaemonLimitsJson, DaemonStatusJson } from "#shared/daemon/daemon-api.ts";
import type { TorrentPhase } from "#shared/session/view.ts";
import { withoutLifted } from "../changed-limits.ts";
import type { Daemon } from "../daemon.ts";
import { DAEMON_LIMITS, DAEMON_LIMITS_CHANGE, STATUS } from "./answers.ts";
import { route } from "./route.ts";
import { iso } from "./torrent-json.ts";

/** What does not change while a daemon runs. */
export interface DaemonFacts {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Where downloads go. */
  readonly folder: string;
}

const CHANGE = { ...DAEMON_LIMITS_CHANGE, additionalProperties: false };

/** How the daemon is doing, and the limits of all torrents together. */
export function statusRoutes(http: FastifyInstance, daemon: Daemon, facts: DaemonFacts): void {
  http.get("/status", route("How the daemon is doing", { response: { 200: STATUS } }), () =>
    statusOf(daemon, facts),
  );
  http.get("/limits", route("Limits of all torrents together", { response: { 200: DAEMON_LIMITS } }), () =>
    withoutLifted(daemon.limits),
  );
  http.patch<{ Body: Changed<DaemonLimitsJson> }>(
    "/limits",
    route("Change them; null lifts one", { body: CHANGE, response: { 200: DAEMON_LIMITS } }),
    ({ body }) => {
      const { rateUp, rateDown, maxPeers } = { ...daemon.limits, ...body };
      daemon.limit({
        rateUp: rateUp ?? undefined,
        rateDown: rateDown ?? undefined,
        maxPeers: maxPeers ?? undefined,
      });
      return withoutLifted(daemon.limits);
    },
  );
}

/** How a daemon is doing. */
export function statusOf(daemon: Daemon, facts: DaemonFacts): DaemonStatusJson {
  const torrents: Record<TorrentPhase, number> = {
    ...{ metadata: 0, checking: 0, downloading: 0, seeding: 0, paused: 0, error: 0 },
  };
  const sums = { peers: 0, downBytesPerSecond: 0, upBytesPerSecond: 0, downloadedBytes: 0, uploadedBytes: 0 };
  for (const { view } of daemon.list()) {
    torrents[view.phase] += 1;
    sums.peers += view.peers.length;
    sums.downBytesPerSecond += view.downBytesPerSecond;
    sums.upBytesPerSecond += view.upBytesPerSecond;
    sums.downloadedBytes += view.downloadedBytes;
    sums.uploadedBytes += view.uploadedBytes;
  }
  const { port } = daemon.peer;
  const { version, startedAt, folder } = facts;
  return {
    ...{ version, startedAt: iso(startedAt), torrents, ...sums, folder },
    ...(port !== undefined && { port }),
    limits: withoutLifted(daemon.limits),
  };
}
