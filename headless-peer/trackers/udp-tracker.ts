import { lookup } from "node:dns/promises";
import type { Announce } from "#shared/announce/announce.ts";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import type { LeftOut } from "#shared/announce/left-out.ts";
import { encodeUdpRequest } from "#shared/announce/udp.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { type InfoHash, type Millis, millis, type TrackerUrl } from "#shared/base/ids.ts";
import { type IpAddress, isIpv6, isPrivateIp, parseIp } from "#shared/base/ip.ts";
import { looksLikeTracker, privateNetworkError } from "#shared/base/tracker-rule.ts";
import type { Clock, TrackerEvents, TrackerLine } from "#shared/driver/ports.ts";
import { type ListeningPeer, PEERS_WANTED } from "./address-tracker.ts";
import { connectionProblem } from "./connection-problem.ts";
import { FIRST_WAIT_MILLIS, type UdpOutcome, type UdpSocket } from "./udp-socket.ts";

/** How long a connection id is good after it arrives (BEP 15). */
const CONNECTION_MILLIS = 60_000;

/**
 * UDP has no `min interval`, and BEP 15 wants us to wait for the whole interval, usually half an hour. A download that lacks
 * peers waits at least this long, as libtorrent does.
 */
const MIN_INTERVAL_SECONDS = 60;

type Said = Omit<Announce, "offers">;

/**
 * One tracker over UDP (BEP 15, BEP 41). If its host has IPv4 and IPv6 addresses, we announce to one of each, so that it learns
 * both of ours, and one of the two may be dead.
 *
 * Invariant: at most one announce of a torrent waits; a newer one replaces it, because the session has given up on it.
 */
export class UdpTracker implements TrackerLine {
  readonly #url: TrackerUrl;
  readonly #self: ListeningPeer;
  readonly #clock: Clock;
  readonly #socket: UdpSocket;
  readonly #events: TrackerEvents;
  readonly #waiting = new Map<InfoHash, AbortController>();
  #routes: readonly Route[] = [];
  #isClosed = false;

  constructor(url: TrackerUrl, self: ListeningPeer, clock: Clock, socket: UdpSocket, events: TrackerEvents) {
    this.#url = url;
    this.#self = self;
    this.#clock = clock;
    this.#socket = socket;
    this.#events = events;
  }

  announce({ offers: _none, ...said }: Announce): void {
    const { infoHash, event } = said;
    this.#waiting.get(infoHash)?.abort();
    this.#waiting.delete(infoHash);
    if (event === "stopped") return this.#goodbye(said);
    const abort = new AbortController();
    this.#waiting.set(infoHash, abort);
    void this.#announce(said, abort.signal).finally(() => {
      if (this.#waiting.get(infoHash) === abort) this.#waiting.delete(infoHash);
    });
  }

  /** There are no offers to answer over UDP. */
  answer(): void {}

  /** Goodbyes are still sent; answers are ignored from now on. */
  close(): void {
    this.#isClosed = true;
    for (const abort of this.#waiting.values()) abort.abort();
  }

  /** Only to the addresses that we announced to: no other knows us. */
  #goodbye(said: Said): void {
    for (const route of this.#routes) void this.#ask(route, said, undefined);
  }

  async #announce(said: Said, signal: AbortSignal): Promise<void> {
    try {
      const routes = await this.#findRoutes();
      let isAnswered = false;
      const asking = routes.map(async (route) => {
        const outcome = signal.aborted ? undefined : await this.#ask(route, said, signal);
        if (outcome !== undefined && !this.#isClosed) isAnswered = this.#heard(said, outcome, isAnswered);
        return outcome;
      });
      const outcomes = await Promise.all(asking);
      const reasons = outcomes.flatMap((outcome) =>
        outcome?.type === "unreachable" ? [outcome.reason] : [],
      );
      if (reasons.length < outcomes.length || signal.aborted) return;
      this.#events.unanswered(said.infoHash, reasons[0] ?? "the tracker cannot be reached");
    } catch (error) {
      if (signal.aborted) return;
      const reason = connectionProblem(error);
      if (error instanceof ProtocolError) this.#events.refused(said.infoHash, reason);
      else this.#events.unanswered(said.infoHash, reason);
    }
  }

  /** True: the tracker has accepted the announce, in this answer or an earlier one. */
  #heard({ infoHash }: Said, outcome: UdpOutcome, isAnswered: boolean): boolean {
    if (outcome.type === "failure" && !isAnswered) this.#events.refused(infoHash, outcome.reason);
    if (outcome.type !== "announceReply") return isAnswered;
    const { intervalSeconds, seeders, leechers, peers } = outcome;
    this.#events.replied({
      type: "announceReply",
      ...{ infoHash, intervalSeconds, seeders, leechers },
      minIntervalSeconds: MIN_INTERVAL_SECONDS,
      trackerId: undefined,
      warning: undefined,
    });
    this.#events.found(infoHash, peers);
    return true;
  }

  async #ask(route: Route, said: Said, signal: AbortSignal | undefined): Promise<UdpOutcome> {
    const leftOut = (what: string): void => this.#self.leftOut(this.#url, what);
    const connected = await route.connect(leftOut);
    if (connected.type !== "connectReply") return connected;
    const { connectionId } = connected;
    const { port, key } = this.#self;
    const announce = { ...said, port, key, peersWanted: said.event === "stopped" ? 0 : PEERS_WANTED };
    const outcome = await this.#socket.ask({
      to: route.to,
      expected: "announceReply",
      leftOut,
      encode: (transactionId) =>
        encodeUdpRequest({
          type: "announce",
          transactionId,
          connectionId,
          announce,
          urlData: urlDataOf(this.#url),
        }),
      ...(signal && { signal }),
    });
    if (outcome.type !== "announceReply") route.forget(); // It may have forgotten the id.
    return outcome;
  }

  /** Looked up anew each time, as addresses change; an address that stays keeps its connection. */
  async #findRoutes(): Promise<readonly Route[]> {
    const url = new URL(this.#url);
    const { hostname } = url;
    const port = Number(url.port);
    const addresses = await addressesOf(hostname);
    if (!looksLikeTracker(url) && !this.#self.trusted.has(this.#url) && addresses.some(isPrivateIp)) {
      throw privateNetworkError();
    }
    const firsts = [addresses.find((ip) => !isIpv6(ip)), addresses.find(isIpv6)];
    this.#routes = firsts.flatMap((ip) => (ip === undefined ? [] : [this.#route(peerAddress(ip, port))]));
    return this.#routes;
  }

  #route(to: PeerAddress): Route {
    return this.#routes.find((route) => route.to === to) ?? new Route(to, this.#clock, this.#socket);
  }
}

interface Connection {
  /** Until then we do not ask for another one. */
  goodUntil: Millis;
  readonly reply: Promise<UdpOutcome>;
}

/** One address of a tracker, and the connection id that it gave us, for all torrents. */
class Route {
  readonly to: PeerAddress;
  readonly #clock: Clock;
  readonly #socket: UdpSocket;
  #connection: Connection | undefined;

  constructor(to: PeerAddress, clock: Clock, socket: UdpSocket) {
    this.to = to;
    this.#clock = clock;
    this.#socket = socket;
  }

  connect(leftOut: LeftOut): Promise<UdpOutcome> {
    const now = this.#clock.now();
    if (this.#connection !== undefined && now < this.#connection.goodUntil) return this.#connection.reply;
    const reply = this.#socket.ask({
      to: this.to,
      expected: "connectReply",
      leftOut,
      encode: (transactionId) => encodeUdpRequest({ type: "connect", transactionId }),
    });
    // By then the first wait is over.
    const connection: Connection = { goodUntil: millis(now + FIRST_WAIT_MILLIS), reply };
    this.#connection = connection;
    void reply.then(({ type }) => {
      if (type === "connectReply") connection.goodUntil = millis(this.#clock.now() + CONNECTION_MILLIS);
      else if (this.#connection === connection) this.#connection = undefined;
    });
    return reply;
  }

  forget(): void {
    this.#connection = undefined;
  }
}

/** Looks up the host of a URL. Rejects if the name does not exist. */
async function addressesOf(host: string): Promise<IpAddress[]> {
  const found = await lookup(host.replace(/^\[|\]$/g, ""), { all: true });
  return found.flatMap(({ address }) => parseIp(address) ?? []);
}

/** Path and query (BEP 41). Empty if the URL ends with its port. */
function urlDataOf(url: TrackerUrl): string {
  const rest = url.replace(/^udp:\/\/[^/?]+/, "");
  return rest.startsWith("?") ? `/${rest}` : rest;
}
