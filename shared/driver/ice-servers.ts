import type { IceServer, TrackerConfig } from "../announce/tracker-config.ts";

/** What a tracker says of STUN and TURN servers. */
export type IceConfig = Pick<TrackerConfig, "iceServers" | "iceLifetimeSeconds">;

/** Milliseconds until we ask again a tracker that gave no new passwords. */
const RETRY_MILLIS = 60_000;

/** STUN and TURN servers whose passwords are renewed in time. */
export interface FreshIceServers {
  /** The servers for the next link. */
  readonly servers: () => readonly IceServer[];
  /** Asks the tracker again, which may give more to somebody who has logged in. Does not reject. */
  readonly renew: () => Promise<void>;
}

/**
 * When half of the time of their passwords has passed, it asks the tracker for new ones,
 * which later links get. Peers make links and offers every few minutes, so no timer is needed.
 *
 * `now` is the time in milliseconds on any clock that also goes on while the machine sleeps. `ask` does not reject.
 */
export function freshIceServers(
  first: IceConfig,
  now: () => number,
  ask: () => Promise<IceConfig>,
): FreshIceServers {
  let { iceServers } = first;
  let askAt = Number.POSITIVE_INFINITY;
  const take = ({ iceLifetimeSeconds, iceServers: fresh }: IceConfig): void => {
    if (iceLifetimeSeconds === undefined) return; // The tracker cannot be reached, or has nothing that expires.
    askAt = now() + (iceLifetimeSeconds * 1_000) / 2;
    iceServers = fresh;
  };
  take(first);
  const renew = (): Promise<void> => {
    if (askAt !== Number.POSITIVE_INFINITY) askAt = now() + RETRY_MILLIS;
    return ask().then(take);
  };
  const servers = (): readonly IceServer[] => {
    if (now() >= askAt) void renew();
    return iceServers;
  };
  return { servers, renew };
}
