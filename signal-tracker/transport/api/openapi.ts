import fastifySwagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { type ApiDocument, DOCUMENT_STYLE, documentPage } from "./openapi-page.ts";

/** The body of an `ApiError`. */
const ERROR = {
  description: "Refused. `code` is a word for programs, `message` a sentence for people.",
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: { type: "string" }, message: { type: "string" } },
    },
  },
};

const DESCRIPTION =
  "A browser is known by its session cookie, a program by `Authorization: Bearer <key>`. Lists are `{items, nextCursor?}`; " +
  "pass `nextCursor` as `cursor` to go on. Times are ISO 8601 in UTC. Whatever is refused is answered with 4xx or 5xx and " +
  "`{error: {code, message}}`.";

/**
 * Describes all routes that are added after it: as an OpenAPI document at `/openapi.json`, and as a page at `/`, which need
 * nothing from anywhere else.
 */
export async function addOpenApi(api: FastifyInstance): Promise<void> {
  // The schemas of answers only describe them: what a route says is sent as it is.
  api.setSerializerCompiler(() => JSON.stringify);
  api.addHook("onRoute", (route) => {
    const { response = {} } = route.schema ?? {};
    route.schema = { ...route.schema, response: { ...Object(response), "4xx": ERROR, "5xx": ERROR } };
  });
  await api.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Tabswarm tracker", version: "1", description: DESCRIPTION },
    },
  });
  const hidden = { schema: { hide: true } };
  api.get("/openapi.json", hidden, () => api.swagger());
  api.get("/style.css", hidden, (_, reply) => reply.type("text/css; charset=utf-8").send(DOCUMENT_STYLE));
  api.get("/", hidden, (_, reply) =>
    reply.type("text/html; charset=utf-8").send(documentPage(api.swagger() as ApiDocument)),
  );
}
