import type { ApiAccountEntry, ApiPage, ApiSettings } from "#shared/announce/tracker-api.ts";
import type { AccountParts } from "../../accounts/open-accounts.ts";
import type { AccountRecord } from "../../core/record-store.ts";
import { requireAdmin } from "../identify.ts";
import { ACCOUNT_ENTRY, ACCOUNT_PAGE, NOTHING, SETTINGS_NOW } from "./answers.ts";
import type { AddRoutes } from "./api.ts";
import { isoTime } from "./iso-time.ts";
import { smallRoute } from "./small-route.ts";

const LISTED_AT_ONCE = 100;

const LIST = {
  type: "object",
  properties: {
    limit: { type: "integer", minimum: 1, maximum: LISTED_AT_ONCE, default: LISTED_AT_ONCE },
    cursor: { type: "string", maxLength: 500 },
  },
};
const NAMED = { type: "object", properties: { name: { type: "string", maxLength: 200 } } };
/** A body that names neither is refused: an answer of success would look as if somebody had been banned. */
const CHANGE = {
  type: "object",
  properties: { isAdmin: { type: "boolean" }, isBanned: { type: "boolean" } },
  anyOf: [{ required: ["isAdmin"] }, { required: ["isBanned"] }],
};
const SETTINGS = {
  type: "object",
  required: ["isRegistrationOpen"],
  properties: { isRegistrationOpen: { type: "boolean" } },
};

/** What administrators do: accounts of others, and whether people can register. */
export function administrationRoutes({ administration }: Pick<AccountParts, "administration">): AddRoutes {
  return (api, { identify }) => {
    api.get<{ Querystring: { limit: number; cursor?: string } }>(
      "/accounts",
      smallRoute("administration", "List the accounts by name", {
        querystring: LIST,
        response: { 200: ACCOUNT_PAGE },
      }),
      async (request): Promise<ApiPage<ApiAccountEntry>> => {
        requireAdmin(await identify(request));
        const { items, nextCursor } = await administration.list(request.query.limit, request.query.cursor);
        return { items: items.map(entry), ...(nextCursor !== undefined && { nextCursor }) };
      },
    );
    api.patch<{ Params: { name: string }; Body: { isAdmin?: boolean; isBanned?: boolean } }>(
      "/accounts/:name",
      smallRoute("administration", "Ban somebody, lift a ban, or make somebody an administrator", {
        params: NAMED,
        body: CHANGE,
        response: { 200: ACCOUNT_ENTRY },
      }),
      async (request) => {
        requireAdmin(await identify(request));
        const account = await administration.find(request.params.name);
        return entry(await administration.change(account, request.body));
      },
    );
    api.delete<{ Params: { name: string } }>(
      "/accounts/:name",
      smallRoute("administration", "Remove an account with its keys and entries", {
        params: NAMED,
        response: { 204: NOTHING },
      }),
      async (request, reply) => {
        requireAdmin(await identify(request));
        await administration.remove(await administration.find(request.params.name));
        return reply.code(204).send();
      },
    );
    api.get(
      "/settings",
      smallRoute("administration", "What administrators may change", { response: { 200: SETTINGS_NOW } }),
      async (request): Promise<ApiSettings> => {
        requireAdmin(await identify(request));
        return { isRegistrationOpen: await administration.isRegistrationOpen() };
      },
    );
    api.patch<{ Body: ApiSettings }>(
      "/settings",
      smallRoute("administration", "Open or close registration", {
        body: SETTINGS,
        response: { 200: SETTINGS_NOW },
      }),
      async (request): Promise<ApiSettings> => {
        requireAdmin(await identify(request));
        await administration.setRegistration(request.body.isRegistrationOpen);
        return { isRegistrationOpen: request.body.isRegistrationOpen };
      },
    );
  };
}

function entry({ name, isAdmin, createdAt, bannedAt }: AccountRecord): ApiAccountEntry {
  return {
    name,
    isAdmin,
    createdAt: isoTime(createdAt),
    ...(bannedAt !== undefined && { bannedAt: isoTime(bannedAt) }),
  };
}
