import {
  isTabswarmTracker,
  parseTrackerConfig,
  type TrackerConfig,
} from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import {
  eachAlone,
  hostOf,
  parseTrackerUrls,
  relaysOffers,
  type TrackerTiers,
} from "#shared/base/tracker-url.ts";
import { freshIceServers } from "#shared/driver/ice-servers.ts";
import {
  type FoundTracker,
  type FoundTrackers,
  trackerAsTyped,
  trackersTogether,
  withNamed,
} from "#shared/library/named-trackers.ts";
import type { KnownTrackers } from "#shared/library/platform.ts";

/** The trackers that whoever starts a peer named, as far as this page can reach them. */
export type NamedTrackers = KnownTrackers & Pick<FoundTrackers, "trusted" | "iceServers">;

/** A network that accepts connections but answers nothing must not keep a program from starting. */
const PATIENCE_MILLIS = 5_000;

/** The longest `/config.json` that we read: a few URLs take a hundredth of it. */
export const MAX_CONFIG_BYTES = 256 * 1024;

const NO_CONFIG = parseTrackerConfig({});

/** Asks each Tabswarm tracker among them for its addresses. Tells `warn` when one does not answer, and goes on. */
export async function findTrackers(
  typed: readonly TrackerUrl[],
  isSecure: boolean,
  warn: (sentence: string) => void,
): Promise<NamedTrackers> {
  const isReachable = (url: TrackerUrl): boolean =>
    relaysOffers(url) && (!isSecure || url.startsWith("wss:"));
  const reachable = (urls: readonly TrackerUrl[]): readonly TrackerUrl[] => urls.filter(isReachable);
  const found = await Promise.all(typed.map((url) => findTracker(url, warn)));
  const named = trackersTogether(
    typed,
    found.map((tracker) => ({ ...tracker, announceUrls: reachable(tracker.announceUrls) })),
  );
  return { ...named, tiersFor: (own: TrackerTiers) => withNamed(named, own.map(reachable)) };
}

async function findTracker(url: TrackerUrl, warn: (sentence: string) => void): Promise<FoundTracker> {
  if (!isTabswarmTracker(url)) return trackerAsTyped(url);
  const config = await configOf(url, warn);
  const own = socketAt(url);
  const [first = url] = config.trackers; // The node's own.
  const isOther = (other: TrackerUrl): boolean =>
    hostOf(other) !== hostOf(first) && hostOf(other) !== hostOf(url);
  const nodes = config.trackers.filter((other) => relaysOffers(other) && isOther(other));
  const again = (): Promise<TrackerConfig> => configOf(url, () => {});
  return {
    announceUrls: config.accounts === undefined ? [...own, ...nodes] : own, // Whoever is logged in here is not logged in there.
    publicUrls: config.trackers.length > 0 ? config.trackers : own,
    pageUrl: config.pageUrl ?? url,
    iceServers: freshIceServers(config, Date.now, again).servers,
  };
}

/** Does not reject: the tracker's own address is enough to announce to it. */
async function configOf(url: TrackerUrl, warn: (sentence: string) => void): Promise<TrackerConfig> {
  try {
    const response = await fetch(new URL("/config.json", url), {
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    if (response.ok && response.body !== null)
      return parseTrackerConfig(JSON.parse(await boundedText(response.body)));
  } catch {
    // It is down, does not let this page read its answer, or is no Tabswarm tracker.
  }
  warn(
    `${url} did not tell this page its addresses, so it is announced to without its STUN servers. If it runs, start it with --allow-origin ${location.origin}`,
  );
  return NO_CONFIG;
}

/** Rejects as soon as the body is too long: an endless one must not fill the memory. */
async function boundedText(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > MAX_CONFIG_BYTES) {
      await reader.cancel();
      throw new Error("too long");
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** A page of another site may connect a WebSocket without asking. */
function socketAt(url: TrackerUrl): TrackerUrl[] {
  return parseTrackerUrls([`${url.replace(/^http/, "ws")}announce`]);
}

/** The trackers of a link, also the one that serves its page. */
export function trackersOfLink(page: TrackerUrl | undefined, trackers: readonly TrackerUrl[]): TrackerTiers {
  const own = page === undefined ? [] : socketAt(page);
  return eachAlone([...new Set([...own, ...trackers])]);
}
