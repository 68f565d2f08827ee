import { once } from "node:events";
import { get } from "node:http";
import { performance } from "node:perf_hooks";
import { pino } from "pino";
import { WebSocket } from "ws";
import type { Announce, TrackerMessage } from "#shared/announce/announce.ts";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { encodeAnnounce, encodeAnswer, parseTrackerMessage } from "#shared/announce/websocket.ts";
import { millis } from "#shared/base/ids.ts";
import { type IpAddress, type IpRange, isLoopbackIp } from "#shared/base/ip.ts";
import { seededRandom } from "#shared/base/random.ts";
import { NOBODY } from "../core/identity.ts";
import type { RecordStore } from "../core/record-store.ts";
import type { SwarmStore } from "../core/swarm-store.ts";
import { testInfoHash, testIp, testOfferId, testPeerId } from "../core/tracker.test-support.ts";
import type { Tracker } from "../core/tracker.ts";
import { UpdateCounts } from "../core/update-counts.ts";
import { HTTP_LIMITS, type HttpLimits } from "../limits/http.ts";
import { MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE } from "../limits/swarms.ts";
import { SOCKET_LIMITS, type SocketLimits } from "../limits/websocket.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import type { AddRoutes, ApiContext } from "./api/api.ts";
import { Connections } from "./connections.ts";
import { TrackerCounters } from "./counters.ts";
import { FairTurns } from "./fair-turns.ts";
import { createHttp, type HttpOptions } from "./http.ts";
import type { AddressOptions } from "./http-tracker.ts";
import { MinuteCounts } from "./minute-counts.ts";
import type { OfferShares } from "./offer-shares.ts";
import { drain } from "./operation/drain.ts";
import { openOperation, type Watched } from "./operation/open-operation.ts";
import type { ReadinessCheck } from "./operation/readiness.ts";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";
import type { SocketGate } from "./socket-gate.ts";
import { TrackerSockets } from "./websocket.ts";

const SWARM = testInfoHash(1);
const log = pino({ level: "silent" });
const NO_API: HttpOptions["api"] = {
  context: {
    identify: async () => NOBODY,
    networkOf: () => undefined,
    hosts: { isKnown: () => true },
    origins: new Origins({
      publicUrl: undefined,
      allowedOrigins: [],
      proxies: new Proxies(LOOPBACK_PROXIES),
    }),
  },
  routes: [],
  isRegistrationOpen: undefined,
};

/** A tracker on a real port, with the controls that tests need. */
export interface Harness {
  readonly url: string;
  readonly httpUrl: string;
  readonly store: SwarmStore;
  readonly counters: TrackerCounters;
  close(): Promise<void>;
  drain(): Promise<void>;
  /** Lets this much time pass for the tracker. */
  advance(passedMillis: number): void;
}

/** Registers what to do when the test has ended. */
export type AtEnd = (cleanUp: () => void | Promise<void>) => void;

/** Limits other than the usual ones. */
export interface HarnessOptions extends Partial<SocketLimits> {
  readonly countsLoopback?: boolean;
  readonly maxSwarmsPerMember?: number;
  readonly maxAnnouncesPerNetworkAndMinute?: number;
  readonly trustedProxies?: readonly IpRange[];
  readonly httpLimits?: Partial<HttpLimits>;
  readonly turns?: FairTurns;
  readonly offerShares?: OfferShares;
  /** The API has them, too. */
  readonly routes?: readonly AddRoutes[];
  readonly checks?: readonly ReadinessCheck[];
  readonly metricsToken?: string;
  readonly identify?: ApiContext["identify"];
  readonly records?: Pick<RecordStore, "torrent">;
  readonly needsLogin?: boolean;
  readonly redis?: Watched["redis"];
  readonly gate?: SocketGate;
}

/** Opens a tracker, which closes when the test has ended. */
export async function openTracker(
  store: SwarmStore,
  atEnd: AtEnd,
  options: HarnessOptions = {},
): Promise<Harness> {
  const {
    countsLoopback = false,
    maxSwarmsPerMember = 1_000,
    maxAnnouncesPerNetworkAndMinute,
    trustedProxies = LOOPBACK_PROXIES,
    checks = [],
    httpLimits,
    turns = new FairTurns(),
    offerShares,
    routes = [],
    metricsToken,
    identify = NO_API.context.identify,
    records = new MemoryRecordStore(),
    needsLogin = false,
    redis,
    gate,
    ...limits
  } = options;
  let passed = 0;
  const common = {
    tracker: trackerOf(store, maxSwarmsPerMember),
    counters: new TrackerCounters(),
    now: () => millis(performance.now() + passed),
    proxies: new Proxies(trustedProxies),
    networkOf: (ip: IpAddress) => (countsLoopback || !isLoopbackIp(ip) ? ip : undefined),
  };
  const sockets = new TrackerSockets({
    ...common,
    log,
    limits: { ...SOCKET_LIMITS, ...limits },
    ...{ turns, offerShares, gate },
  });
  const addresses: AddressOptions = {
    ...common,
    minuteCounts: new MinuteCounts(maxAnnouncesPerNetworkAndMinute ?? MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE),
    machineIp: () => testIp("203.0.113.1"),
  };
  const operation = openOperation({
    ...{ store, counters: common.counters, now: common.now, proxies: common.proxies },
    ...{ socketCount: () => sockets.size, certificates: () => [], checks, metricsToken, identify },
    ...{ records, needsLogin, redis, url: () => new URL("https://tracker.example.org") },
  });
  const http = await createHttp({
    sockets,
    turns,
    connections: new Connections({ ...common, limits: { ...HTTP_LIMITS, ...httpLimits } }),
    addresses,
    log,
    pageFolder: undefined,
    api: { ...NO_API, routes, context: { ...NO_API.context, identify } },
    authority: () => undefined,
    operation,
    reach: unused,
  });
  const url = await http.listen({ host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => void (await Promise.all([sockets.close(), http.close()]));
  atEnd(close);
  return {
    url: url.replace("http", "ws"),
    httpUrl: url,
    store,
    counters: common.counters,
    close,
    drain: () => drain({ readiness: operation.readiness, sockets, servers: [http.server] }),
    advance: (passedMillis) => {
      passed += passedMillis;
    },
  };
}

function trackerOf(store: SwarmStore, maxSwarmsPerMember: number): Tracker {
  return {
    store,
    random: seededRandom(1),
    trackerId: "test",
    maxOffersPerAnnounce: 10,
    maxSwarmsPerMember,
    maxPeersPerReply: 200,
    maxMembersPerNetworkInSwarm: 200,
    maxMembersPerNetwork: 10_000,
    maxMembersPerAccountInSwarm: 2,
    maxMembersPerAccount: 3,
    updateCounts: new UpdateCounts(),
  };
}

function unused(): never {
  throw new Error("not used here");
}

/** An HTTP response. */
export interface HttpAnswer {
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** Requests a URL as it is. `from`: the client's address as sent by a proxy, which is at `proxy`. */
export async function ask(url: string, from?: string, proxy = "127.0.0.1"): Promise<HttpAnswer> {
  const headers = from === undefined ? {} : { "x-forwarded-for": from };
  const request = get(url, { headers, localAddress: proxy });
  const [response] = await once(request, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    contentType: response.headers["content-type"],
    body: Buffer.concat(chunks),
  };
}

/** A client that reads one message after another. */
export class TestClient {
  readonly socket: WebSocket;
  readonly #arrived: TrackerMessage[] = [];
  readonly #waiting: ((message: TrackerMessage) => void)[] = [];

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on("message", (data, isBinary) => {
      if (isBinary) throw new Error("the tracker sent a binary message");
      const message = parseTrackerMessage(String(data));
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#arrived.push(message);
      else waiting(message);
    });
  }

  next(): Promise<TrackerMessage> {
    const message = this.#arrived.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The messages that arrive before the reply to a scrape sent now. */
  async drain(): Promise<readonly TrackerMessage[]> {
    const before: TrackerMessage[] = [];
    this.socket.send(encodeScrape([testInfoHash(9)]));
    for (;;) {
      const message = await this.next();
      if (message.type === "scrapeReply" && message.swarms.has(testInfoHash(9))) return before;
      before.push(message);
    }
  }

  announce(announce: Announce): Promise<TrackerMessage> {
    this.socket.send(encodeAnnounce(announce));
    return this.next();
  }
}

/** Opens a client, which closes when the test has ended. `from`: its address as sent by a proxy on this machine. */
export async function openClient(
  { url }: Pick<Harness, "url">,
  atEnd: AtEnd,
  from?: string,
): Promise<TestClient> {
  const client = new TestClient(url, from === undefined ? {} : { "x-forwarded-for": from });
  atEnd(() => client.socket.terminate());
  await once(client.socket, "open");
  return client;
}

/** The text of an answer to test offer 7. */
export const answerTo = (offerer: number, answerer: number) =>
  encodeAnswer({
    infoHash: SWARM,
    peerId: testPeerId(answerer),
    toPeerId: testPeerId(offerer),
    offerId: testOfferId(7),
    sdp: "v=1",
  });

/** The code and reason with which the tracker closes the socket. */
export async function closing(client: TestClient): Promise<readonly [code: unknown, reason: string]> {
  const [code, reason] = await once(client.socket, "close");
  return [code, String(reason)];
}
