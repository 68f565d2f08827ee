import { ProtocolError } from "./errors.ts";
import type { TrackerUrl } from "./ids.ts";

// A link or a .torrent may name any URL as a tracker. One that leads to this machine or into its network may be a trick to
// make us call a service there, with a page's Origin or from inside a firewall. Such a URL is called only if it cannot be told
// from a tracker's. URLs that the person typed, and a page's own tracker, are exempt.

/** In a private network lower ports belong to the system's own services. Those of http and https are as good as any. */
const MIN_PRIVATE_PORT = 1_024;

/** `/`, `/announce` or `/announce/<key>`. At the root a query could be anything. */
const TRACKER_PATH = /^(\/?|\/?announce(\/[^/?]+)?\/?(\?.*)?)$/;

/** Names that never leave this machine or its network (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/;

/** `isPrivateIp` for addresses as URLs write them, without the code that reads every other spelling: a page has none of it. */
const PRIVATE_IPV4 =
  /^((0|10|127)\.\d+|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d+\.\d+$/;
/** Loopback, none, those of IPv4 written as IPv6 (nobody names a tracker so), unique local and link-local. */
const PRIVATE_IPV6 = /^\[(::|f[cd]..:|fe[89ab].:)/;

/** Why a tracker that somebody else named is not called. */
export function privateNetworkError(): ProtocolError {
  return new ProtocolError("privateAddress", "the tracker's address leads into a private network");
}

/** Whether a tracker that somebody else named may be called. Whoever looks up its host has to check the addresses as well. */
export function mayBeCalled(tracker: TrackerUrl): boolean {
  const url = new URL(tracker);
  return looksLikeTracker(url) || !isPrivateHost(url.hostname);
}

/** Whether a URL may be called wherever it leads: its path is a tracker's, and its port none of the system's. */
export function looksLikeTracker({ pathname, search, port }: URL): boolean {
  return TRACKER_PATH.test(pathname + search) && (port === "" || Number(port) >= MIN_PRIVATE_PORT);
}

/** Whether a host, as URLs write it, is known to be in a private network before anybody looks it up. */
export function isPrivateHost(host: string): boolean {
  return [LOCAL_NAME, PRIVATE_IPV4, PRIVATE_IPV6].some((pattern) => pattern.test(host));
}
