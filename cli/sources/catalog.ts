import { ApiProblem, type ApiRequest, askTabswarmApi } from "#headless-peer/trackers/tabswarm-api.ts";
import { parseApiPage, parseApiPublished, parseApiTorrent } from "#shared/announce/parse-tracker-api.ts";
import type { ApiPublished, ApiTorrent } from "#shared/announce/tracker-api.ts";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { readLogins } from "./logins.ts";
import { findOwnerKey, forgetOwnerKey, keepOwnerKey, type OwnerKey } from "./owner-keys.ts";

/** The orders of a search. */
export const SEARCH_ORDERS = ["newest", "seeders", "name"] as const;

/** What to look for. */
export interface CatalogSearch {
  readonly text: string;
  readonly sort: (typeof SEARCH_ORDERS)[number];
  readonly limit: number;
}

/** Entries that one request asks for. */
const PAGE_ITEMS = 100;
/** A tracker may answer with parts that are empty before one that is not; this many are asked for. */
const MAX_REQUESTS = 50;

/** The catalog of one Tabswarm tracker that a person typed. */
export class TrackerCatalog {
  readonly tracker: TrackerUrl;

  /** Throws a `UsageError` for any other kind of tracker. */
  constructor(tracker: TrackerUrl) {
    if (!isTabswarmTracker(tracker))
      throw new UsageError(
        "noCatalog",
        `${tracker} is an announce URL. Only Tabswarm trackers have a catalog: pass one like http://host:8000.`,
      );
    this.tracker = tracker;
  }

  /** The first entries that the search finds, and whether there are more. Rejects with a `ProtocolError`. */
  async search({ text, sort, limit }: CatalogSearch): Promise<{
    readonly found: readonly ApiTorrent[];
    readonly hasMore: boolean;
  }> {
    const found: ApiTorrent[] = [];
    let cursor: string | undefined;
    for (let request = 0; request < MAX_REQUESTS; request++) {
      const wanted = String(Math.min(PAGE_ITEMS, limit - found.length));
      const query = new URLSearchParams({
        q: text,
        sort,
        limit: wanted,
        ...(cursor !== undefined && { cursor }),
      });
      const page = parseApiPage(await this.#ask("GET", `torrents?${query}`), parseApiTorrent, PAGE_ITEMS);
      found.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined || found.length >= limit) break;
    }
    return { found: found.slice(0, limit), hasMore: cursor !== undefined };
  }

  /**
   * Publishes a .torrent file. If the tracker has no accounts, the key with which it can be unpublished is kept, and where is told.
   * Rejects with an `ApiProblem` or a `StorageError`.
   */
  async publish(
    torrentFile: Uint8Array,
    description: string,
  ): Promise<{ readonly published: ApiPublished; readonly keptIn: string | undefined }> {
    const body = { torrent: Buffer.from(torrentFile).toString("base64"), description };
    const published = parseApiPublished(await this.#ask("POST", "torrents", { body }));
    const { ownerKey, infoHash } = published;
    if (ownerKey === undefined) return { published, keptIn: undefined };
    return { published, keptIn: await keepOwnerKey(this.tracker, infoHash, ownerKey) };
  }

  /** Removes an entry. Rejects with an `ApiProblem` or a `StorageError`. */
  async unpublish(infoHash: InfoHash): Promise<void> {
    const owner = await findOwnerKey(this.tracker, infoHash);
    const forget = async (): Promise<void> => owner && forgetOwnerKey(owner, infoHash);
    try {
      await this.#ask("DELETE", `torrents/${infoHash}`, { owner });
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "noSuchTorrent") await forget();
      throw error;
    }
    await forget();
  }

  /** Without an owner key, a request carries the key of the log-in, if there is one. */
  async #ask(
    method: ApiRequest["method"],
    path: string,
    { body, owner }: { readonly body?: unknown; readonly owner?: OwnerKey | undefined } = {},
  ): Promise<unknown> {
    const tracker = owner?.tracker ?? this.tracker;
    const key = owner?.key ?? (await readLogins()).at(tracker)?.key;
    try {
      const proof = key === undefined ? ({ type: "nothing" } as const) : ({ type: "key", key } as const);
      return (await askTabswarmApi(tracker, { method, path: `/api/${path}`, body, proof })).body;
    } catch (error) {
      if (!(error instanceof ApiProblem) || !["notLoggedIn", "keyNotValid"].includes(error.code)) throw error;
      throw new ApiProblem(
        error.status,
        error.code,
        `${error.message} To log in: tabswarm login --tracker ${tracker}`,
      );
    }
  }
}
