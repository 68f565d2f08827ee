import { parseApiError } from "#shared/announce/parse-tracker-api.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TrackerKey } from "#shared/base/tracker-key.ts";
import { connectionProblem } from "./connection-problem.ts";

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

/** Checking a password may have to wait for those of others. */
const ANSWER_MILLIS = 15_000;
/** Bytes of the longest answer: a page of the catalog takes a tenth. */
const MAX_API_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Asks the JSON API of a Tabswarm tracker. Rejects with a `UsageError` that names the tracker if it cannot be reached or refuses;
 * the code is then the tracker's. Follows no redirect, which might lead a secret astray.
 */
export async function askTabswarmApi(
  tracker: TrackerUrl,
  { method, path, body, proof = { type: "nothing" } }: ApiRequest,
): Promise<ApiAnswer> {
  const response = await fetch(new URL(path, tracker), {
    method,
    headers: { ...proofHeaders(proof), ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_MILLIS),
  }).catch((error: unknown) => {
    throw new UsageError("trackerUnreachable", `${tracker} cannot be reached: ${problemOf(error)}.`);
  });
  const answer = await readJson(response, tracker);
  if (response.ok) return { body: answer, cookie: cookieIn(response) };
  const refusal = parseApiError(answer)?.error;
  if (refusal !== undefined) throw new UsageError(refusal.code, `${tracker}: ${refusal.message}`);
  throw new UsageError(
    "notApi",
    `${tracker} answers with status ${response.status}. Is it a Tabswarm tracker?`,
  );
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

/** Undefined: it is no JSON. */
async function readJson(response: Response, tracker: TrackerUrl): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_API_ANSWER_BYTES)
        throw new UsageError("answerTooLong", `${tracker} answers with more than we read.`);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof UsageError) throw error;
    throw new UsageError("trackerUnreachable", `${tracker} hung up: ${problemOf(error)}.`);
  }
}

/** `fetch` wraps the error that tells what is wrong. */
function problemOf(error: unknown): string {
  return connectionProblem(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

function cookieIn({ headers }: Response): string | undefined {
  return headers.getSetCookie()[0]?.split(";")[0];
}
