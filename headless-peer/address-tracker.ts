import { lookup } from "node:dns/promises";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";

// What trackers over HTTP and over UDP have in common: they are told an address, and tell addresses.

/** What is said of us to such trackers. */
export interface ListeningPeer {
  /** Where we take links over TCP. */
  readonly port: number;
  /** By this a tracker knows us again when our address changes. One character for each byte. */
  readonly key: string;
  /** Trackers that the person named: they may be anywhere. */
  readonly trusted: ReadonlySet<TrackerUrl>;
}

/** How many peers we would like to hear of: as many as we dial in the first minute. */
export const PEERS_WANTED = 50;

/** Why a tracker is not called. */
export const PRIVATE_NETWORK = "the tracker's address leads into a private network";

const TRACKER_PATH = /^\/?(?:announce(?:\/[^/]+)?)?$/;

/** Whether a path is a tracker's own: with any other one, a name that leads into a private network may be a trick to make us call there. */
export function isTrackerPath(path: string): boolean {
  return TRACKER_PATH.test(path);
}

/** Looks up a host as URLs name it. Rejects when there is none. */
export async function addressesOf(host: string): Promise<IpAddress[]> {
  const found = await lookup(host.replace(/^\[|\]$/g, ""), { all: true });
  return found.flatMap(({ address }) => parseIp(address) ?? []);
}
