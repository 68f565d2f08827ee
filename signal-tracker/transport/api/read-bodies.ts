import type { FastifyInstance } from "fastify";
import { ApiRefusal } from "./api-error.ts";

/** Reads bodies as JSON. An empty one counts as none, whatever its type: many programs name a type with every request. */
export function readBodies(api: FastifyInstance): void {
  const parseJson = api.getDefaultJsonParser("error", "error");
  api.removeAllContentTypeParsers();
  api.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) =>
    text === "" ? done(null) : parseJson(request, text, done),
  );
  api.addContentTypeParser<string>("*", { parseAs: "string" }, (_request, text, done) =>
    done(text === "" ? null : new ApiRefusal(415, "malformedRequest", "Send JSON, as application/json.")),
  );
}
