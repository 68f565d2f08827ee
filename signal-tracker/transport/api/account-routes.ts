import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiAccount } from "#shared/announce/tracker-api.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import type { Random } from "#shared/base/random.ts";
import type { AccountParts } from "../../accounts/open-accounts.ts";
import type { AccountRecord } from "../../core/record-store.ts";
import { requireKnown, requireSession } from "../identify.ts";
import { noSessionCookie, sessionCookie } from "../session-cookie.ts";
import { ACCOUNT, NOTHING } from "./answers.ts";
import type { AddRoutes } from "./api.ts";
import { smallRoute } from "./small-route.ts";

/** What the routes about accounts need. */
export interface AccountRouteOptions {
  readonly parts: AccountParts;
  readonly random: Random;
  /** The network whose limits the request counts towards. Undefined: none apply. */
  readonly networkOf: (request: FastifyRequest) => string | undefined;
  readonly isHttps: (request: FastifyRequest) => boolean;
}

// The exact bounds, which have messages of their own, are in signal-tracker/accounts.
const NAME = { type: "string", minLength: 1, maxLength: 200 };
const PASSWORD = { type: "string", minLength: 1, maxLength: 2_000 };
const ADMIN_CODE = { type: "string", minLength: 1, maxLength: 50 };

const LOGIN = {
  type: "object",
  required: ["name", "password"],
  properties: { name: NAME, password: PASSWORD },
};
const REGISTRATION = { ...LOGIN, properties: { ...LOGIN.properties, adminCode: ADMIN_CODE } };
const ME_CHANGE = {
  type: "object",
  properties: { password: PASSWORD, newPassword: PASSWORD, adminCode: ADMIN_CODE },
  anyOf: [{ required: ["newPassword"] }, { required: ["adminCode"] }],
};
const ME_REMOVAL = { type: "object", required: ["password"], properties: { password: PASSWORD } };

const REGISTERING = smallRoute("accounts", "Register, and log in", {
  body: REGISTRATION,
  response: { 201: ACCOUNT },
});
const LOGGING_IN = smallRoute("accounts", "Log in", { body: LOGIN, response: { 200: ACCOUNT } });
const LOGGING_OUT = smallRoute("accounts", "Log out", { response: { 204: NOTHING } });
const WHO_AM_I = smallRoute("accounts", "Who is logged in", { response: { 200: ACCOUNT } });
const CHANGING_ME = smallRoute(
  "accounts",
  "Change the password, or become an administrator by the one-time code",
  {
    body: ME_CHANGE,
    response: { 200: ACCOUNT },
  },
);
const REMOVING_ME = smallRoute("accounts", "Remove the account with its keys and entries", {
  body: ME_REMOVAL,
  response: { 204: NOTHING },
});

interface Login {
  readonly name: string;
  readonly password: string;
}

/** Registering, logging in and out, and what people change in their own account. */
export function accountRoutes(options: AccountRouteOptions): AddRoutes {
  const { parts, random, networkOf, isHttps } = options;
  const { accounts, administration, sessions } = parts;
  const shown = ({ name, isAdmin }: AccountRecord): ApiAccount => ({
    name,
    isAdmin,
    peerId: freshPeerId(random),
  });
  const logIn = async (account: AccountRecord, request: FastifyRequest, reply: FastifyReply) => {
    reply.header("set-cookie", sessionCookie(await sessions.open(account.id), isHttps(request)));
    return shown(account);
  };
  return (api, { identify }) => {
    api.post<{ Body: Login & { readonly adminCode?: string } }>(
      "/accounts",
      REGISTERING,
      async (request, reply) => {
        const { adminCode, ...login } = request.body;
        const account = await accounts.register(login, networkOf(request), adminCode);
        reply.code(201);
        return await logIn(account, request, reply);
      },
    );
    api.post<{ Body: Login }>("/session", LOGGING_IN, async (request, reply) => {
      return await logIn(await accounts.logIn(request.body, networkOf(request)), request, reply);
    });
    api.delete("/session", LOGGING_OUT, async (request, reply) => {
      const identity = await identify(request);
      if (identity.type === "account" && identity.session !== undefined) await sessions.end(identity.session);
      return reply
        .header("set-cookie", noSessionCookie(isHttps(request)))
        .code(204)
        .send();
    });
    api.get("/me", WHO_AM_I, async (request) => shown(requireKnown(await identify(request)).account));
    api.patch<{ Body: { password?: string; newPassword?: string; adminCode?: string } }>(
      "/me",
      CHANGING_ME,
      async (request) => {
        const { account, session } = requireSession(await identify(request));
        const { password = "", newPassword, adminCode } = request.body;
        const network = networkOf(request);
        if (newPassword !== undefined)
          await accounts.changePassword(account, password, newPassword, network, session);
        return shown(
          adminCode === undefined ? account : await administration.makeAdmin(account, adminCode, network),
        );
      },
    );
    api.delete<{ Body: { readonly password: string } }>("/me", REMOVING_ME, async (request, reply) => {
      const { account } = requireSession(await identify(request));
      await accounts.remove(account, request.body.password, networkOf(request));
      return reply
        .header("set-cookie", noSessionCookie(isHttps(request)))
        .code(204)
        .send();
    });
  };
}
