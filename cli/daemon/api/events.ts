import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { formatPeerAddress } from "#headless-peer/peer-address.ts";
import type { PeerAddress } from "#shared/announce/compact.ts";
import type { InfoHash, TrackerUrl, WebSeedUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type {
  DaemonNews,
  FactJson,
  ListedJson,
  RemovedJson,
  TorrentNews,
} from "#shared/daemon/daemon-api.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Adder } from "../adder.ts";
import { withoutLifted } from "../changed-limits.ts";
import type { Daemon, Listed } from "../daemon.ts";
import { isSameView } from "./is-same-view.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./route.ts";
import { iso, torrentJson } from "./torrent-json.ts";

/** Streams at once: a page or two, and some programs. */
export const MAX_STREAMS = 32;

/** News that wait for one reader: the rest is told once it has read them, as it is then. */
const MAX_UNREAD_NEWS_BYTES = 1024 * 1024;

/** Facts that wait, besides. A reader that is further behind is cut off, and gets everything anew when it comes again. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** So often a stream tells of torrents: people see no faster. */
const NEWS_MILLIS = 1_000;

/** A silent stream says that it is alive, so that proxies keep it and a dead reader is noticed. */
const ALIVE_MILLIS = 15_000;

const KINDS = ["facts", "torrents", "all"] as const;
type Kind = (typeof KINDS)[number];

const QUERY = {
  type: "object",
  additionalProperties: false,
  properties: { of: { type: "string", enum: [...KINDS], default: "all" } },
};

/** Server-sent events: what happens in the engine, and how torrents change. */
export function eventRoutes(http: FastifyInstance, daemon: Daemon, adder: Adder): void {
  const streams = new Set<Stream>();
  http.addHook("preClose", async () => {
    for (const stream of streams) stream.end();
  });
  http.get<{ Querystring: { readonly of: Kind } }>(
    "/events",
    route("What happens from now on, as server-sent events: fact, daemon, torrent, removed, listed", {
      querystring: QUERY,
    }),
    (request, reply) => {
      if (streams.size >= MAX_STREAMS)
        throw new Refusal(503, "tooManyStreams", `${MAX_STREAMS} programs listen already. Close one.`);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const stream = new Stream(raw, daemon, adder, request.query.of);
      streams.add(stream);
      raw.on("close", () => {
        streams.delete(stream);
        stream.end();
      });
    },
  );
}

/** Tells one reader what happens. */
class Stream {
  readonly #response: ServerResponse;
  readonly #daemon: Daemon;
  readonly #adder: Adder;
  /** As they were told last. */
  readonly #told = new Map<InfoHash, Listed>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #unwatch: () => void;
  #daemonTold = "";
  /** All torrents have been told once. */
  #isListed = false;
  /** There is more to tell once the reader has read. */
  #isBehind = false;
  /** Bytes of the longest event: a torrent may have 500,000 files. */
  #longest = 0;

  constructor(response: ServerResponse, daemon: Daemon, adder: Adder, kind: Kind) {
    this.#response = response;
    this.#daemon = daemon;
    this.#adder = adder;
    response.on("drain", () => this.#isBehind && this.#tellNews());
    response.on("error", () => {}); // Its close follows.
    const news = kind === "facts" ? [] : [setInterval(() => this.#tellNews(), NEWS_MILLIS)];
    this.#timers = [...news, setInterval(() => this.#write(": alive\n\n"), ALIVE_MILLIS)];
    this.#unwatch =
      kind === "torrents" ? () => {} : daemon.peer.watch((infoHash, what) => this.#tellFact(infoHash, what));
    this.#write(": listening\n\n");
    if (kind !== "facts") this.#tellNews();
  }

  end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unwatch();
    this.#response.end();
  }

  #tellFact(infoHash: InfoHash | undefined, what: Happening): void {
    const fact: FactJson = { at: iso(Date.now()), ...(infoHash !== undefined && { infoHash }), what };
    this.#send("fact", JSON.stringify(fact, readable));
  }

  #tellNews(): void {
    this.#tellDaemon();
    for (const infoHash of [...this.#told.keys()].filter((one) => !this.#daemon.has(one))) {
      this.#told.delete(infoHash);
      const removed: RemovedJson = { infoHash };
      this.#send("removed", JSON.stringify(removed));
    }
    for (const listed of this.#daemon.list()) {
      this.#isBehind = this.#response.writableLength > MAX_UNREAD_NEWS_BYTES;
      if (this.#isBehind) return;
      const { infoHash } = listed.view;
      const before = this.#told.get(infoHash);
      if (before !== undefined && isSame(before, listed)) continue;
      this.#told.set(infoHash, { ...listed, torrent: snapshot(listed) });
      this.#send("torrent", JSON.stringify(this.#newsOf(listed, before?.view)));
    }
    if (this.#isListed) return;
    this.#isListed = true;
    const all: ListedJson = {};
    this.#send("listed", JSON.stringify(all));
  }

  #tellDaemon(): void {
    const news: DaemonNews = {
      limits: withoutLifted(this.#daemon.limits),
      hashing: this.#adder.hashing(),
      trackers: this.#daemon.named.announceUrls.map(withoutKey),
    };
    const text = JSON.stringify(news);
    if (text === this.#daemonTold) return;
    this.#daemonTold = text;
    this.#send("daemon", text);
  }

  #newsOf(listed: Listed, before: TorrentView | undefined): TorrentNews {
    const { files, ...news } = torrentJson(listed, this.#daemon.named);
    return before?.files === listed.view.files ? news : { ...news, files };
  }

  #send(event: string, data: string): void {
    this.#write(`event: ${event}\ndata: ${data}\n\n`);
  }

  #write(text: string): void {
    const response = this.#response;
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > MAX_UNREAD_BYTES + this.#longest) return void response.destroy();
    this.#longest = Math.max(this.#longest, Buffer.byteLength(text));
    response.write(text);
  }
}

function isSame(before: Listed, now: Listed): boolean {
  return (
    isSameView(before.view, now.view) &&
    before.torrent.record === now.torrent.record &&
    before.endReason === now.endReason
  );
}

/** The torrent as it is now: it gets another record when somebody changes it. */
function snapshot({ torrent: { record, name, info } }: Listed): Listed["torrent"] {
  return { record, name, info };
}

/** Facts are shown to others, so the keys in announce URLs stay out of them; addresses are as people write them. */
function readable(name: string, value: unknown): unknown {
  if (name === "address" && typeof value === "string") return formatPeerAddress(value as PeerAddress);
  if (name === "webSeed") return withoutQuery(value as WebSeedUrl);
  if (name === "tracker") return withoutKey(value as TrackerUrl);
  if (name === "trackers") return (value as TrackerUrl[][]).map((tier) => tier.map(withoutKey));
  return value;
}
