import type { FastifyRequest } from "fastify";
import type { IpAddress } from "#shared/base/ip.ts";
import type { Random } from "#shared/base/random.ts";
import type { AccountParts } from "./accounts/open-accounts.ts";
import { NOBODY } from "./core/identity.ts";
import { accountRoutes } from "./transport/api/account-routes.ts";
import { administrationRoutes } from "./transport/api/administration-routes.ts";
import { keyRoutes } from "./transport/api/key-routes.ts";
import { type Reach, trackerUrls } from "./transport/config.ts";
import type { Api } from "./transport/http.ts";
import { identify } from "./transport/identify.ts";
import type { Origins } from "./transport/origins.ts";
import type { Proxies } from "./transport/proxies.ts";

/** What the API is made of. */
export interface ApiOptions {
  /** Undefined: there are no accounts. */
  readonly parts: AccountParts | undefined;
  readonly origins: Origins;
  readonly proxies: Proxies;
  readonly random: Random;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
  readonly reach: () => Reach;
}

/** Puts the JSON API together. */
export function createApi({ parts, origins, proxies, random, networkOf, reach }: ApiOptions): Api {
  if (parts === undefined)
    return { context: { identify: async () => NOBODY, origins }, routes: [], isRegistrationOpen: undefined };
  const networkOfRequest = ({ raw }: FastifyRequest): string | undefined => {
    const ip = proxies.sourceOf(raw);
    return ip === undefined ? "unknown" : networkOf(ip); // All behind a proxy that names nobody share one limit.
  };
  const isHttps = ({ raw }: FastifyRequest): boolean => proxies.isHttps(raw);
  return {
    context: { identify: ({ raw }) => identify(parts, proxies, raw), origins },
    routes: [
      accountRoutes({ parts, random, networkOf: networkOfRequest, isHttps }),
      administrationRoutes(parts),
      keyRoutes({ parts, trackers: (request) => trackerUrls(reach(), isHttps(request)) }),
    ],
    isRegistrationOpen: () => parts.administration.isRegistrationOpen(),
  };
}
