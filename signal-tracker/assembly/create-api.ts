import type { FastifyRequest } from "fastify";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { parseTrackerKey, withKey } from "#shared/base/tracker-key.ts";
import type { Keys } from "../accounts/keys.ts";
import type { AccountParts } from "../accounts/open-accounts.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { FileTrackers } from "../catalog/torrent-file.ts";
import { type Identity, NOBODY } from "../core/identity.ts";
import { accountRoutes } from "../transport/api/account-routes.ts";
import { administrationRoutes } from "../transport/api/administration-routes.ts";
import type { AddRoutes } from "../transport/api/api.ts";
import { catalogRoutes, type TrackersFor } from "../transport/api/catalog-routes.ts";
import { keyRoutes } from "../transport/api/key-routes.ts";
import { peerRoutes } from "../transport/api/peer-routes.ts";
import { type Reach, trackerUrls } from "../transport/config.ts";
import type { Api } from "../transport/http.ts";
import type { AddressOptions } from "../transport/http-tracker.ts";
import { identify } from "../transport/identify.ts";
import type { KnownHosts } from "../transport/known-hosts.ts";
import type { Origins } from "../transport/origins.ts";

/** What the API is made of. */
export interface ApiOptions extends AddressOptions {
  /** Undefined: there are no accounts. */
  readonly parts: AccountParts | undefined;
  /** Undefined: this tracker has none. */
  readonly catalog: Catalog | undefined;
  readonly origins: Origins;
  readonly hosts: KnownHosts;
  readonly random: Random;
  readonly reach: () => Reach;
}

/** Puts the JSON API together. */
export function createApi(options: ApiOptions): Api {
  const { parts, catalog, origins, hosts, proxies, random, networkOf, reach, now } = options;
  const networkOfRequest = ({ raw }: FastifyRequest): string | undefined => {
    const ip = proxies.sourceOf(raw);
    return ip === undefined ? "unknown" : networkOf(ip); // All behind a proxy that names nobody share one limit.
  };
  const isHttps = ({ raw }: FastifyRequest): boolean => proxies.isHttps(raw);
  const trackers = (request: FastifyRequest) => trackerUrls(reach(), isHttps(request));
  const routes: AddRoutes[] = [];
  if (catalog !== undefined) {
    const needsLogin = parts !== undefined;
    const trackersFor: TrackersFor = (request, identity) =>
      fileTrackers(trackers(request), parts?.keys, request, identity);
    const gate = { needsLogin, now, rateLimits: parts?.rateLimits };
    routes.push(catalogRoutes({ catalog, trackersFor, ...gate }));
    routes.push(peerRoutes({ catalog, gate, addresses: options }));
  }
  const common = { origins, hosts, networkOf: networkOfRequest };
  if (parts === undefined)
    return { context: { identify: async () => NOBODY, ...common }, routes, isRegistrationOpen: undefined };
  return {
    context: { identify: ({ raw }) => identify(parts, proxies, raw), ...common },
    routes: [
      ...routes,
      accountRoutes({ parts, random, networkOf: networkOfRequest, isHttps }),
      administrationRoutes(parts),
      keyRoutes({ parts, trackers }),
    ],
    isRegistrationOpen: () => parts.administration.isRegistrationOpen(),
  };
}

/** Whoever is known gets a key into their .torrent files: a program its own, a browser the one that is there for this. */
async function fileTrackers(
  urls: readonly TrackerUrl[],
  keys: Keys | undefined,
  { headers }: FastifyRequest,
  identity: Identity,
): Promise<FileTrackers> {
  if (identity.type === "nobody" || keys === undefined) return { urls, keyOf: undefined };
  const { account } = identity;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const own = identity.key === undefined ? undefined : parseTrackerKey(bearer);
  const key = own ?? (await keys.forTorrentFiles(account.id));
  return { urls: [...new Set(urls.map((url) => withKey(url, key)))], keyOf: account.name };
}
