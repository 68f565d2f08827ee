import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { formatPeerAddress } from "#headless-peer/peer-address.ts";
import type { PeerAddress } from "#shared/announce/compact.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { FactJson, RemovedJson, TorrentNews } from "#shared/daemon/daemon-api.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Daemon, Listed } from "../daemon.ts";
import { isSameView } from "./is-same-view.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./route.ts";
import { iso, torrentJson } from "./torrent-json.ts";

/** Streams at once: a page or two, and some programs. */
export const MAX_STREAMS = 32;

/** What waits for one reader. One that is further behind is cut off, and gets everything anew when it comes again. */
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
export function eventRoutes(http: FastifyInstance, daemon: Daemon): void {
  const streams = new Set<Stream>();
  http.addHook("preClose", async () => {
    for (const stream of streams) stream.end();
  });
  http.get<{ Querystring: { readonly of: Kind } }>(
    "/events",
    route("What happens from now on, as server-sent events: fact, torrent, removed", { querystring: QUERY }),
    (request, reply) => {
      if (streams.size >= MAX_STREAMS)
        throw new Refusal(503, "tooManyStreams", `${MAX_STREAMS} programs listen already. Close one.`);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const stream = new Stream(raw, daemon, request.query.of);
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
  /** As they were told last. */
  readonly #told = new Map<InfoHash, Listed>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #unwatch: () => void;

  constructor(response: ServerResponse, daemon: Daemon, kind: Kind) {
    this.#response = response;
    this.#daemon = daemon;
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
    const list = this.#daemon.list();
    const present = new Set<InfoHash>();
    for (const listed of list) {
      const { infoHash } = listed.view;
      present.add(infoHash);
      const before = this.#told.get(infoHash);
      if (before !== undefined && isSame(before, listed)) continue;
      this.#told.set(infoHash, { ...listed, torrent: snapshot(listed) });
      this.#send("torrent", JSON.stringify(this.#newsOf(listed, before?.view)));
    }
    for (const infoHash of [...this.#told.keys()]) {
      if (present.has(infoHash)) continue;
      this.#told.delete(infoHash);
      const removed: RemovedJson = { infoHash };
      this.#send("removed", JSON.stringify(removed));
    }
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
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(text);
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
function snapshot({ torrent: { record, name } }: Listed): Listed["torrent"] {
  return { record, name };
}

/** Facts are shown to others, so the keys in announce URLs stay out of them; addresses are as people write them. */
function readable(name: string, value: unknown): unknown {
  if (name === "address" && typeof value === "string") return formatPeerAddress(value as PeerAddress);
  if (name === "tracker") return withoutKey(value as TrackerUrl);
  if (name === "trackers") return (value as TrackerUrl[][]).map((tier) => tier.map(withoutKey));
  return value;
}
