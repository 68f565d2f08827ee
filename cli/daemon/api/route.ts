import type { FastifySchema } from "fastify";

/** Bytes of a request, but for those that carry a `.torrent`: a choice among 100,000 files. */
const MAX_BODY_BYTES = 1024 * 1024;

/** The options of a route: its summary for the OpenAPI document, and what it takes and answers. */
export function route(
  summary: string,
  schema: FastifySchema,
  bodyLimit = MAX_BODY_BYTES,
): { readonly bodyLimit: number; readonly schema: FastifySchema } {
  return { bodyLimit, schema: { summary, ...schema } };
}
