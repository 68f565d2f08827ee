import { askTabswarmTracker } from "#headless-peer/trackers/tabswarm-tracker.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { forgetSecret, keepSecret, readSecret, secretsNamed } from "./secrets.ts";

/** A key that removes one entry from a catalog, and where to send it. */
export interface OwnerKey {
  readonly key: string;
  readonly tracker: TrackerUrl;
  /** The tracker that gave it, under whose address it is kept. */
  readonly keptFor: TrackerUrl;
}

/** A tracker names no more of its nodes. */
const MAX_NODES = 4;

/**
 * Keeps the key that a tracker has given, with the addresses that this tracker has, and returns the file. Rejects with a
 * `StorageError`.
 */
export async function keepOwnerKey(tracker: TrackerUrl, infoHash: InfoHash, key: string): Promise<string> {
  const { nodeUrls } = await askTabswarmTracker(tracker, { redirects: false });
  return keepSecret(nameOf(tracker, infoHash), { key, nodes: nodeUrls.slice(0, MAX_NODES) });
}

/**
 * Finds the key of an entry at a tracker, also if another of its addresses gave it. No address gets a key unless the one that gave
 * it has named it: at an address that merely claims to be that tracker, the key goes to where it came from.
 */
export async function findOwnerKey(tracker: TrackerUrl, infoHash: InfoHash): Promise<OwnerKey | undefined> {
  const kept = await keptFor(infoHash);
  const own = kept.find(({ keptFor, nodes }) => keptFor === tracker || nodes.includes(tracker));
  if (own !== undefined) return { ...own, tracker };
  if (kept.length === 0) return undefined;
  const { nodeUrls } = await askTabswarmTracker(tracker, { redirects: false });
  const elsewhere = kept.find(({ keptFor }) => nodeUrls.includes(keptFor));
  return elsewhere && { ...elsewhere, tracker: elsewhere.keptFor };
}

/** Forgets a key that is of no more use. */
export async function forgetOwnerKey({ keptFor }: OwnerKey, infoHash: InfoHash): Promise<void> {
  await forgetSecret(nameOf(keptFor, infoHash));
}

const OWNER = "owner ";
const nameOf = (tracker: TrackerUrl, infoHash: InfoHash): string => `${OWNER}${tracker} ${infoHash}`;

interface KeptKey {
  readonly key: string;
  readonly keptFor: TrackerUrl;
  /** Where the tracker may be asked as well, no less protected than where the key came from. */
  readonly nodes: readonly TrackerUrl[];
}

async function keptFor(infoHash: InfoHash): Promise<readonly KeptKey[]> {
  const names = (await secretsNamed(OWNER)).filter((name) => name.endsWith(` ${infoHash}`));
  const keys = names.map(async (name) => {
    const [tracker] = parseTrackerUrls([name.slice(OWNER.length, -infoHash.length - 1)]);
    return tracker === undefined ? undefined : parseKept(tracker, await readSecret(name));
  });
  return (await Promise.all(keys)).filter((key) => key !== undefined);
}

function parseKept(tracker: TrackerUrl, value: unknown): KeptKey | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { key, nodes }: Partial<Record<string, unknown>> = { ...value };
  if (typeof key !== "string") return undefined;
  const texts = Array.isArray(nodes) ? nodes.filter((text) => typeof text === "string") : [];
  const safe = parseTrackerUrls(texts.slice(0, MAX_NODES)).filter(
    (node) => node.startsWith("https:") || tracker.startsWith("http:"),
  );
  return { key, keptFor: tracker, nodes: safe };
}
