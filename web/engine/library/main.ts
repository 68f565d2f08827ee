import { type BlobSource, torrentOfBlobs } from "#shared/library/blob-source.ts";
import type { Limits } from "#shared/library/limits.ts";
import type { LibraryPlatform } from "#shared/library/platform.ts";
import { memory, type OpenStorage, type StorePorts } from "#shared/library/storage.ts";
import { Tabswarm } from "#shared/library/tabswarm.ts";
import { trackersIn } from "#shared/library/tracker-urls.ts";
import { browserClock } from "../browser-clock.ts";
import { browserRandom } from "../platform.ts";
import { sha1 } from "../sha1.ts";
import { BrowserPeer } from "./browser-peer.ts";
import { findTrackers, trackersOfLink } from "./named-trackers.ts";

export * from "#shared/library/exports.ts";
export { indexedDb, opfs } from "./storages.ts";

/** The code is loaded with the first encrypted share. */
const shareKeys: StorePorts["shareKeys"] = async (key) => (await import("../share-keys.ts")).shareKeys(key);

/** How a peer on a page reaches others, and where it keeps what it downloads. */
export interface TabswarmOptions {
  /**
   * Trackers for all torrents. `http(s)://host[:port]/` is a Tabswarm tracker, which is asked for its addresses and its STUN and TURN
   * servers; for pages of another site its operator allows that with `--allow-origin`. Any other is the URL of a WebSocket. Absent: only
   * those that torrents name.
   */
  readonly trackers?: readonly string[];
  /** STUN and TURN servers, besides those of Tabswarm trackers. Absent: none. */
  readonly iceServers?: readonly RTCIceServer[];
  /** Where pieces go. Absent: `memory()`, which leaves nothing behind that nobody asked for. */
  readonly storage?: OpenStorage;
  /** Limits of all torrents together. Absent: none. */
  readonly limits?: Limits;
  /** Takes sentences about what does not work, while the rest goes on. Absent: they go to `console.warn`. */
  readonly warn?: (sentence: string) => void;
}

/**
 * Starts a peer on a page. It runs in the page itself, over WebRTC, until it is closed or the page goes. Rejects with a `UsageError` for
 * options that cannot be.
 */
export async function startTabswarm(options: TabswarmOptions = {}): Promise<Tabswarm<BlobSource>> {
  const { storage = memory(), limits = {}, warn = (sentence) => console.warn(sentence) } = options;
  const isSecure = location.protocol === "https:";
  const trackers = await findTrackers(trackersIn(options.trackers ?? []), isSecure, warn);
  const own = (options.iceServers ?? []).map((server) => ({ ...server, urls: [server.urls].flat() }));
  const peer = new BrowserPeer({
    iceServers: () => [...own, ...trackers.iceServers()],
    trusted: trackers.trusted,
  });
  const platform: LibraryPlatform<BlobSource> = {
    ...{ peer, clock: browserClock, sha1, shareKeys, trackers },
    makeTorrent: (sources, wishes, encryption) =>
      torrentOfBlobs(sources, wishes, sha1, encryption && { encryption, random: browserRandom, shareKeys }),
    findThrough: async (link) => ({ trackers: trackersOfLink(link.page, link.trackers) }),
  };
  try {
    return new Tabswarm<BlobSource>(platform, storage, limits);
  } catch (error) {
    await peer.close();
    throw error;
  }
}
