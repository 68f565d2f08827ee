import type { FastifyRequest } from "fastify";
import type { ApiKey, ApiPage, NewApiKey } from "#shared/announce/tracker-api.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { withoutInvisible } from "#shared/base/printable.ts";
import { withKey } from "#shared/base/tracker-key.ts";
import type { MadeKey } from "../../accounts/keys.ts";
import type { AccountParts } from "../../accounts/open-accounts.ts";
import type { KeyId, KeyRecord } from "../../core/record-store.ts";
import { MAX_KEY_LIFETIME_SECONDS, MAX_KEY_NAME_CHARACTERS } from "../../limits/accounts.ts";
import { NEW_KEYS_PER_ACCOUNT } from "../../limits/attempts.ts";
import { requireKnown, requireSession } from "../identify.ts";
import { KEY_PAGE, MADE_KEY, NOTHING } from "./answers.ts";
import type { AddRoutes } from "./api.ts";
import { ApiRefusal } from "./api-error.ts";
import { isoTime } from "./iso-time.ts";
import { smallRoute } from "./small-route.ts";

/** What the routes about keys need. */
export interface KeyRouteOptions {
  readonly parts: Pick<AccountParts, "keys" | "rateLimits">;
  /** This tracker's public announce URLs, for whoever sends the request. */
  readonly trackers: (request: FastifyRequest) => readonly TrackerUrl[];
}

const NEW_KEY = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: MAX_KEY_NAME_CHARACTERS },
    ttlSeconds: { type: "integer", minimum: 1, maximum: MAX_KEY_LIFETIME_SECONDS },
  },
};
const REPLACEMENT = {
  type: "object",
  required: ["graceSeconds"],
  properties: { graceSeconds: { type: "integer", minimum: 0, maximum: MAX_KEY_LIFETIME_SECONDS } },
};
const BY_ID = { type: "object", properties: { id: { type: "string", maxLength: 64 } } };

/** The keys of whoever is logged in. */
export function keyRoutes({ parts, trackers }: KeyRouteOptions): AddRoutes {
  const { keys, rateLimits } = parts;
  const shownNew = ({ record, key }: MadeKey, request: FastifyRequest): NewApiKey => ({
    ...shown(record),
    key,
    announceUrls: [...new Set(trackers(request).map((tracker) => withKey(tracker, key)))],
  });
  return (api, { identify }) => {
    api.get(
      "/keys",
      smallRoute("keys", "List your keys", { response: { 200: KEY_PAGE } }),
      async (request): Promise<ApiPage<ApiKey>> => {
        const { account } = requireSession(await identify(request));
        return { items: (await keys.list(account.id)).map(shown) };
      },
    );
    api.post<{ Body: { name: string; ttlSeconds?: number } }>(
      "/keys",
      smallRoute("keys", "Make a key, which is shown this once", {
        body: NEW_KEY,
        response: { 201: MADE_KEY },
      }),
      async (request, reply) => {
        const { account } = requireSession(await identify(request));
        const { ttlSeconds } = request.body;
        await rateLimits.spend(NEW_KEYS_PER_ACCOUNT, account.id);
        const lifetime = ttlSeconds === undefined ? undefined : ttlSeconds * 1_000;
        reply.code(201);
        return shownNew(await keys.make(account.id, keyName(request.body.name), lifetime), request);
      },
    );
    api.delete<{ Params: { id: KeyId } }>(
      "/keys/:id",
      smallRoute("keys", "Revoke a key; a key may revoke itself", {
        params: BY_ID,
        response: { 204: NOTHING },
      }),
      async (request, reply) => {
        const identity = requireKnown(await identify(request));
        if (identity.key !== request.params.id) requireSession(identity);
        await keys.revoke(identity.account.id, request.params.id);
        return reply.code(204).send();
      },
    );
    api.post<{ Params: { id: KeyId }; Body: { graceSeconds: number } }>(
      "/keys/:id/replace",
      smallRoute("keys", "Make a key that takes another's place, which works on for a while", {
        params: BY_ID,
        body: REPLACEMENT,
        response: { 201: MADE_KEY },
      }),
      async (request, reply) => {
        const { account } = requireSession(await identify(request));
        await rateLimits.spend(NEW_KEYS_PER_ACCOUNT, account.id);
        reply.code(201);
        return shownNew(
          await keys.replace(account.id, request.params.id, request.body.graceSeconds * 1_000),
          request,
        );
      },
    );
  };
}

/** A name to show in a list: one line, without what changes how others look. */
function keyName(text: string): string {
  const name = withoutInvisible(text).replace(/\s+/g, " ").trim();
  if (name !== "" && !/\p{Cc}/u.test(name)) return name;
  throw new ApiRefusal(400, "malformedName", "Give the key a name that you will know it by.");
}

function shown({ id, name, createdAt, lastUsedAt, expiresAt }: KeyRecord): ApiKey {
  return {
    id,
    name,
    createdAt: isoTime(createdAt),
    ...(lastUsedAt !== undefined && { lastUsedAt: isoTime(lastUsedAt) }),
    ...(expiresAt !== undefined && { expiresAt: isoTime(expiresAt) }),
  };
}
