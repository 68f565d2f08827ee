import { parseApiError } from "#shared/announce/parse-tracker-api.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { connectionProblem, statusProblem } from "./connection-problem.ts";
import { retryAfterSeconds } from "./http-answer.ts";

/** A request to the JSON API of a Tabswarm tracker. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  /** Below `/api/`, such as `torrents?q=film`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A key of an account, or the owner key of an entry. */
  readonly bearer?: string | undefined;
}

/** The tracker does not do what was asked, or cannot be asked. The code is the API's own word, if it has said one. */
export class ApiProblem extends ProtocolError {
  /** 0: there was no answer. */
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, sentence: string, retryAfter?: number) {
    super(code, sentence);
    this.status = status;
    this.retryAfterSeconds = retryAfter;
  }
}

/** How long a person waits. A large torrent takes a while to send. */
const ANSWER_MILLIS = 30_000;

/** Bytes of an answer: a page of a hundred entries with long descriptions takes a tenth of it. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Asks a Tabswarm tracker that a person typed, and returns the JSON of its answer, for the parsers of the API; undefined for an
 * answer without content. Rejects with an `ApiProblem`. Redirects are not followed, as the secrets are for this tracker only.
 */
export async function askTrackerApi(tracker: TrackerUrl, request: ApiRequest): Promise<unknown> {
  const url = new URL(`/api/${request.path}`, tracker);
  const { status, headers, text } = await send(url, request).catch((error: unknown) => {
    throw noAnswer(tracker, error);
  });
  const answer = jsonIn(text);
  if (status >= 200 && status < 300) {
    if (status === 204) return undefined;
    if (answer !== undefined) return answer;
    throw new ApiProblem(status, "notApi", `${tracker} is not a Tabswarm tracker. Check the address.`);
  }
  if (status >= 300 && status < 400)
    throw new ApiProblem(status, "moved", movedText(tracker, headers.get("location")));
  const { error } = parseApiError(answer) ?? {};
  if (error === undefined || error.code === "noSuchRoute")
    throw new ApiProblem(status, "notApi", `${tracker} does not offer this: ${statusProblem(status)}.`);
  const retryAfter = retryAfterSeconds(headers.get("retry-after") ?? undefined);
  throw new ApiProblem(status, error.code, `${tracker} refuses: ${error.message}`, retryAfter);
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send(url: URL, { method, body, bearer }: ApiRequest): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MILLIS),
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new ProtocolError("tooLong", "its answer is too long");
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(tracker: TrackerUrl, error: unknown): ApiProblem {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const why = isLate ? "it does not answer in time" : connectionProblem(cause);
  return new ApiProblem(0, "noAnswer", `${tracker} cannot be asked: ${why}.`);
}

function movedText(tracker: TrackerUrl, location: string | null): string {
  const target = URL.canParse(location ?? "", tracker) ? new URL(location ?? "", tracker) : undefined;
  return target === undefined || target.origin === new URL(tracker).origin
    ? `${tracker} redirects, so it is not a Tabswarm tracker. Check the address.`
    : `${tracker} redirects to ${target.origin}. If you trust that address, pass it as --tracker.`;
}
