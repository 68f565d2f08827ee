import { fieldsOf, shownText } from "#shared/announce/json-fields.ts";
import { UsageError } from "#shared/base/errors.ts";
import { EventReader, type ServerEvent } from "./event-reader.ts";

/** A daemon answers within milliseconds, unless it hashes files. */
const ANSWER_MILLIS = 30_000;

/** A stream is silent for a quarter of a minute at most: after this it is dead, though nobody has said so. */
const SILENCE_MILLIS = 40_000;

const MAX_SENTENCE_CHARACTERS = 1_000;

const LOST = "The daemon does not answer. Look whether it runs, then try again.";
const LOCKED = "The daemon does not know this page's token. Open the address that it printed at its start.";

/** What to send. */
export interface DaemonRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** Its answer takes as long as hashing takes. */
  readonly isSlow?: boolean;
}

/** How a stream of events ended. `locked`: the daemon does not know the token. */
export type StreamEnd = "lost" | "locked";

/** Talks to the API of the daemon that serves this page. */
export class DaemonApi {
  readonly #base: string;
  readonly #token: () => string | undefined;

  /** `base`: where it is, such as `http://127.0.0.1:6880`. */
  constructor(base: string, token: () => string | undefined) {
    this.#base = base;
    this.#token = token;
  }

  /** Resolves with the JSON of the answer. Rejects with a `UsageError` that says why there is none. */
  async ask(request: DaemonRequest): Promise<unknown> {
    const signal = request.isSlow ? null : AbortSignal.timeout(ANSWER_MILLIS);
    const response = await this.#send(request, signal);
    return response.status === 204 ? undefined : response.json().catch(() => undefined);
  }

  /** The same for an answer that is a file, or the first `most` bytes of one. It may take as long as it likes, but not fall silent. */
  async file(path: string, most = Number.POSITIVE_INFINITY): Promise<Blob> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), ANSWER_MILLIS);
    try {
      const range = Number.isFinite(most) ? { range: `bytes=0-${most - 1}` } : {};
      const response = await this.#send({ method: "GET", path }, silence.signal, range);
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let bytes = 0;
      const reader = response.body?.getReader();
      for (
        let part = await reader?.read();
        part?.done === false && bytes < most;
        part = await reader?.read()
      ) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), ANSWER_MILLIS);
        parts.push(part.value);
        bytes += part.value.length;
      }
      return new Blob(parts).slice(0, most);
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError("lost", LOST);
    } finally {
      clearTimeout(timer);
      silence.abort(); // Of an answer that is longer than it should be, nobody wants the rest.
    }
  }

  /** Hears what happens, from now until the stream ends. `opened` is called once the daemon lets us hear. Never rejects. */
  async listen(
    opened: () => void,
    heard: (event: ServerEvent) => void,
    signal: AbortSignal,
  ): Promise<StreamEnd> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
    try {
      const response = await fetch(`${this.#base}/api/events`, {
        headers: this.#headers(),
        cache: "no-store",
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status === 401) return "locked";
      if (!response.ok || response.body === null) return "lost";
      opened();
      const reader = response.body.getReader();
      const events = new EventReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
        for (const event of events.take(part.value)) heard(event);
      }
    } catch {
      // It has ended, is silent, or says what nobody can read. Whoever listens comes again.
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
    return "lost";
  }

  async #send(
    { method, path, body }: DaemonRequest,
    signal: AbortSignal | null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const response = await fetch(`${this.#base}/api${path}`, {
      method,
      headers: {
        ...this.#headers(),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      signal,
    }).catch(() => {
      throw new UsageError("lost", LOST);
    });
    if (response.ok) return response;
    if (response.status === 401) throw new UsageError("locked", LOCKED);
    const { code, message } = fieldsOf(fieldsOf(await response.json().catch(() => undefined))["error"]);
    const said = shownText(message, MAX_SENTENCE_CHARACTERS) ?? "";
    throw new UsageError(typeof code === "string" ? code : "refused", said === "" ? LOST : said);
  }

  #headers(): Record<string, string> {
    const token = this.#token();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}
