import { isWildcard, lanAddresses, urlHost } from "../transport/addresses.ts";
import { pageUrl, type Reach } from "../transport/config.ts";
import type { Parts } from "./open-parts.ts";
import type { RunningTracker, TrackerOptions } from "./options.ts";

/** How the tracker is reached, but for its ports. */
export function fixedReach(
  options: TrackerOptions,
  boundAddress: string,
  { trackerId, certificate }: Parts,
): Omit<Reach, "port" | "httpsPort" | "otherNodes"> {
  const { publicUrl, iceServers = [], catalog, nearby, stun, udp = true } = options;
  const hasAuthority = certificate?.authority !== undefined;
  const has = { hasAuthority, hasCatalog: catalog !== false, hasNearby: nearby !== false, stun: stun && udp };
  return { boundAddress, publicUrl, trackerId, iceServers, ...has };
}

/** The URLs at which people find the tracker. */
export function reachedAt(reach: Reach): Pick<RunningTracker, "urls" | "sharedUrl" | "pageUrl"> {
  const { boundAddress, port, httpsPort, publicUrl } = reach;
  const isNamed = isWildcard(boundAddress) || ["127.0.0.1", "::1"].includes(boundAddress);
  const here = isNamed ? "localhost" : urlHost(boundAddress);
  const hosts = [here, ...lanAddresses(boundAddress).map(urlHost)];
  const lan = hosts.slice(1).map((host) => `http://${host}:${port}/`);
  const https = httpsPort === undefined ? [] : hosts.map((host) => `https://${host}:${httpsPort}/`);
  const operators = publicUrl === undefined ? [] : [publicUrl.href];
  return {
    urls: [...new Set([`http://${here}:${port}/`, ...lan, ...https, ...operators])],
    sharedUrl: publicUrl?.href ?? lan[0],
    pageUrl: pageUrl(reach).href,
  };
}
