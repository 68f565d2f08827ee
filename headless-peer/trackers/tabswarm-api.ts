import { parseApiError } from "#shared/announce/parse-tracker-api.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TrackerKey } from "#shared/base/tracker-key.ts";
import { connectionProblem, statusProblem } from "./connection-problem.ts";
import { retryAfterSeconds } from "./http-answer.ts";

/** What proves who sends a request. */
type Proof =
  | { readonly type: "nothing" }
  | { readonly type: "key"; readonly key: TrackerKey | string }
  | { readonly type: "cookie"; readonly cookie: string };

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Such as `/api/keys`. */
  readonly path: string;
  /** Sent as JSON. Absent: the request has none. */
  readonly body?: unknown;
  readonly proof?: Proof;
}

/** What a tracker answered. */
export interface ApiAnswer {
  /** Parsed JSON, not checked any further. Undefined: there was none. */
  readonly body: unknown;
  /** The cookie that it wants back, such as `name=value`. Undefined: none. */
  readonly cookie: string | undefined;
}

/** The tracker does not do what was asked, or cannot be asked. The code is the API's own word, if it has said one. */
export class ApiProblem extends UsageError {
  /** 0: there was no answer. */
  readonly status: number;
  /** When the tracker wants to be asked again. Undefined: it does not say. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, sentence: string, retryAfter?: number) {
    super(code, sentence);
    this.status = status;
    this.retryAfterSeconds = retryAfter;
  }
}

/** Checking a password may have to wait for those of others. */
const ANSWER_MILLIS = 15_000;
/** Bytes of the longest answer: a page of the catalog takes a tenth. */
const MAX_API_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Asks the JSON API of a Tabswarm tracker. Rejects with an `ApiProblem` that names the tracker if it cannot be reached or refuses.
 * Follows no redirect, which might lead a secret astray.
 */
export async function askTabswarmApi(
  tracker: TrackerUrl,
  { method, path, body, proof = { type: "nothing" } }: ApiRequest,
): Promise<ApiAnswer> {
  const response = await fetch(new URL(path, tracker), {
    method,
    headers: { ...proofHeaders(proof), ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MILLIS),
  }).catch((error: unknown) => {
    throw new ApiProblem(0, "trackerUnreachable", `${tracker} cannot be reached: ${problemOf(error)}.`);
  });
  const answer = await readJson(response, tracker);
  if (!response.ok) throw refusalIn(response, answer, tracker);
  if (answer !== undefined || response.status === 204) return { body: answer, cookie: cookieIn(response) };
  throw new ApiProblem(response.status, "notApi", `${tracker} is not a Tabswarm tracker. Check the address.`);
}

function refusalIn({ status, headers }: Response, answer: unknown, tracker: TrackerUrl): ApiProblem {
  if (status >= 300 && status < 400)
    return new ApiProblem(status, "moved", movedText(tracker, headers.get("location") ?? ""));
  const { error } = parseApiError(answer) ?? {};
  if (error === undefined || error.code === "noSuchRoute")
    return new ApiProblem(
      status,
      error?.code ?? "notApi",
      `${tracker} does not offer this: ${statusProblem(status)}.`,
    );
  const retryAfter = retryAfterSeconds(headers.get("retry-after") ?? undefined);
  return new ApiProblem(status, error.code, `${tracker}: ${error.message}`, retryAfter);
}

function movedText(tracker: TrackerUrl, location: string): string {
  const origin = URL.canParse(location, tracker) ? new URL(location, tracker).origin : undefined;
  return origin === undefined || origin === new URL(tracker).origin
    ? `${tracker} redirects, so it is not a Tabswarm tracker. Check the address.`
    : `${tracker} redirects to ${origin}. If you trust that address, pass it as --tracker.`;
}

function proofHeaders(proof: Proof): Record<string, string> {
  switch (proof.type) {
    case "nothing":
      return {};
    case "key":
      return { authorization: `Bearer ${proof.key}` };
    case "cookie":
      return { cookie: proof.cookie };
  }
}

/** Undefined: it is not JSON. */
async function readJson(response: Response, tracker: TrackerUrl): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_API_ANSWER_BYTES)
        throw new ApiProblem(response.status, "answerTooLong", `${tracker} answers with more than we read.`);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof UsageError) throw error;
    throw new ApiProblem(0, "trackerUnreachable", `${tracker} hung up: ${problemOf(error)}.`);
  }
}

/** `fetch` wraps the error that tells what is wrong. */
function problemOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it does not answer in time";
  return connectionProblem(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

function cookieIn({ headers }: Response): string | undefined {
  return headers.getSetCookie()[0]?.split(";")[0];
}
