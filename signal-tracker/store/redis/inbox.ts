import { performance } from "node:perf_hooks";
import { StoreUnavailable } from "../../core/record-store.ts";
import type { NodeId } from "../../core/shared-swarms.ts";
import { INBOX_LIMITS, type InboxLimits, MAX_BATCH_BYTES } from "../../limits/nodes.ts";
import { type Batch, encodeBatch, type InboxMessage, parseBatch } from "./inbox-message.ts";
import { RedisLink } from "./redis-link.ts";

/** Hears what the inbox meets. */
export interface InboxEvents {
  readonly arrived: (batch: Batch) => void;
  /** Something arrived that is not a batch. */
  readonly unreadable: () => void;
  /** Nobody listens at that node's inbox: these messages were not delivered. */
  readonly gone: (node: NodeId, messages: readonly InboxMessage[]) => void;
  /** For some time we may not have heard what others told us. */
  readonly wasDeaf: (reason: string) => void;
  /** We hear again what others tell us, for the first time or once more. */
  readonly hears: () => void;
}

/** Messages for one node, which leave together at the end of the tick. */
interface Outgoing {
  readonly messages: InboxMessage[];
  bytes: number;
}

/** Bytes of a message besides its SDP. */
const ENVELOPE_BYTES = 300;

/** Of base64, where the message is text. */
function payloadBytes(message: InboxMessage): number {
  if ("sdp" in message) return message.sdp.length;
  return message.type === "nearby" ? 2 * message.news.length : 0;
}

const channelOf = (node: NodeId): string => `tabswarm:inbox:${node}`;

/**
 * The messages between nodes. Each node listens at one channel of its own: subscriptions to several may not share a
 * command in a Redis Cluster, and with one it is easy to notice that it has gone silent.
 */
export class Inbox {
  readonly #node: NodeId;
  readonly #commands: RedisLink;
  readonly #events: InboxEvents;
  readonly #outgoing = new Map<NodeId, Outgoing>();
  #subscription: RedisLink | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #isFlushing = false;

  /** `commands` is the connection to publish on: one that subscribes may not be needed for anything else. */
  constructor(node: NodeId, commands: RedisLink, events: InboxEvents) {
    this.#node = node;
    this.#commands = commands;
    this.#events = events;
  }

  /** Subscribes, and keeps the subscription alive. Rejects if it cannot. */
  async open(url: string, { echoMillis, silenceMillis }: InboxLimits = INBOX_LIMITS): Promise<void> {
    const hear = (bytes: Buffer): void => this.#hear(bytes);
    this.#subscription = await RedisLink.open(url, {
      prepare: async (client) => {
        await client.sSubscribe(channelOf(this.#node), hear, true);
        this.#heardAt = performance.now();
      },
      down: (reason) => this.#events.wasDeaf(reason),
      up: () => this.#events.hears(),
    });
    this.#timer = setInterval(() => this.#watch(silenceMillis), echoMillis);
  }

  /** Sends a message at the end of this tick, together with all others for that node. */
  send(node: NodeId, message: InboxMessage): void {
    let outgoing = this.#outgoing.get(node);
    if (outgoing === undefined) {
      outgoing = { messages: [], bytes: 0 };
      this.#outgoing.set(node, outgoing);
    }
    outgoing.messages.push(message);
    outgoing.bytes += ENVELOPE_BYTES + payloadBytes(message);
    if (outgoing.bytes >= MAX_BATCH_BYTES) {
      this.#outgoing.delete(node);
      void this.#publish(node, outgoing.messages);
    } else if (!this.#isFlushing) {
      this.#isFlushing = true;
      setImmediate(() => this.#flush());
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#subscription?.close();
  }

  #flush(): void {
    this.#isFlushing = false;
    const all = [...this.#outgoing];
    this.#outgoing.clear();
    for (const [node, { messages }] of all) void this.#publish(node, messages);
  }

  async #publish(node: NodeId, messages: readonly InboxMessage[]): Promise<void> {
    try {
      const batch = encodeBatch(this.#node, messages);
      const receivers = await this.#commands.send(["SPUBLISH", channelOf(node), batch]);
      if (receivers === 0 && node !== this.#node) this.#events.gone(node, messages);
    } catch (error) {
      // Whoever waits for an answer gives up after a while and offers again.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  #hear(bytes: Buffer): void {
    this.#heardAt = performance.now();
    const batch = parseBatch(bytes);
    if (batch === undefined) this.#events.unreadable();
    else this.#events.arrived(batch);
  }

  /** A subscription can go silent without an error. We would hear ourselves if it worked. */
  #watch(silenceMillis: number): void {
    if (!this.#commands.isUp || this.#subscription?.isUp !== true) return;
    if (performance.now() - this.#heardAt > silenceMillis) {
      this.#subscription.restart("the inbox has gone silent");
    } else this.send(this.#node, { type: "echo" });
  }
}
