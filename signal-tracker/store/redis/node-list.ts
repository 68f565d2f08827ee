import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { StoreUnavailable } from "../../core/record-store.ts";
import type { NodeId } from "../../core/shared-swarms.ts";
import {
  MAX_NODES,
  NODE_BEAT_MILLIS,
  NODE_LIFETIME_MILLIS,
  NODE_MISSED_MILLIS,
  SHARED_LIFETIME_MILLIS,
} from "../../limits/nodes.ts";
import type { RedisLink } from "./redis-link.ts";
import { Script } from "./script.ts";

/** What a node says about itself. */
export interface NodeInfo {
  /** Where people reach its page. Ends in a slash. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly sockets: number;
}

/** A node that is alive. */
export interface LiveNode extends NodeInfo {
  readonly id: NodeId;
}

/** A node as a beat finds it. */
interface FoundNode {
  readonly node: LiveNode;
  /** Milliseconds since its last beat. */
  readonly age: number;
}

/** A node that does not beat or does not listen. */
interface MissedNode {
  /** When we learned of it, and until when it gets the benefit of the doubt. */
  readonly since: number;
  readonly until: number;
  readonly isSilent: boolean;
}

/** Hears what becomes of other nodes. */
export interface NodeEvents {
  readonly appeared?: (node: NodeId) => void;
  readonly vanished?: (node: NodeId) => void;
  /** The other nodes took us for dead, or Redis has forgotten everything. */
  readonly wasForgotten?: () => void;
}

/** Names a process that runs a node, from its start to its end: 16 hex digits. */
export const newNodeId = (): NodeId => randomBytes(8).toString("hex") as NodeId;

export const parseNodeId = (text: unknown): NodeId | undefined =>
  typeof text === "string" && /^[0-9a-f]{16}$/.test(text) ? (text as NodeId) : undefined;

/** Longer than any node's description. */
const MAX_INFO_CHARACTERS = 2_048;

const NAMES = "tabswarm:{nodes}:names";
const infoKey = (id: string): string => `tabswarm:{nodes}:node:${id}`;

/**
 * KEYS: names, own description. ARGV: own id, own description, lifetime, the most nodes to return.
 * Returns whether we were still in the list, then of each node its id, its description and for how many milliseconds that is still
 * good. Redis's clock is the only one.
 */
const BEAT = new Script(`
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  local isNew = redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], 2 * ARGV[3])
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
  local prefix = string.sub(KEYS[2], 1, -1 - #ARGV[1])
  local reply = {1 - isNew}
  for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[4] - 1)) do
    local info = redis.call('GET', prefix .. id)
    if info then
      reply[#reply + 1] = id
      reply[#reply + 1] = info
      reply[#reply + 1] = redis.call('PTTL', prefix .. id)
    end
  end
  return reply
`);

/**
 * Which nodes are alive. Each keeps a key in Redis that expires, with its public URL, and renews it at every beat.
 *
 * Invariant: a node that has vanished stays so until a later beat finds it again.
 */
export class NodeList {
  readonly id: NodeId;
  readonly #link: RedisLink;
  readonly #describe: () => NodeInfo;
  readonly #events: NodeEvents;
  #others = new Map<NodeId, LiveNode>();
  /** The last nodes to die, and when we learned of it, the latest last. */
  readonly #dead = new Map<NodeId, number>();
  readonly #missed = new Map<NodeId, MissedNode>();
  #hasBeaten = false;
  #isMeeting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: NodeId, link: RedisLink, describe: () => NodeInfo, events: NodeEvents) {
    this.id = id;
    this.#link = link;
    this.#describe = describe;
    this.#events = events;
  }

  /** The others that are alive, in no particular order. While Redis is unavailable: those that were. */
  get others(): readonly LiveNode[] {
    return [...this.#others.values()];
  }

  /** Nodes that beat no more. Their members may still be in some swarm. */
  get dead(): ReadonlySet<NodeId> {
    return new Set(this.#dead.keys());
  }

  /** Nodes that do not listen to their inbox, or that Redis may have forgotten. They may come back. */
  get missed(): ReadonlySet<NodeId> {
    return new Set(this.#missed.keys());
  }

  isAlive(id: NodeId): boolean {
    return id === this.id || this.#others.has(id);
  }

  /** Starts the beats, and does something else after each. Rejects if the first one fails. */
  async start(afterBeat: () => Promise<void>): Promise<void> {
    await this.beat();
    const again = async (): Promise<void> => {
      try {
        await this.beat();
        await afterBeat();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      }
    };
    this.#timer = setInterval(() => void again(), NODE_BEAT_MILLIS);
  }

  /** Renews our key, and reads those of the others. */
  async beat(): Promise<void> {
    const { id } = this;
    const info = JSON.stringify(this.#describe());
    const reply = await BEAT.run(
      this.#link,
      [NAMES, infoKey(id)],
      [id, info, String(NODE_LIFETIME_MILLIS), String(MAX_NODES)],
    );
    if (!Array.isArray(reply)) return;
    const [wasListed, ...told] = reply;
    this.#takeOver(readNodes(told), wasListed === 1);
    if (wasListed === 0 && this.#hasBeaten) this.#events.wasForgotten?.();
    this.#hasBeaten = true;
  }

  /** A node has sent something. One that we do not know has just started: we look for it at once. */
  async heardFrom(node: NodeId): Promise<void> {
    if (this.#isMeeting || this.isAlive(node) || this.#missed.has(node)) return;
    this.#isMeeting = true;
    try {
      await this.beat();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    } finally {
      this.#isMeeting = false;
    }
  }

  /**
   * A node does not listen to its inbox. It may be dead, or subscribing again: it is not among the others for a while, nor before it
   * has beaten again, as the key of one that has died lasts longer.
   */
  miss(node: NodeId): void {
    if (!this.#others.delete(node)) return;
    const since = performance.now();
    this.#missed.set(node, { since, until: since + NODE_MISSED_MILLIS, isSilent: true });
    this.#events.vanished?.(node);
  }

  /** Ends the beats and takes our key away, so that the others know at once. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    const { id } = this;
    await this.#link.send(["ZREM", NAMES, id]);
    await this.#link.send(["DEL", infoKey(id)]);
  }

  /** If Redis has kept us, it has kept the others too: whoever is not there has not beaten for its whole lifetime, or has left. */
  #takeOver(found: readonly FoundNode[], isKept: boolean): void {
    const now = performance.now();
    const ages = new Map(found.map(({ node, age }) => [node.id, age]));
    for (const [node, missed] of this.#missed) {
      const age = ages.get(node);
      const isOver = missed.until <= now || (isKept && age === undefined);
      if (isOver && age === undefined) this.#bury(node);
      const isBack = age !== undefined && (!missed.isSilent || (isOver && age < now - missed.since));
      if (isBack || (isOver && age === undefined)) this.#missed.delete(node);
    }
    for (const [node, since] of this.#dead) if (now - since > SHARED_LIFETIME_MILLIS) this.#dead.delete(node);
    const before = this.#others;
    const others = found.filter(({ node: { id } }) => id !== this.id && !this.#missed.has(id));
    this.#others = new Map(others.map(({ node }) => [node.id, node]));
    for (const node of before.keys()) {
      if (this.#others.has(node)) continue;
      // If Redis has lost its data, the node will be back with its next beat.
      if (isKept) this.#bury(node);
      else this.#missed.set(node, { since: now, until: now + NODE_LIFETIME_MILLIS, isSilent: false });
      this.#events.vanished?.(node);
    }
    for (const node of this.#others.keys()) {
      this.#dead.delete(node);
      if (!before.has(node)) this.#events.appeared?.(node);
    }
  }

  #bury(node: NodeId): void {
    this.#dead.set(node, performance.now());
    const [oldest] = this.#dead.keys();
    if (this.#dead.size > MAX_NODES && oldest !== undefined) this.#dead.delete(oldest);
  }
}

/** Leaves out what is malformed. */
function readNodes(told: readonly unknown[]): readonly FoundNode[] {
  return told.flatMap((text, at) => {
    const id = at % 3 === 0 ? parseNodeId(text) : undefined;
    const info = id === undefined ? undefined : readNodeInfo(told[at + 1]);
    if (id === undefined || info === undefined) return [];
    return [{ node: { id, ...info }, age: NODE_LIFETIME_MILLIS - Number(told[at + 2]) }];
  });
}

/** What a node says of itself in Redis. Undefined: it is malformed. */
export function readNodeInfo(text: unknown): NodeInfo | undefined {
  if (typeof text !== "string" || text.length > MAX_INFO_CHARACTERS) return undefined;
  try {
    const { url, startedAt, sockets } = JSON.parse(text) ?? {};
    if (!URL.canParse(url) || !/^https?:/.test(url)) return undefined;
    if (!Number.isSafeInteger(startedAt) || !Number.isSafeInteger(sockets)) return undefined;
    return { url: new URL(url).href, startedAt, sockets };
  } catch {
    return undefined;
  }
}
