import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ANSWER_MILLIS, MIN_COUNTED_ANSWER_BYTES } from "../../limits/http.ts";
import { ApiRefusal, errorBody } from "./api-error.ts";
import type { ByteShares } from "./byte-shares.ts";

/** How soon to try again. */
const RETRY_AFTER_SECONDS = 10;

/**
 * Counts the memory that answers take until they are read. Instead of one for which there is no room a short one goes out, and
 * whoever does not read an answer in time loses the connection.
 */
export function countAnswers(
  api: FastifyInstance,
  shares: ByteShares,
  networkOf: (request: FastifyRequest) => string | undefined,
): void {
  api.addHook("onSend", async (request, reply, payload) => {
    if (typeof payload !== "string" && !Buffer.isBuffer(payload)) return payload;
    const bytes = Buffer.byteLength(payload);
    if (bytes < MIN_COUNTED_ANSWER_BYTES) return payload;
    const giveBack = shares.take(networkOf(request), bytes);
    if (giveBack === undefined) return sayNoRoom(reply);
    const timer = setTimeout(() => reply.raw.destroy(), ANSWER_MILLIS);
    reply.raw.once("close", () => {
      clearTimeout(timer);
      giveBack();
    });
    return payload;
  });
}

function sayNoRoom(reply: FastifyReply): string {
  const refusal = noRoom();
  reply.code(refusal.status).header("retry-after", RETRY_AFTER_SECONDS);
  reply.removeHeader("content-disposition").type("application/json; charset=utf-8");
  return JSON.stringify(errorBody(refusal));
}

/** Too much is on its way at this moment. */
export function noRoom(): ApiRefusal {
  const message = "Too much is on its way between your network and the tracker. Try again in a few seconds.";
  return new ApiRefusal(503, "tooBusy", message, RETRY_AFTER_SECONDS);
}
