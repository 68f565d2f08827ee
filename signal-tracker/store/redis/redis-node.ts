import { performance } from "node:perf_hooks";
import type { Logger } from "pino";
import type { RateLimiterRedis } from "rate-limiter-flexible";
import type { Millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { Cluster } from "../../core/cluster.ts";
import type { Ending } from "../../core/ending.ts";
import { RareWarning } from "../../core/rare-warning.ts";
import type { RecordStore } from "../../core/record-store.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import type { NodeId } from "../../core/shared-swarms.ts";
import type { Delivery, Tracker } from "../../core/tracker.ts";
import { CLUSTER_TICK_MILLIS, NODE_BEAT_MILLIS, REMEMBERED_MILLIS } from "../../limits/nodes.ts";
import { RedisCatalog } from "./catalog.ts";
import { Inbox } from "./inbox.ts";
import type { Batch, InboxMessage } from "./inbox-message.ts";
import { type LimiterOptions, openRedisLimiter } from "./limiter.ts";
import { type LiveNode, type NodeInfo, NodeList, newNodeId } from "./node-list.ts";
import { RedisRecordStore } from "./record-store.ts";
import { RedisLink } from "./redis-link.ts";
import { lostOffer, relayBy } from "./relay.ts";
import { RedisSwarms } from "./shared-swarms.ts";

/** What a node brings into its cluster. */
export interface JoinOptions {
  readonly tracker: Tracker;
  readonly now: () => Millis;
  /** Reaches a member with a socket at this node. */
  readonly deliver: (delivery: Delivery<SdpJson>) => void;
  /** What this node says about itself; called for each beat. */
  readonly self: () => Omit<NodeInfo, "startedAt">;
}

/** The oldest Redis that has all commands; every Valkey has. */
const MIN_REDIS_MAJOR = 7;

/**
 * What a node has in Redis: records and secrets from the start, and after `join` its place among the other nodes.
 */
export class RedisNode {
  readonly records: RecordStore;
  readonly #url: string;
  readonly #log: Logger;
  readonly #random: Random;
  /** For swarms, beats and messages. Records have a connection of their own, so that long lists hold up no announce. */
  readonly #link: RedisLink;
  readonly #recordLink: RedisLink;
  readonly #catalog: RedisCatalog;
  readonly #junk = new RareWarning();
  readonly #badEntries = new RareWarning();
  readonly #badRecords = new RareWarning();
  #nodes: NodeList | undefined;
  #inbox: Inbox | undefined;
  #cluster: Cluster<SdpJson> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heardEnding = (_: Ending): void => {};
  #heardNearby = (_from: NodeId, _news: string): void => {};
  #reconnected = (): void => {};
  #afterGap = (): void => {};

  private constructor(url: string, log: Logger, random: Random, link: RedisLink, records: RedisLink) {
    this.#url = url;
    this.#log = log;
    this.#random = random;
    this.#link = link;
    this.#recordLink = records;
    this.#catalog = new RedisCatalog(
      records,
      (infoHash, version) => this.#tellAll({ type: "changed", infoHash, version }),
      (infoHash) => {
        const entries = this.#badEntries.happened(performance.now());
        if (entries !== undefined)
          log.warn({ entries, infoHash }, "entries of the catalog in Redis cannot be read and are left out");
      },
    );
    this.records = new RedisRecordStore(records, this.#catalog, (table, name) => {
      const unreadable = this.#badRecords.happened(performance.now());
      // The name of a session or a key lets nobody in: it is a hash or an id.
      if (unreadable !== undefined)
        log.warn({ unreadable, table, name }, "records in Redis cannot be read and are passed over");
    });
  }

  /** Connects. Rejects with a sentence. */
  static async open(url: string, log: Logger, random: Random): Promise<RedisNode> {
    const events: { up?: () => void; down?: () => void } = {};
    const link = await RedisLink.open(url, {
      up: () => events.up?.(),
      down(reason) {
        log.warn({ reason }, "Redis is unavailable: this node goes on with its own peers only");
        events.down?.();
      },
    });
    try {
      await checkServer(link, log);
      const node = new RedisNode(url, log, random, link, await RedisLink.open(url));
      events.up = () => node.#reconnected();
      events.down = () => node.#cluster?.missedNews();
      await node.#catalog.check();
      return node;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** The other nodes that are alive. */
  get others(): readonly LiveNode[] {
    return this.#nodes?.others ?? [];
  }

  /** Where people reach the pages of the other nodes. */
  get otherUrls(): readonly string[] {
    return this.others.map(({ url }) => url);
  }

  /** Whether Redis can be reached. */
  get isUp(): boolean {
    return this.#link.isUp;
  }

  /** Counts for all nodes how often somebody does something. */
  openLimiter(options: LimiterOptions): RateLimiterRedis {
    return openRedisLimiter(this.#recordLink, options);
  }

  /** Tells the other nodes that somebody may announce no longer. */
  tellEnding(ending: Ending): void {
    this.#tellAll({ type: "ended", ending });
  }

  /** Sets what to do when another node tells so. */
  onEnding(heard: (ending: Ending) => void): void {
    this.#heardEnding = heard;
  }

  /**
   * Tells one node, or all others, what has happened among people nearby: also those that did not listen a moment ago, as when Redis
   * has just come back. They may listen by now, and people would be told of nobody until it is noticed.
   */
  tellNearby(node: NodeId | undefined, news: string): void {
    const all = [...this.others.map(({ id }) => id), ...(this.#nodes?.missed ?? [])];
    for (const id of node === undefined ? all : [node]) this.#inbox?.send(id, { type: "nearby", news });
  }

  /** Sets what to do when another node tells so. */
  onNearby(heard: (from: NodeId, news: string) => void): void {
    this.#heardNearby = heard;
  }

  /** Sets what to do when Redis is back, or our inbox, and news may have been lost. */
  onReconnected(catchUp: () => void): void {
    this.#afterGap = catchUp;
  }

  /** A value that all nodes share: the first node makes it. */
  async shared(name: string, make: () => string): Promise<string> {
    const key = `tabswarm:{secrets}:${name}`;
    await this.#link.send(["SET", key, make(), "NX"]);
    const value = await this.#link.send(["GET", key]);
    if (typeof value !== "string") throw new Error(`${key} is not text`);
    return value;
  }

  /** The node's part in the swarms of all nodes. It takes part once `start` has been called. */
  join({ tracker, now, deliver, self }: JoinOptions): Cluster<SdpJson> {
    const startedAt = Date.now();
    const nodes = new NodeList(newNodeId(), this.#link, () => ({ ...self(), startedAt }), {
      appeared: (node) => {
        this.#log.info({ node }, "another node has appeared");
        cluster.missedNews(); // It may be back: what we know of swarms leaves its members out.
      },
      vanished: (node) => {
        this.#log.warn({ node }, "another node has vanished");
        cluster.missedNews();
      },
      wasForgotten: () => {
        this.#tellAll({ type: "echo" }); // Those who took us for dead look for us at once.
        // They may take our members away until they have. If one has not heard us, its next beat finds us.
        for (const wait of [REMEMBERED_MILLIS, 2 * NODE_BEAT_MILLIS])
          setTimeout(() => cluster.entries.rewrite(), wait).unref();
      },
    });
    const inbox = new Inbox(nodes.id, this.#link, {
      arrived: (batch) => {
        void nodes.heardFrom(batch.from);
        this.#take(batch, cluster);
      },
      unreadable: () => this.#warnOfJunk(1),
      gone: (node, messages) => {
        nodes.miss(node);
        void cluster.offers.handAgain(messages.flatMap(lostOffer));
      },
      wasDeaf: (reason) => {
        this.#log.info({ reason }, "the inbox of this node was not listening");
        cluster.missedNews();
        void this.#catalog.check().catch(() => {});
      },
      hears: () => this.#afterGap(), // What they told us while the other connection was back already did not reach us.
    });
    const cluster: Cluster<SdpJson> = new Cluster({
      tracker,
      now,
      deliver,
      shared: new RedisSwarms(this.#link, nodes.id, nodes, this.#random),
      relay: relayBy(inbox, nodes.id),
      tellShared(others, infoHash) {
        for (const node of others) inbox.send(node, { type: "shared", infoHash });
      },
      reportBug: (error) => this.#log.error({ err: error }, "the shared swarms met an error"),
    });
    this.#nodes = nodes;
    this.#inbox = inbox;
    this.#cluster = cluster;
    return cluster;
  }

  /** Tells the others of this node. Rejects if Redis is unavailable. */
  async start(): Promise<void> {
    const [nodes, inbox, cluster] = [this.#nodes, this.#inbox, this.#cluster];
    if (nodes === undefined || inbox === undefined || cluster === undefined) return;
    await inbox.open(this.#url);
    await nodes.start(() => this.#catalog.check());
    this.#tellAll({ type: "echo" }); // They would hear of us with their next beat only, and tell us nothing until then.
    this.#timer = setInterval(() => {
      if (this.#link.isUp) cluster.entries.tick(CLUSTER_TICK_MILLIS);
    }, CLUSTER_TICK_MILLIS);
    this.#reconnected = () => {
      this.#log.info("Redis is back");
      this.#afterGap();
      cluster.missedNews();
      cluster.entries.rewrite();
      void nodes.beat().catch(() => {});
    };
  }

  /** To be called after all sockets are closed: the others then know at once that this node is gone. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#inbox?.close();
    await this.#nodes?.leave().catch(() => {}); // Redis is unavailable: our key expires.
    this.#link.close();
  }

  #tellAll(message: InboxMessage): void {
    for (const { id } of this.others) this.#inbox?.send(id, message);
  }

  #warnOfJunk(messages: number): void {
    const unreadable = this.#junk.happened(performance.now(), messages);
    if (unreadable !== undefined)
      this.#log.warn({ unreadable }, "messages in the inbox of this node cannot be read");
  }

  #take({ from, messages, unreadable }: Batch, cluster: Cluster<SdpJson>): void {
    if (unreadable > 0) this.#warnOfJunk(unreadable);
    for (const message of messages) {
      switch (message.type) {
        case "offer":
          cluster.offers.offerArrived(message.offerer, message.to, message);
          break;
        case "answer":
          cluster.offers.answerArrived(message.answerer, message);
          break;
        case "shared":
          cluster.sharedArrived(message.infoHash);
          break;
        case "changed":
          void this.#catalog.heard(message.infoHash, message.version);
          break;
        case "ended":
          this.#heardEnding(message.ending);
          break;
        case "nearby":
          this.#heardNearby(from, message.news);
          break;
        case "echo":
          break;
      }
    }
  }
}

/** Rejects if the server is too old. Warns if it may throw records away. */
async function checkServer(link: RedisLink, log: Logger): Promise<void> {
  const info = String(await link.send(["INFO"]));
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown";
  if (Number.parseInt(version, 10) < MIN_REDIS_MAJOR) {
    throw new Error(`its version is ${version}; Redis ${MIN_REDIS_MAJOR} or Valkey is needed`);
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy !== "noeviction") {
    log.warn(
      { policy },
      "Redis may throw away accounts when it is full; set its maxmemory-policy to noeviction",
    );
  }
}
