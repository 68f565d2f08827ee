import { parseByteRange } from "#shared/base/byte-range.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";

// The service worker asks this page for the bytes of what its players play: one message for each request, with a port. On the port the
// page says once what it answers (a `Head`), and then a chunk for each `more`; `undefined` is the end. See `web/service-worker/play.ts`.

/** What the service worker asks. */
interface Question {
  readonly type: "play";
  /** Of the file that this page serves. */
  readonly id: string;
  /** The `Range` header. */
  readonly range: string | undefined;
}

/** What the page answers first. */
interface Head {
  readonly status: 200 | 206 | 404 | 416;
  readonly headers: Readonly<Record<string, string>>;
}

interface Served {
  readonly file: TorrentFile;
  readonly type: string;
  readonly answers: Set<Answer>;
}

/** A player has one or two requests open. Beyond that the oldest ends: browsers forget to end those of a place that was left. */
const MAX_ANSWERS = 4;

/** A worker to which nobody speaks is stopped, whatever it is sending. */
const ALIVE_MILLIS = 10_000;

const NOT_THERE: Head = { status: 404, headers: {} };

const served = new Map<string, Served>();

/** Gives a file an address for a player on this page, until it is closed. */
export function serve(
  file: TorrentFile,
  type: string,
  worker: ServiceWorker,
): { readonly url: string; readonly close: () => void } {
  if (served.size === 0) navigator.serviceWorker.addEventListener("message", hear);
  const id = crypto.randomUUID();
  const entry: Served = { file, type, answers: new Set() };
  served.set(id, entry);
  const timer = setInterval(() => worker.postMessage({ type: "playing" }), ALIVE_MILLIS);
  const close = (): void => {
    clearInterval(timer);
    served.delete(id);
    for (const answer of entry.answers) answer.end();
    if (served.size === 0) navigator.serviceWorker.removeEventListener("message", hear);
  };
  return { url: `/play/${id}/${encodeURIComponent(file.name)}`, close };
}

function hear({ data, ports: [port] }: MessageEvent): void {
  const { type, id, range }: Partial<Question> = Object(data);
  if (type !== "play" || port === undefined) return;
  const entry = served.get(String(id));
  if (entry === undefined) return port.postMessage(NOT_THERE);
  const answer = new Answer(entry, port, typeof range === "string" ? range : undefined);
  entry.answers.add(answer);
  const [oldest] = entry.answers;
  if (entry.answers.size > MAX_ANSWERS) oldest?.end();
}

/** One answer to a player, as far as it is read. */
class Answer {
  readonly #served: Served;
  readonly #port: MessagePort;
  #chunks: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(entry: Served, port: MessagePort, range: string | undefined) {
    this.#served = entry;
    this.#port = port;
    const { file, type } = entry;
    const wanted = parseByteRange(range, file.bytes);
    if (wanted === "none") {
      port.postMessage({ status: 416, headers: { "content-range": `bytes */${file.bytes}` } } satisfies Head);
      return;
    }
    const { start, end } = wanted === "whole" ? { start: 0, end: file.bytes } : wanted;
    const head: Head = {
      status: wanted === "whole" ? 200 : 206,
      headers: {
        "content-type": type,
        "content-length": String(end - start),
        "accept-ranges": "bytes",
        ...(wanted !== "whole" && { "content-range": `bytes ${start}-${end - 1}/${file.bytes}` }),
      },
    };
    port.onmessage = ({ data }) => void (data === "more" ? this.#more() : this.end());
    this.#chunks = file.stream({ start, end }).getReader();
    port.postMessage(head);
  }

  /** Nobody reads it any more. */
  end(): void {
    this.#served.answers.delete(this);
    this.#chunks?.cancel().catch(() => {}); // Nobody waits for it.
    this.#chunks = undefined;
    this.#port.close();
  }

  async #more(): Promise<void> {
    try {
      const next = await this.#chunks?.read();
      if (next?.value === undefined) this.#port.postMessage(undefined);
      else this.#port.postMessage(next.value, [next.value.buffer]);
      if (next?.done !== false) this.end();
    } catch {
      this.#port.postMessage("failed");
      this.end();
    }
  }
}
