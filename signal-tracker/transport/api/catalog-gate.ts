import type { FastifyRequest } from "fastify";
import type { Millis } from "#shared/base/ids.ts";
import type { RateLimits } from "../../accounts/rate-limits.ts";
import type { Sender } from "../../catalog/publisher.ts";
import { PUBLICATIONS_PER_ACCOUNT } from "../../limits/attempts.ts";
import {
  MAX_CATALOG_REQUESTS_PER_NETWORK_AND_MINUTE,
  MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE,
} from "../../limits/catalog.ts";
import { MinuteCounts } from "../minute-counts.ts";
import type { ApiContext } from "./api.ts";
import { ApiRefusal } from "./api-error.ts";

/** What the gate of the catalog needs. */
export interface CatalogGateOptions {
  /** Whether only people who are logged in see the catalog: with accounts, the whole tracker is private. */
  readonly needsLogin: boolean;
  readonly now: () => Millis;
  /** Bounds what each account publishes. Undefined: there are no accounts. */
  readonly rateLimits: Pick<RateLimits, "spend"> | undefined;
}

/** Lets requests to the catalog pass: not too many of one network, and with accounts only from people who are logged in. */
export class CatalogGate {
  readonly #options: CatalogGateOptions;
  readonly #context: ApiContext;
  readonly #requests = new MinuteCounts(MAX_CATALOG_REQUESTS_PER_NETWORK_AND_MINUTE);
  readonly #publications = new MinuteCounts(MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE);

  constructor(options: CatalogGateOptions, context: ApiContext) {
    this.#options = options;
    this.#context = context;
  }

  /** Whoever sends a request. Rejects with an `ApiRefusal`. */
  reader(request: FastifyRequest): Promise<Sender> {
    return this.#pass(request, this.#requests);
  }

  /** The same for a request to publish. */
  async publisher(request: FastifyRequest): Promise<Sender> {
    const sender = await this.#pass(request, this.#publications);
    if (sender.identity.type === "account")
      await this.#options.rateLimits?.spend(PUBLICATIONS_PER_ACCOUNT, sender.identity.account.id);
    return sender;
  }

  async #pass(request: FastifyRequest, counts: MinuteCounts): Promise<Sender> {
    const { needsLogin, now } = this.#options;
    const network = this.#context.networkOf(request);
    if (network !== undefined && !counts.allows(network, now()))
      throw new ApiRefusal(
        429,
        "tooOften",
        `More than ${counts.maxPerMinute} requests of this kind in a minute come from your network. Try again in a minute.`,
        60,
      );
    const identity = await this.#context.identify(request);
    if (needsLogin && identity.type === "nobody")
      throw new ApiRefusal(401, "notLoggedIn", "This tracker is for people with an account. Log in first.");
    return { identity, network, ownerKey: needsLogin ? undefined : bearerOf(request) };
  }
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S{1,200}) *$/i.exec(headers.authorization ?? "")?.[1];
}
