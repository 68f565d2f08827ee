import { once } from "node:events";
import { type OutgoingHttpHeaders, request } from "node:http";
import { pino } from "pino";
import { expect } from "vitest";
import { type RunningTracker, startTracker, type TrackerOptions } from "../main.ts";

/** Registers what to do when the test has ended. */
export type AtEnd = (cleanUp: () => void | Promise<void>) => void;

/** A tracker with accounts on a real port. */
export interface AccountTracker extends RunningTracker {
  readonly url: string;
  /** The one-time code of this tracker. */
  readonly code: string;
}

/** Starts a tracker with accounts, which stops when the test has ended. */
export async function openAccountTracker(
  atEnd: AtEnd,
  options: Partial<TrackerOptions> = {},
): Promise<AccountTracker> {
  const log = pino({ level: "silent" });
  const tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log,
    accounts: true,
    ...options,
  });
  atEnd(() => tracker.close());
  return { ...tracker, url: `http://127.0.0.1:${tracker.port}`, code: tracker.adminCode ?? "" };
}

/** The status and code of a refusal. */
export const codeOf = ({ status, body }: Told) => [status, body?.error?.code];

/** What a request was answered with. */
export interface Told {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
  readonly body: any;
}

/** A browser or a program that uses the API: it keeps its cookie, and may say that a proxy forwards for another address. */
export class ApiClient {
  readonly #url: string;
  readonly headers: OutgoingHttpHeaders = {};
  cookie: string | undefined;

  /** `from`: the address that the proxy on this machine names. */
  constructor({ url }: Pick<AccountTracker, "url">, from?: string) {
    this.#url = url;
    if (from !== undefined) this.headers["x-forwarded-for"] = from;
  }

  async send(method: string, path: string, body?: unknown, headers: OutgoingHttpHeaders = {}): Promise<Told> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const sent = request(`${this.#url}${path}`, {
      method,
      headers: {
        ...this.headers,
        ...(this.cookie !== undefined && { cookie: this.cookie }),
        ...(text !== "" && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        ...headers,
      },
    });
    sent.end(text);
    const [response] = await once(sent, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const answer = Buffer.concat(chunks).toString();
    const [cookie] = response.headers["set-cookie"] ?? [];
    if (cookie !== undefined) this.cookie = cookie.split(";")[0];
    return {
      status: response.statusCode,
      headers: response.headers,
      body: answer === "" ? undefined : parse(answer),
    };
  }

  get = (path: string) => this.send("GET", path);
  post = (path: string, body?: unknown) => this.send("POST", path, body);
  patch = (path: string, body?: unknown) => this.send("PATCH", path, body);
  delete = (path: string, body?: unknown) => this.send("DELETE", path, body);
}

/** The password of every account that tests make. */
export const PASSWORD = "correct horse";

/** Registers an account, whose browser is logged in. */
export async function register(
  tracker: Pick<AccountTracker, "url">,
  name: string,
  adminCode?: string,
): Promise<ApiClient> {
  const client = new ApiClient(tracker);
  const told = await client.post("/api/accounts", {
    name,
    password: PASSWORD,
    ...(adminCode && { adminCode }),
  });
  expect(told.status, JSON.stringify(told.body)).toBe(201);
  return client;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
