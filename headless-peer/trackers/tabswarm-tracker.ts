import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl, parseTrackerUrls } from "#shared/base/tracker-url.ts";

/** Where a Tabswarm tracker is announced to, and where its page is. */
export interface TrackerAddresses {
  /** HTTP first: a client that knows no list of trackers (BEP 12) is one that speaks TCP. */
  readonly announceUrls: readonly TrackerUrl[];
  /** Ends in a slash. */
  readonly pageUrl: string;
  /** Why these only follow from the address that was typed. Undefined: the tracker named them itself. */
  readonly guessedBecause: string | undefined;
}

/** How long a person waits for the tracker's answer. */
const ANSWER_MILLIS = 3_000;

/** A few URLs and ICE servers are a hundredth of this. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** Whether a URL is written as that of a Tabswarm tracker, `http(s)://host[:port]/`, and not as an announce URL. */
export function isTabswarmTracker(url: TrackerUrl): boolean {
  return /^https?:\/\/[^/?]+\/$/.test(url);
}

/** Asks a Tabswarm tracker under which addresses others reach it (`/config.json`). Does not reject. */
export async function askTabswarmTracker(
  typed: TrackerUrl,
  answerMillis = ANSWER_MILLIS,
): Promise<TrackerAddresses> {
  try {
    const signal = AbortSignal.timeout(answerMillis);
    const response = await fetch(new URL("/config.json", typed), { signal });
    if (!response.ok) throw new Error(`it answers with status ${response.status}`);
    return readConfig(await readJson(response));
  } catch (error) {
    return { ...addressesAt(typed), guessedBecause: why(error) };
  }
}

function addressesAt(pageUrl: string): Omit<TrackerAddresses, "guessedBecause"> {
  const http = new URL("/announce", pageUrl);
  const socket = new URL("/", pageUrl);
  socket.protocol = http.protocol === "https:" ? "wss:" : "ws:";
  return { announceUrls: parseTrackerUrls([http.href, socket.href]), pageUrl: new URL("/", pageUrl).href };
}

/** A transport that the tracker does not name is where its page is. */
function readConfig(config: unknown): TrackerAddresses {
  const { pageUrl, trackers }: Partial<Record<string, unknown>> =
    typeof config === "object" && config !== null ? { ...config } : {};
  const page = typeof pageUrl === "string" ? parseTrackerUrl(pageUrl) : undefined;
  if (page === undefined || !isTabswarmTracker(page)) throw new Error("what answers is no Tabswarm tracker");
  const texts = Array.isArray(trackers) ? trackers.filter((url) => typeof url === "string") : [];
  const named = parseTrackerUrls(texts);
  const isHttp = (url: string): boolean => url.startsWith("http");
  const { announceUrls } = addressesAt(page);
  const missing = announceUrls.filter((url) => !named.some((known) => isHttp(known) === isHttp(url)));
  const all = [...named, ...missing].sort((left, right) => Number(isHttp(right)) - Number(isHttp(left)));
  return { announceUrls: all, pageUrl: page, guessedBecause: undefined };
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_CONFIG_BYTES) throw new Error("its answer is too long");
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it does not answer in time";
  if (error instanceof SyntaxError) return "what answers is no Tabswarm tracker";
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
