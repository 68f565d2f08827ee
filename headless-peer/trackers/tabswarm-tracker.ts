import { parseTrackerConfig, type TrackerConfig } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { looksLikeTracker } from "#shared/base/tracker-rule.ts";
import { parseTrackerUrls } from "#shared/base/tracker-url.ts";
import type { IceConfig } from "#shared/driver/ice-servers.ts";
import { guardedGet, MAX_REDIRECTS } from "./guarded-get.ts";
import { readBody } from "./http-answer.ts";

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
  /** The person typed the address: it may be anywhere, but where it redirects to may not. */
  readonly isTyped?: boolean;
}

const ANSWER_MILLIS = 3_000;

const CONFIG_PATH = "/config.json";

const NO_ICE: IceConfig = { iceServers: [], iceLifetimeSeconds: undefined };

const NO_TABSWARM_TRACKER = "what answers is not a Tabswarm tracker";

/** A few URLs and ICE servers take a hundredth of this. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** Asks a Tabswarm tracker at which addresses others reach it (`/config.json`). Does not reject. */
export async function askTabswarmTracker(
  asked: TrackerUrl,
  { answerMillis = ANSWER_MILLIS, redirects = true, isTyped = true }: AskOptions = {},
): Promise<TrackerAddresses> {
  const signal = AbortSignal.timeout(answerMillis);
  try {
    const first = new URL(CONFIG_PATH, asked);
    const mayBePrivate = (url: URL): boolean => (isTyped && url.host === first.host) || isConfig(url);
    const maxRedirects = redirects ? MAX_REDIRECTS : 0;
    const { response, url } = await guardedGet(first, { signal, mayBePrivate, maxRedirects });
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`it answers with status ${response.statusCode}`);
    }
    const text = new TextDecoder().decode(await readBody(response, MAX_CONFIG_BYTES));
    return addressesIn(parseTrackerConfig(JSON.parse(text)), url);
  } catch (error) {
    const announceUrls = urlsAt(new URL(asked));
    return {
      announceUrls,
      publicUrls: announceUrls,
      pageUrl: asked,
      nodeUrls: [],
      ice: NO_ICE,
      hasAccounts: false,
      guessedBecause: signal.aborted ? "it does not answer in time" : why(error),
    };
  }
}

/** Whether a URL may be asked in a private network: at this path, a Tabswarm tracker tells about itself. */
function isConfig(url: URL): boolean {
  return url.pathname + url.search === CONFIG_PATH && looksLikeTracker(new URL("/", url));
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

function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SyntaxError) return NO_TABSWARM_TRACKER;
  return error.message;
}
