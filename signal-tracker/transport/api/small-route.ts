import type { FastifySchema } from "fastify";
import { MAX_SMALL_BODY_BYTES } from "../../limits/http.ts";

/** The options of a route that takes little: its tag and summary for the OpenAPI document, and what it accepts. */
export function smallRoute(
  tag: string,
  summary: string,
  schema: FastifySchema = {},
): { readonly bodyLimit: number; readonly schema: FastifySchema } {
  const documented = { summary, tags: [tag], ...schema };
  return { bodyLimit: MAX_SMALL_BODY_BYTES, schema: documented };
}
