import type { FastifyInstance } from "fastify";
import { ApiRefusal } from "./api-error.ts";

/** Of a name that nobody knows, this many characters are said. */
const MAX_NAMED_CHARACTERS = 40;

/**
 * Refuses requests with a field that their route, added later, does not know: if it were dropped, the answer would look as if it had
 * been heeded. The same holds for parameters where a route takes some.
 */
export function refuseUnknownFields(api: FastifyInstance): void {
  api.addHook("onRoute", ({ schema }) => {
    for (const part of [schema?.body, schema?.querystring])
      if (typeof part === "object" && part !== null) Object.assign(part, { additionalProperties: false });
  });
  api.addHook("preValidation", async ({ is404, body, query, routeOptions: { schema } }) => {
    if (is404) return;
    refuseOthers(body, namesIn(schema?.body), "field");
    if (schema?.querystring !== undefined) refuseOthers(query, namesIn(schema.querystring), "parameter");
  });
}

function namesIn(schema: unknown): readonly string[] {
  return typeof schema === "object" && schema !== null && "properties" in schema
    ? Object.keys(schema.properties ?? {})
    : [];
}

/** Anything but an object is left to the route's schema. */
function refuseOthers(value: unknown, known: readonly string[], what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const takes = known.length === 0 ? `takes no ${what}s` : `takes ${known.join(", ")}`;
  throw new ApiRefusal(
    400,
    "malformedRequest",
    `"${stranger.slice(0, MAX_NAMED_CHARACTERS)}" is not a ${what} of this request, which ${takes}.`,
  );
}
