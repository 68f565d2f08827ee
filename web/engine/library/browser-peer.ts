import type { IceServer } from "#shared/announce/tracker-config.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { capTrackers, relaysOffers } from "#shared/base/tracker-url.ts";
import type { Engine, Happened } from "#shared/driver/engine.ts";
import { problemTeller } from "#shared/driver/ports.ts";
import { OpenTorrents } from "#shared/library/open-torrents.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { PersonInput } from "#shared/library/person-input.ts";
import type { LibraryPeer } from "#shared/library/platform.ts";
import { Watchers } from "#shared/library/watchers.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { startBrowserEngine } from "../browser-engine.ts";
import { browserKind } from "../browser-kind.ts";
import { browserRtc } from "../browser-rtc.ts";
import { browserRandom, hasRtc } from "../platform.ts";

/** How a peer on somebody's page reaches others. */
export interface BrowserPeerOptions {
  /** Asked for each link. */
  readonly iceServers: () => readonly IceServer[];
  /** Trackers that whoever starts it named: they may be on this machine or its network. */
  readonly trusted: ReadonlySet<TrackerUrl>;
}

/** For this long the goodbyes to trackers and peers are on their way. */
const GOODBYE_MILLIS = 1_000;

const BUG_SENTENCE = "Tabswarm stopped it because of a bug. Please report what the browser's console says.";

/** A peer on a page that is not ours: without a list, tabs or notices. */
export class BrowserPeer implements LibraryPeer {
  readonly torrents: OpenTorrents;
  readonly #engine: Engine;
  readonly #watchers = new Watchers();
  readonly #unfollow: () => void;

  constructor({ iceServers, trusted }: BrowserPeerOptions) {
    const reportBug = (error: unknown): string => {
      console.error(error);
      return BUG_SENTENCE;
    };
    this.torrents = new OpenTorrents({
      feed: (input) => this.#engine.feed(input),
      problemOf: problemTeller(reportBug),
      capped: (trackers) => capTrackers(trackers, relaysOffers),
      pieces: (infoHash) => this.#engine.pieces(infoHash),
      dials: false,
    });
    this.#engine = startBrowserEngine(freshPeerId(browserRandom), browserKind(navigator), {
      rtc: hasRtc ? browserRtc(iceServers) : undefined,
      isTrusted: (url) => trusted.has(url),
      openSocket: (url) => new WebSocket(url),
      reportBug,
      happened: this.#watchers.happened,
      target: (infoHash) => this.torrents.target(infoHash),
      selectFiles: (infoHash, info) => this.torrents.select(infoHash, info),
      keepMetadata: (infoHash, metadata) => this.torrents.metadataArrived(infoHash, metadata),
    });
    this.#unfollow = followBrowser(this.#engine);
  }

  add(torrent: PeerTorrent): Promise<void> {
    return this.torrents.add(torrent);
  }

  remove(infoHash: InfoHash, deleteData: boolean): Promise<void> {
    return this.torrents.remove(infoHash, deleteData);
  }

  feed(input: PersonInput): void {
    this.#engine.feed(input);
  }

  view(): readonly TorrentView[] {
    return this.#engine.view();
  }

  viewOf(infoHash: InfoHash): TorrentView | undefined {
    return this.#engine.viewOf(infoHash);
  }

  pieces(infoHash: InfoHash): Uint8Array | undefined {
    return this.#engine.pieces(infoHash);
  }

  watch(happened: Happened): () => void {
    return this.#watchers.add(happened);
  }

  async close(): Promise<void> {
    this.torrents.endAll();
    this.#unfollow();
    await new Promise((resolve) => setTimeout(resolve, this.torrents.size > 0 ? GOODBYE_MILLIS : 0));
    this.#engine.close();
    await this.torrents.closeAll();
  }
}

/** Returns what ends it. */
function followBrowser(engine: Engine): () => void {
  const cameOnline = (): void => engine.feed({ type: "cameOnline" });
  // Tells peers at once, so that they need not wait for a minute of silence. A page that may come back goes on.
  const hidden = ({ persisted }: PageTransitionEvent): void => void (persisted || engine.close());
  window.addEventListener("online", cameOnline);
  window.addEventListener("pagehide", hidden);
  return () => {
    window.removeEventListener("online", cameOnline);
    window.removeEventListener("pagehide", hidden);
  };
}
