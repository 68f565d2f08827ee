import { ProtocolError } from "./errors.ts";
import type { TrackerUrl } from "./ids.ts";

// A link or .torrent may name any URL as a tracker. One that points to this machine or its network may be a trick to make us
// call some service there, with the page's Origin or from inside a firewall. We call such a URL only if it looks exactly like
// a tracker's. URLs that the person typed are exempt, and so is the page's own tracker.

/** On a private network, lower ports belong to system services. The default ports of http and https are allowed. */
const MIN_PRIVATE_PORT = 1_024;

/** `/`, `/announce` or `/announce/<key>`. The root takes no query, which could mean anything there. */
const TRACKER_PATH = /^(\/?|\/?announce(\/[^/?]+)?\/?(\?.*)?)$/;

/** Names for this machine or its network (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/;

/** `isPrivateIp` for addresses as URLs normalise them. The page does without the code that parses other notations. */
const PRIVATE_IPV4 =
  /^((0|10|127|22[4-9]|2[3-5]\d)\.\d+|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d+\.\d+$/;
/** Loopback, unspecified, IPv4-mapped (nobody names a tracker like that), unique local, link-local and multicast. */
const PRIVATE_IPV6 = /^\[(::|f[cdf]..:|fe[89ab].:)/;

/** Why we do not call a server that somebody else named. */
export function privateNetworkError(): ProtocolError {
  return new ProtocolError("privateAddress", "its address is in a private network");
}

/** Whether we may call a tracker that somebody else named. Code that resolves its host must check the addresses, too. */
export function mayBeCalled(tracker: TrackerUrl): boolean {
  const url = new URL(tracker);
  return looksLikeTracker(url) || !isPrivateHost(url.hostname);
}

/** Whether a URL may be called even on a private network: it has a tracker's path and no system port. */
export function looksLikeTracker({ pathname, search, port }: URL): boolean {
  return TRACKER_PATH.test(pathname + search) && (port === "" || Number(port) >= MIN_PRIVATE_PORT);
}

/** Whether a URL's host is in a private network, as far as can be told without a DNS lookup. */
export function isPrivateHost(host: string): boolean {
  return [LOCAL_NAME, PRIVATE_IPV4, PRIVATE_IPV6].some((pattern) => pattern.test(host));
}
