import type { AddressReply, Announce, Failure } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { looksLikeTracker } from "#shared/base/tracker-rule.ts";
import type { TrackerEvents, TrackerLine } from "#shared/driver/ports.ts";
import { GOODBYE_MILLIS } from "../goodbye.ts";
import { type ListeningPeer, PEERS_WANTED } from "./address-tracker.ts";
import { connectionProblem } from "./connection-problem.ts";
import { guardedGet } from "./guarded-get.ts";
import { type HttpAnswer, readAnswer, readBody } from "./http-answer.ts";

/** A tracker that takes longer to answer counts as unreachable. */
const REQUEST_MILLIS = 15_000;

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
    const { port, key, encryption } = this.#self;
    const peersWanted = said.event === "stopped" ? 0 : PEERS_WANTED;
    const url = announceUrl(this.#url, { ...said, port, key, peersWanted }, this.#trackerId, encryption);
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
    const tracker = new URL(this.#url); // Without the announce's query.
    const { response } = await guardedGet(first, {
      signal: AbortSignal.any([AbortSignal.timeout(REQUEST_MILLIS), this.#ended.signal]),
      mayBePrivate: (url) => this.#mayBePrivate(url === first ? tracker : url),
      from: this.#self.from,
    });
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body: await readBody(response) };
  }

  /**
   * On this machine or in a private network we request only what looks like a tracker, unless the person named the host: a
   * tracker that the person named may not send us to other hosts there.
   */
  #mayBePrivate(url: URL): boolean {
    const isNamed = this.#self.trusted.has(this.#url) && url.host === new URL(this.#url).host;
    return isNamed || looksLikeTracker(url);
  }
}
