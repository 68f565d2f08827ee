import { parseApiError } from "#shared/announce/parse-tracker-api.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { Told } from "../client.ts";

/** One request to the tracker's JSON API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api`, such as `/torrents`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as a Bearer token. Absent: the session cookie says who asks. */
  readonly token?: string;
}

/** What came back. */
export interface ApiResponse {
  readonly status: number;
  /** Parsed JSON, or a Blob if it is something else. Undefined: malformed JSON. */
  readonly body: unknown;
}

/** Sends a request. Rejects if no answer comes. */
export type SendRequest = (request: ApiRequest) => Promise<ApiResponse>;

/** A tracker that takes longer is in trouble. */
const ANSWER_MILLIS = 20_000;

const UNREACHABLE = "This page cannot reach the tracker. Check your connection, then try again.";
const NOT_UNDERSTOOD = "This page does not understand the tracker's answer. Reload the page, then try again.";

/** Sends requests to the tracker that serves this page. */
export function requestSender(page: string): SendRequest {
  return async ({ method, path, body, token }) => {
    const response = await fetch(new URL(`/api${path}`, page), {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
    const isJson = /^application\/json/.test(response.headers.get("content-type") ?? "");
    const reading = isJson ? response.json().catch(() => undefined) : response.blob();
    return { status: response.status, body: await reading };
  };
}

/** Sends a request and parses the answer. `parse` may throw a `ProtocolError`. */
export async function ask<Value>(
  send: SendRequest,
  request: ApiRequest,
  parse: (body: unknown) => Value,
): Promise<Told<Value>> {
  const response = await send(request).catch(() => undefined);
  if (response === undefined) return { ok: false, status: undefined, problem: UNREACHABLE };
  const { status, body } = response;
  if (status >= 400) {
    const said = parseApiError(body)?.error.message;
    return {
      ok: false,
      status,
      problem: said ?? `The tracker answered with status ${status}. Try again in a minute.`,
    };
  }
  try {
    return { ok: true, value: parse(body) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ok: false, status: undefined, problem: NOT_UNDERSTOOD };
  }
}

/** For answers that say nothing more than their status. */
export const parseNothing = (): undefined => undefined;
