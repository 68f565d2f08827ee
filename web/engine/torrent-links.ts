import type { InfoHash, ShareKey, TrackerUrl, WebSeedUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { eachAlone, hostOf, type TrackerTiers } from "#shared/base/tracker-url.ts";
import { formatMagnet, formatShareLink, type Magnet } from "#shared/meta/magnet.ts";
import type { ListedTracker } from "./client.ts";
import type { PageConfig } from "./page-config.ts";

/** What links say about a torrent. */
export interface LinkedTorrent {
  readonly infoHash: InfoHash;
  readonly name: string | undefined;
  /** As its link or .torrent file names them. */
  readonly trackers: readonly TrackerUrl[];
  /** Absent: none. */
  readonly webSeeds?: readonly WebSeedUrl[] | undefined;
  /** The key of an encrypted share. Absent: it is none, or we lack the key. */
  readonly shareKey?: ShareKey | undefined;
  /** Only its own trackers may know about it (BEP 27). */
  readonly isPrivate: boolean;
}

type LinkConfig = Pick<PageConfig, "pageUrl" | "trackers" | "accounts">;

/** Makes links and tracker lists. Recognizes the page's own tracker under each of its addresses. */
export class TorrentLinks {
  readonly #config: LinkConfig;
  readonly #own: TrackerUrl;
  readonly #isSecure: boolean;

  constructor(config: LinkConfig, own: TrackerUrl, isSecure: boolean) {
    this.#config = config;
    this.#own = own;
    this.#isSecure = isSecure;
  }

  /** The trackers for this page to announce to: one node of its own, and all others that a page can reach. */
  announceTo({ trackers, isPrivate }: LinkedTorrent): TrackerTiers {
    const foreign = this.#foreign(trackers).filter((url) => this.isReachable(url));
    const isOwn = !isPrivate || trackers.length === 0 || trackers.some((url) => this.isOwn(url));
    return [...(isOwn ? [[this.#own, ...this.#otherNodes()]] : []), ...eachAlone(foreign)];
  }

  /** All trackers of a torrent, each once, for a person to see: those it is announced to come first, in that order. */
  listed(torrent: LinkedTorrent): readonly ListedTracker[] {
    const announced = this.announceTo(torrent).flat();
    const all = [...announced, ...this.#foreign(torrent.trackers)];
    const found = new Map<TrackerUrl, ListedTracker>();
    for (const tracker of all) {
      const url = withoutKey(tracker);
      if (found.has(url)) continue;
      found.set(url, { url, isOwn: this.isOwn(tracker), isReachable: this.isReachable(tracker) });
    }
    return [...found.values()];
  }

  /** Whether a tracker is the page's own, at whichever of its addresses. */
  isOwn(url: TrackerUrl): boolean {
    return this.#config.trackers.includes(url) || new URL(url).host === new URL(this.#own).host;
  }

  /** A page speaks WebSocket only, and a secure page only to secure trackers. */
  isReachable(url: TrackerUrl): boolean {
    return url.startsWith("wss:") || (url.startsWith("ws:") && !this.#isSecure);
  }

  /** For every BitTorrent client that speaks WebRTC. */
  magnetLink(torrent: LinkedTorrent): string {
    return formatMagnet({
      ...this.#named(torrent),
      trackers: this.namedTrackers(torrent),
      selectedFiles: undefined,
    });
  }

  /** The trackers that a magnet link or a .torrent file names. */
  namedTrackers({ isPrivate, trackers }: LinkedTorrent): readonly TrackerUrl[] {
    return isPrivate ? trackers : [...this.#config.trackers, ...this.#foreign(trackers)];
  }

  /** For people. It opens this page, so it need not name the page's own tracker. */
  shareLink(torrent: LinkedTorrent): string {
    const trackers = torrent.isPrivate ? torrent.trackers : this.#foreign(torrent.trackers);
    return formatShareLink(this.#config.pageUrl, { ...this.#named(torrent), trackers }, torrent.shareKey);
  }

  /** Alternatives to the node that served the page. Whoever is logged in here is not logged in there. */
  #otherNodes(): TrackerUrl[] {
    const { trackers, accounts } = this.#config;
    const [first] = trackers; // The node's own.
    return trackers.filter(
      (url) => accounts === undefined && hostOf(url) !== hostOf(first ?? url) && this.isReachable(url),
    );
  }

  /** The name of an encrypted share is a secret, too. */
  #named({
    infoHash,
    name,
    webSeeds = [],
    shareKey,
  }: LinkedTorrent): Pick<Magnet, "infoHash" | "displayName" | "webSeeds"> {
    return { infoHash, displayName: shareKey === undefined ? name : undefined, webSeeds };
  }

  #foreign(trackers: readonly TrackerUrl[]): TrackerUrl[] {
    return trackers.filter((url) => !this.isOwn(url));
  }
}
