import type { FastifyReply, FastifyRequest } from "fastify";
import type { Origins } from "./origins.ts";

/** How long a browser may remember a preflight's answer: what is allowed changes only when the tracker is started anew. */
const PREFLIGHT_SECONDS = 600;

/** Lets a page of a site that the operator trusts read the answer (CORS). Other sites get no such header. */
export function letAllowedRead(origins: Origins, { headers }: FastifyRequest, reply: FastifyReply): void {
  const { origin } = headers;
  if (origin === undefined || !origins.isAllowed(origin)) return;
  reply.headers({
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    vary: "origin",
  });
}

/** Answers what a browser asks before it lets a page of another site send JSON or a key. */
export function answerPreflight(
  origins: Origins,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (headers.origin !== undefined && origins.isAllowed(headers.origin)) {
    reply.headers({
      "access-control-allow-methods": "GET, POST, PATCH, DELETE",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": PREFLIGHT_SECONDS,
    });
  }
  return reply.code(204).send();
}
