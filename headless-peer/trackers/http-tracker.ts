import { get as getHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getHttps } from "node:https";
import type { AddressReply, Announce, Failure } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { isPrivateHost, looksLikeTracker, privateNetworkError } from "#shared/base/tracker-rule.ts";
import type { TrackerEvents, TrackerLine } from "#shared/driver/ports.ts";
import { GOODBYE_MILLIS } from "../goodbye.ts";
import { type ListeningPeer, PEERS_WANTED } from "./address-tracker.ts";
import { connectionProblem } from "./connection-problem.ts";
import { type HttpAnswer, readAnswer, readBody } from "./http-answer.ts";
import { lookUpPublic } from "./public-lookup.ts";

/** A tracker that takes longer to answer counts as unreachable. */
const REQUEST_MILLIS = 15_000;

/** How many redirects to follow; each is checked like the first address. */
export const MAX_REDIRECTS = 3;

/** One tracker over HTTP (BEP 3): each announce is a request, and its reply names peers. */
export class HttpTracker implements TrackerLine {
  readonly #url: TrackerUrl;
  readonly #self: ListeningPeer;
  readonly #events: TrackerEvents;
  /** Ignores all replies from now on. */
  readonly #closed = new AbortController();
  /** Ends all requests. */
  readonly #ended = new AbortController();
  #trackerId: string | undefined;

  constructor(url: TrackerUrl, self: ListeningPeer, events: TrackerEvents) {
    this.#url = url;
    this.#self = self;
    this.#events = events;
  }

  announce(announce: Announce): void {
    void this.#announce(announce);
  }

  /** There are no offers to answer over HTTP. */
  answer(): void {}

  /** Goodbyes get a second to reach the tracker; replies are ignored from now on. */
  close(): void {
    this.#closed.abort();
    setTimeout(() => this.#ended.abort(), GOODBYE_MILLIS).unref();
  }

  async #announce({ offers: _none, ...said }: Announce): Promise<void> {
    const { port, key } = this.#self;
    const peersWanted = said.event === "stopped" ? 0 : PEERS_WANTED;
    const url = announceUrl(this.#url, { ...said, port, key, peersWanted }, this.#trackerId);
    try {
      const answer = await this.#request(new URL(url));
      const reply = readAnswer(answer, (what) => this.#self.leftOut(this.#url, what));
      if (!this.#closed.signal.aborted) this.#heard(said, reply);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      const reason = connectionProblem(error);
      // A request that we refuse, or a reply that we cannot read, is no failure to reach it.
      if (error instanceof ProtocolError) this.#events.refused(said.infoHash, reason);
      else this.#events.unanswered(said.infoHash, reason);
    }
  }

  #heard({ infoHash, event }: Pick<Announce, "infoHash" | "event">, reply: AddressReply | Failure): void {
    if (reply.type === "failure") return this.#events.refused(infoHash, reply.reason, reply.retryIn);
    this.#trackerId = reply.trackerId ?? this.#trackerId;
    if (event === "stopped") return;
    this.#events.replied({ ...reply, type: "announceReply", infoHash });
    this.#events.found(
      infoHash,
      reply.peers.map(({ address }) => address),
    );
  }

  async #request(first: URL): Promise<HttpAnswer> {
    let url = first;
    let mayBePrivate = this.#mayBePrivate(new URL(this.#url)); // Without the announce's query.
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.#get(url, mayBePrivate);
      const { statusCode = 0, headers } = response;
      const next = headers.location;
      if (statusCode < 300 || statusCode >= 400 || next === undefined)
        return { status: statusCode, headers, body: await readBody(response) };
      response.destroy();
      url = new URL(next, url);
      mayBePrivate = this.#mayBePrivate(url);
    }
    throw new ProtocolError("redirects", "the tracker redirects us too often");
  }

  /**
   * On this machine or in a private network we request only what looks like a tracker, unless the person named the host: a
   * tracker that the person named may not send us to other hosts there.
   */
  #mayBePrivate(url: URL): boolean {
    const isNamed = this.#self.trusted.has(this.#url) && url.host === new URL(this.#url).host;
    return isNamed || looksLikeTracker(url);
  }

  async #get(url: URL, mayBePrivate: boolean): Promise<IncomingMessage> {
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new ProtocolError("scheme", "the tracker redirects us to an address that is not on the web");
    }
    if (!mayBePrivate && isPrivateHost(url.hostname)) throw privateNetworkError();
    const signal = AbortSignal.any([AbortSignal.timeout(REQUEST_MILLIS), this.#ended.signal]);
    return get(url, { signal, ...this.#self.from, ...(!mayBePrivate && { lookup: lookUpPublic }) });
  }
}

function get(url: URL, how: RequestOptions): Promise<IncomingMessage> {
  const options: RequestOptions = { headers: { "user-agent": "Tabswarm" }, ...how };
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? getHttps(url, options) : getHttp(url, options);
    request.on("response", resolve);
    request.on("error", reject);
  });
}
