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

/** Where people find the tracker: asked anew each time, since somebody else's server may not listen yet. */
export function reachedAt(
  reach: () => Reach,
): Pick<RunningTracker, "port" | "httpsPort" | "urls" | "sharedUrl" | "pageUrl"> {
  return {
    get port() {
      return reach().port;
    },
    get httpsPort() {
      return reach().httpsPort;
    },
    get urls() {
      return urlsOf(reach());
    },
    get sharedUrl() {
      const now = reach();
      return now.publicUrl?.href ?? lanUrls(now)[0];
    },
    get pageUrl() {
      return pageUrl(reach()).href;
    },
  };
}

function urlsOf(reach: Reach): readonly string[] {
  const { boundAddress, port, httpsPort, publicUrl } = reach;
  const isNamed = isWildcard(boundAddress) || ["127.0.0.1", "::1"].includes(boundAddress);
  const here = isNamed ? "localhost" : urlHost(boundAddress);
  const hosts = [here, ...lanAddresses(boundAddress).map(urlHost)];
  const https = httpsPort === undefined ? [] : hosts.map((host) => `https://${host}:${httpsPort}/`);
  const operators = publicUrl === undefined ? [] : [publicUrl.href];
  return [...new Set([`http://${here}:${port}/`, ...lanUrls(reach), ...https, ...operators])];
}

function lanUrls({ boundAddress, port }: Reach): readonly string[] {
  return lanAddresses(boundAddress).map((address) => `http://${urlHost(address)}:${port}/`);
}
