import { isIP } from "node:net";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { MAX_LISTED_NODES } from "../limits/nodes.ts";
import { isLinkLocal, isLoopback, lanAddresses, urlHost, withoutIpv4Prefix } from "./addresses.ts";

/** A STUN or TURN server as RTCPeerConnection takes it. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/** `GET /config.json`: what the page and the command line need to know of their tracker. */
export interface PublicConfig {
  /** Where links made on a loopback address lead. Ends in a slash. */
  readonly pageUrl: string;
  /** What goes into magnet links and .torrent files. */
  readonly trackers: readonly string[];
  readonly trackerId: string;
  /** Where people reach the pages of this tracker's nodes, this one first. Each ends in a slash. */
  readonly nodes: readonly string[];
  readonly iceServers: readonly IceServer[];
  /** Seconds for which the passwords in `iceServers` are good. Absent: for ever. */
  readonly iceLifetimeSeconds?: number;
  /** Whether people log in here, and only they may announce. */
  readonly accounts: boolean;
  /** Whether people can register. Absent: there are no accounts. */
  readonly isRegistrationOpen?: boolean;
  /** Whether people can publish torrents here, and find them. */
  readonly catalog: boolean;
  /** Whether people can find others on their network, or with one code, at `/nearby`. */
  readonly nearby: boolean;
  /** Whether the page at `/trust` says how to trust this machine's own certificate authority. */
  readonly trust: boolean;
}

/** How this tracker can be reached. */
export interface Reach {
  /** The address it is bound to. */
  readonly boundAddress: string;
  readonly port: number;
  /** Undefined: it does not speak https. */
  readonly httpsPort?: number | undefined;
  /** Whether its certificate comes from an authority of its own. */
  readonly hasAuthority?: boolean;
  /** Whether it has a catalog of published torrents. */
  readonly hasCatalog?: boolean;
  /** Whether people nearby find each other through it. */
  readonly hasNearby?: boolean;
  /** The URL that the operator set. An origin, such as `https://example.org`. */
  readonly publicUrl: URL | undefined;
  readonly trackerId: string;
  /** Where people reach the pages of the other nodes of this tracker. Each ends in a slash. */
  readonly otherNodes?: readonly string[];
  /** Whether it answers STUN itself. */
  readonly stun: boolean;
  readonly iceServers: readonly IceServer[];
}

/** How a request reached the tracker. */
export interface Arrival {
  /** The `Host` header, unparsed. */
  readonly host: string | undefined;
  /** The address of this machine at which the request arrived. */
  readonly localAddress: string | undefined;
  /** Whether it came over https, to us and not to a proxy. */
  readonly isHttps?: boolean;
  /** Whether a reverse proxy says that it forwarded the request. */
  readonly isForwarded: boolean;
}

/** The public announce URLs of all nodes. WebSocket first: pages speak nothing else. */
export function trackerUrls(reach: Reach, isHttps?: boolean): readonly TrackerUrl[] {
  return nodesOf(reach, isHttps).flatMap((page) => {
    const socket = new URL(page);
    socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
    return [socket.href, new URL("announce", page).href] as TrackerUrl[];
  });
}

function nodesOf(reach: Reach, isHttps?: boolean): readonly string[] {
  const own = pageUrl(reach, isHttps).href;
  return [...new Set([own, ...(reach.otherNodes ?? [])])].slice(0, MAX_LISTED_NODES);
}

/** Builds the configuration for a client that arrived this way. `isRegistrationOpen` is absent without accounts. */
export function publicConfig(reach: Reach, arrival: Arrival, isRegistrationOpen?: boolean): PublicConfig {
  const page = pageUrl(reach, arrival.isHttps);
  const stunHost = reach.stun ? ownStunHost(reach, arrival) : undefined;
  const ownStun = stunHost === undefined ? [] : [{ urls: `stun:${stunHost}:${reach.port}` }];
  return {
    pageUrl: page.href,
    trackers: trackerUrls(reach, arrival.isHttps),
    trackerId: reach.trackerId,
    nodes: nodesOf(reach, arrival.isHttps),
    iceServers: [...ownStun, ...reach.iceServers],
    accounts: isRegistrationOpen !== undefined,
    ...(isRegistrationOpen !== undefined && { isRegistrationOpen }),
    catalog: reach.hasCatalog ?? false,
    nearby: reach.hasNearby ?? false,
    trust: reach.hasAuthority ?? false,
  };
}

/**
 * The URL to share: the operator's, else the first on the LAN, else the loopback one (no other machine reaches it). Whoever
 * came over https shares an https URL.
 */
export function pageUrl({ publicUrl, boundAddress, port, httpsPort }: Reach, isHttps = false): URL {
  if (publicUrl !== undefined) return publicUrl;
  const [address = isIP(boundAddress) === 6 ? "::1" : "127.0.0.1"] = lanAddresses(boundAddress);
  const origin = isHttps && httpsPort !== undefined ? `https://${urlHost(address)}:${httpsPort}` : undefined;
  return new URL(origin ?? `http://${urlHost(address)}:${port}`);
}

/**
 * Where the requesting browser finds our STUN server. Never on loopback: a browser asks from its LAN interface, where
 * loopback does not answer and keeps it waiting.
 */
function ownStunHost({ boundAddress, publicUrl }: Reach, arrival: Arrival): string | undefined {
  const [lanAddress] = lanAddresses(boundAddress);
  if (lanAddress === undefined) return undefined;
  const typed = hostnameOf(arrival.host);
  const reached = withoutIpv4Prefix(arrival.localAddress ?? "");
  const publicHost = publicUrl?.hostname;
  // Through a proxy, every request arrives on loopback or in a private network that the browser cannot see.
  if (arrival.isForwarded && publicHost !== undefined)
    return isLoopbackHost(publicHost) ? undefined : publicHost;
  if (typed !== undefined && isAddress(typed) && !isLoopbackHost(typed)) return typed;
  if (!isRoutable(reached)) return urlHost(lanAddress);
  return typed !== undefined && typed === publicHost ? typed : urlHost(reached);
}

/**
 * The address of this machine for a client that arrived at `localAddress`: the public URL's if that is an IP address, else
 * `localAddress`, else the first on the LAN.
 */
export function machineIp(
  { publicUrl, boundAddress }: Reach,
  localAddress: string | undefined,
): IpAddress | undefined {
  const published = withoutBrackets(publicUrl?.hostname ?? "");
  if (isRoutable(published)) return parseIp(published);
  const reached = withoutIpv4Prefix(localAddress ?? "");
  if (isRoutable(reached)) return parseIp(reached);
  // A tracker bound to loopback behind a proxy does not tell where other programs on the machine listen.
  const [lanAddress] = lanAddresses(isLoopback(boundAddress) ? "::" : boundAddress);
  return parseIp(lanAddress ?? "");
}

function hostnameOf(host: string | undefined): string | undefined {
  try {
    return new URL(`http://${host ?? ""}`).hostname;
  } catch {
    return undefined;
  }
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, "");
const isAddress = (host: string): boolean => isIP(withoutBrackets(host)) !== 0;
const isLoopbackHost = (host: string): boolean => host === "localhost" || isLoopback(withoutBrackets(host));
const isRoutable = (address: string): boolean =>
  isIP(address) !== 0 && !isLoopback(address) && !isLinkLocal(address);
