import type { Page } from "@playwright/test";
import type { Stage } from "./stage.ts";
import type { Received, Shared, SwarmTab } from "./swarm-tab.ts";

/** What we use of WebTorrent's client in the tab. */
interface WebTorrentClient {
  readonly torrents: readonly WebTorrentTorrent[];
  seed(file: File, options: object, ready: (torrent: WebTorrentTorrent) => void): void;
  add(magnet: string): WebTorrentTorrent;
}

interface WebTorrentTorrent {
  readonly magnetURI: string;
  readonly uploaded: number;
  once(event: "verified" | "done", listener: () => void): void;
}

declare global {
  var webTorrent: WebTorrentClient | undefined;
}

/** WebTorrent with its defaults: pieces in the origin's private file system. */
export const openWebTorrent = (stage: Stage): Promise<SwarmTab> => open(stage, "webtorrent");

/** WebTorrent with pieces in memory. */
export const openWebTorrentInMemory = (stage: Stage): Promise<SwarmTab> =>
  open(stage, "webtorrent-in-memory");

/** Each tab has its own origin; otherwise it would find the other's pieces in the file system and download nothing. */
async function open({ context, newOrigin, announceUrl }: Stage, name: string): Promise<SwarmTab> {
  const page = await context.newPage();
  await page.goto(`${await newOrigin()}/${name}`);
  await page.waitForFunction(() => globalThis.webTorrent !== undefined);
  return new WebTorrentTab(page, announceUrl);
}

class WebTorrentTab implements SwarmTab {
  readonly #page: Page;
  readonly #announceUrl: string;

  constructor(page: Page, announceUrl: string) {
    this.#page = page;
    this.#announceUrl = announceUrl;
  }

  async share(path: string): Promise<Shared> {
    const shared = this.#page.evaluate(seedChosenFile, this.#announceUrl);
    await this.#page.locator("input").setInputFiles(path);
    return shared;
  }

  receive(link: string): Promise<Received> {
    return this.#page.evaluate(receive, link);
  }

  sentBytes(): Promise<number> {
    return this.#page.evaluate(() => globalThis.webTorrent?.torrents[0]?.uploaded ?? Number.NaN);
  }
}

/** Runs in the tab. */
function seedChosenFile(announceUrl: string): Promise<Shared> {
  return new Promise((resolve) => {
    addEventListener(
      "change",
      ({ target }) => {
        const startedAt = performance.now();
        const [file] = (target as HTMLInputElement).files ?? [];
        // An explicit list keeps out the public trackers.
        globalThis.webTorrent?.seed(file as File, { announceList: [[announceUrl]] }, ({ magnetURI }) =>
          resolve({ link: magnetURI, readySeconds: (performance.now() - startedAt) / 1000 }),
        );
      },
      { once: true },
    );
  });
}

/** Runs in the tab. */
async function receive(magnet: string): Promise<Received> {
  const startedAt = performance.now();
  const torrent = globalThis.webTorrent?.add(magnet);
  const secondsUntil = (event: "verified" | "done"): Promise<number> =>
    new Promise((resolve) => torrent?.once(event, () => resolve((performance.now() - startedAt) / 1000)));
  const [firstPieceSeconds, seconds] = await Promise.all([secondsUntil("verified"), secondsUntil("done")]);
  return { firstPieceSeconds, seconds };
}
