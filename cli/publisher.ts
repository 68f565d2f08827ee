import type { HeadlessPeer } from "#headless-peer/peer.ts";
import { ApiProblem } from "#headless-peer/trackers/tabswarm-api.ts";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { isExplained } from "./failure.ts";
import { TrackerCatalog } from "./sources/catalog.ts";
import type { FoundSeed } from "./sources/seed-source.ts";

/** What has become of a publication. `keptIn`: the file with the key for unpublishing, if the tracker has given one. */
export interface PublishNews {
  readonly infoHash: InfoHash;
  readonly tracker: string;
  readonly outcome: "published" | "alreadyPublished";
  readonly keptIn: string | undefined;
}

/** Whom a publisher tells. */
export interface PublishEvents {
  readonly told: (news: PublishNews) => void;
  readonly warn: (sentence: string) => void;
}

/** What is published. */
export type Publishable = Pick<FoundSeed, "infoHash" | "infoBytes"> & {
  readonly seed: Pick<FoundSeed["seed"], "info">;
};

interface Publication {
  readonly seed: Publishable;
  readonly description: string;
  readonly catalog: TrackerCatalog;
  /** On the clock of `performance.now`. */
  notBefore: number;
}

/** How long to wait for a tracker that does not answer, or asks to come back without saying when. */
const RETRY_MILLIS = 60_000;

/** Publishes torrents once they are seeded: who finds them in the catalog can download them at once. */
export class Publisher {
  readonly #catalogs: readonly TrackerCatalog[];
  readonly #events: PublishEvents;
  readonly #waiting = new Set<Publication>();
  readonly #warnings = new Set<string>();
  #isBusy = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(catalogs: readonly TrackerCatalog[], events: PublishEvents) {
    this.#catalogs = catalogs;
    this.#events = events;
  }

  /** To be published on every tracker. */
  add(seed: Publishable, description: string): void {
    for (const catalog of this.#catalogs) this.#waiting.add({ seed, description, catalog, notBefore: 0 });
  }

  /** Publishes what has become ready, one after the other. Called when a torrent's state has changed. */
  look(peer: Pick<HeadlessPeer, "view">): void {
    clearTimeout(this.#retry);
    if (this.#isBusy || this.#waiting.size === 0) return;
    const views = peer.view();
    const seeded = new Set(views.filter(({ phase }) => phase === "seeding").map(({ infoHash }) => infoHash));
    const [ready] = [...this.#waiting]
      .filter(({ seed }) => seeded.has(seed.infoHash))
      .sort((left, right) => left.notBefore - right.notBefore);
    if (ready === undefined) return;
    const wait = ready.notBefore - performance.now();
    if (wait > 0) {
      this.#retry = setTimeout(() => this.look(peer), wait).unref();
      return;
    }
    this.#isBusy = true;
    void this.#publish(ready).finally(() => {
      this.#isBusy = false;
      this.look(peer);
    });
  }

  async #publish(publication: Publication): Promise<void> {
    const { seed, description, catalog } = publication;
    const { infoHash, infoBytes } = seed;
    const told = (outcome: PublishNews["outcome"], keptIn?: string): void =>
      this.#events.told({ infoHash, tracker: catalog.tracker, outcome, keptIn });
    this.#waiting.delete(publication);
    try {
      const { keptIn } = await catalog.publish(encodeMetainfo({ infoBytes, trackerTiers: [] }), description);
      told("published", keptIn);
    } catch (error) {
      if (!isExplained(error)) throw error;
      if (error instanceof ApiProblem && error.code === "alreadyPublished") return told("alreadyPublished");
      this.#warnOnce(`${seed.seed.info.name} is not published: ${error.message}`);
      if (!(error instanceof ApiProblem) || !isPassing(error)) return;
      const { retryAfterSeconds } = error;
      const wait = retryAfterSeconds === undefined ? RETRY_MILLIS : retryAfterSeconds * 1_000;
      this.#waiting.add({ ...publication, notBefore: performance.now() + wait });
    }
  }

  #warnOnce(sentence: string): void {
    if (!this.#warnings.has(sentence)) this.#events.warn(sentence);
    this.#warnings.add(sentence);
  }
}

/** Whether the tracker may do it later: it did not answer, or asks us to come back. */
function isPassing({ status }: ApiProblem): boolean {
  return status === 0 || status === 429 || status === 503;
}

/** The catalogs of those of the trackers that have one. */
export function catalogsAt(trackers: readonly TrackerUrl[]): readonly TrackerCatalog[] {
  return trackers.filter(isTabswarmTracker).map((url) => new TrackerCatalog(url));
}

/** What a person hears of a publication. */
export function publishText({ outcome, infoHash, tracker, keptIn }: PublishNews): string {
  if (outcome === "alreadyPublished") return `${infoHash} is in the catalog of ${tracker} already.`;
  const kept = keptIn === undefined ? "" : ` The key for that is in ${keptIn}.`;
  return `Published on ${tracker}. To remove it there: tabswarm unpublish ${infoHash} --tracker ${tracker}${kept && `\n ${kept}`}`;
}
