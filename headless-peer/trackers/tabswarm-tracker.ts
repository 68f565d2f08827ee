import { parseTrackerConfig, type TrackerConfig } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrls } from "#shared/base/tracker-url.ts";
import type { IceConfig } from "#shared/driver/ice-servers.ts";

/** A Tabswarm tracker's announce URLs, and where its page is. */
export interface TrackerAddresses {
  /** At the address that we asked. HTTP comes first: a client without tracker lists (BEP 12) is one that speaks TCP. */
  readonly announceUrls: readonly TrackerUrl[];
  /** The addresses at which others reach them, for torrents and links. */
  readonly publicUrls: readonly TrackerUrl[];
  /** The address at which others reach it. Ends in a slash. */
  readonly pageUrl: TrackerUrl;
  /** Where people reach the pages of all its nodes, itself included, as it names them. Each ends in a slash. */
  readonly nodeUrls: readonly TrackerUrl[];
  /** Its STUN and TURN servers. */
  readonly ice: IceConfig;
  /** Whether only people with an account may announce there. */
  readonly hasAccounts: boolean;
  /** Why these are guessed from the address that we asked. Undefined: the tracker named them itself. */
  readonly guessedBecause: string | undefined;
}

export interface AskOptions {
  /** How long a person waits for the tracker's answer. */
  readonly answerMillis?: number;
  /** Whether to follow redirects: not if the address comes from somebody else's link. */
  readonly redirects?: boolean;
}

const ANSWER_MILLIS = 3_000;

const NO_ICE: IceConfig = { iceServers: [], iceLifetimeSeconds: undefined };

const NO_TABSWARM_TRACKER = "what answers is not a Tabswarm tracker";

/** A few URLs and ICE servers take a hundredth of this. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** Asks a Tabswarm tracker at which addresses others reach it (`/config.json`). Does not reject. */
export async function askTabswarmTracker(
  asked: TrackerUrl,
  { answerMillis = ANSWER_MILLIS, redirects = true }: AskOptions = {},
): Promise<TrackerAddresses> {
  try {
    const signal = AbortSignal.timeout(answerMillis);
    const redirect = redirects ? "follow" : "error";
    const response = await fetch(new URL("/config.json", asked), { signal, redirect });
    if (!response.ok) throw new Error(`it answers with status ${response.status}`);
    return addressesIn(parseTrackerConfig(await readJson(response)), new URL(response.url));
  } catch (error) {
    const announceUrls = urlsAt(new URL(asked));
    return {
      announceUrls,
      publicUrls: announceUrls,
      pageUrl: asked,
      nodeUrls: [],
      ice: NO_ICE,
      hasAccounts: false,
      guessedBecause: why(error),
    };
  }
}

/** The announce URLs of a tracker that does not name them. */
function urlsAt({ origin, protocol, host }: URL): readonly TrackerUrl[] {
  const socket = protocol === "https:" ? "wss:" : "ws:";
  return parseTrackerUrls([`${origin}/announce`, `${socket}//${host}/`]);
}

/** If the tracker does not name a transport, it is at the address of the page. */
function addressesIn(
  { pageUrl, trackers, accounts, ...ice }: TrackerConfig,
  answered: URL,
): TrackerAddresses {
  if (pageUrl === undefined) throw new Error(NO_TABSWARM_TRACKER);
  const isHttp = (url: string): boolean => url.startsWith("http");
  const missing = urlsAt(new URL(pageUrl)).filter(
    (url) => !trackers.some((known) => isHttp(known) === isHttp(url)),
  );
  const publicUrls = [...trackers, ...missing].sort(
    (left, right) => Number(isHttp(right)) - Number(isHttp(left)),
  );
  const announceUrls = parseTrackerUrls(publicUrls.map((url) => movedTo(answered, url, new URL(pageUrl))));
  const { iceServers, iceLifetimeSeconds } = ice;
  return {
    announceUrls,
    publicUrls,
    pageUrl,
    nodeUrls: nodeUrlsIn(trackers),
    ice: { iceServers, iceLifetimeSeconds },
    hasAccounts: accounts !== undefined,
    guessedBecause: undefined,
  };
}

/** A node's page is where it answers over HTTP. */
function nodeUrlsIn(trackers: readonly TrackerUrl[]): readonly TrackerUrl[] {
  const pages = trackers.filter((url) => url.startsWith("http")).map((url) => `${new URL(url).origin}/`);
  return parseTrackerUrls([...new Set(pages)]);
}

/** Moves a URL of the tracker to the address at which it answered. */
function movedTo({ protocol, host }: URL, url: TrackerUrl, page: URL): string {
  const moved = new URL(url);
  if (moved.host !== page.host) return url;
  const scheme = (moved.protocol.startsWith("ws") ? "ws" : "http") + (protocol === "https:" ? "s" : "");
  return `${scheme}://${host}${moved.pathname}${moved.search}`;
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
  if (error instanceof SyntaxError) return NO_TABSWARM_TRACKER;
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
