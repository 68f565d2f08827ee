import type { IceServer, TrackerConfig } from "../announce/tracker-config.ts";

/** What a tracker says of STUN and TURN servers. */
export type IceConfig = Pick<TrackerConfig, "iceServers" | "iceLifetimeSeconds">;

/** Milliseconds until we ask again a tracker that gave no new passwords. */
const RETRY_MILLIS = 60_000;

/**
 * Returns the servers for the next link. When half of the time of their passwords has passed, it asks the tracker for new ones,
 * which later links get. Peers make links and offers every few minutes, so no timer is needed.
 *
 * `now` is the time in milliseconds on any clock that also goes on while the machine sleeps. `ask` does not reject.
 */
export function freshIceServers(
  first: IceConfig,
  now: () => number,
  ask: () => Promise<IceConfig>,
): () => readonly IceServer[] {
  let { iceServers } = first;
  let askAt = Number.POSITIVE_INFINITY;
  const take = ({ iceLifetimeSeconds, iceServers: fresh }: IceConfig): void => {
    if (iceLifetimeSeconds === undefined) return; // The tracker is away, or has nothing that expires.
    askAt = now() + (iceLifetimeSeconds * 1_000) / 2;
    iceServers = fresh;
  };
  take(first);
  return () => {
    if (now() >= askAt) {
      askAt = now() + RETRY_MILLIS;
      void ask().then(take);
    }
    return iceServers;
  };
}
