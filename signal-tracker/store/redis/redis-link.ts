import { performance } from "node:perf_hooks";
import { createClient } from "redis";
import { messageOf } from "#shared/base/errors.ts";
import { StoreUnavailable } from "../../core/record-store.ts";
import { MAX_WAITING_REDIS_COMMANDS, REDIS_ANSWER_MILLIS, REDIS_CONNECT_MILLIS } from "../../limits/nodes.ts";

/** One connection of the `redis` package. */
export type RedisClient = ReturnType<typeof newClient>;

/** What Redis answers to a command: texts, numbers, null and lists of them. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** The texts of a reply that is a list of them. */
export function textsOf(reply: RedisReply | undefined): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** Hears what happens to a link. */
export interface LinkEvents {
  /** Runs on each new connection, before it is used. If it rejects, the connection is given up. */
  readonly prepare?: (client: RedisClient) => Promise<void>;
  readonly up?: () => void;
  readonly down?: (reason: string) => void;
}

/** Redis answers that mean: not now, until the operator mends it. The rest are bugs of ours. */
const NOT_NOW =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS|BUSY|UNKILLABLE|NOAUTH|NOPERM)\b/;

/** Between two attempts to connect: doubles from the first to the last, with jitter. */
const FIRST_RETRY_MILLIS = 100;
const LAST_RETRY_MILLIS = 2_000;

/**
 * A connection to Redis that is made again whenever it is lost. Nothing waits for a Redis that is unavailable: when it leaves
 * commands unanswered for a while, all of them fail, and further ones fail at once until a new connection works.
 *
 * Invariant: there is a client if and only if the link is up.
 */
export class RedisLink {
  readonly #url: string;
  readonly #events: LinkEvents;
  readonly #watch: NodeJS.Timeout;
  #client: RedisClient | undefined;
  #waiting = 0;
  /** When Redis last answered, or when the oldest waiting command was sent to it. */
  #progressAt = 0;
  #isClosed = false;
  /** Ends the pause before the next attempt. */
  #hurry: () => void = () => {};

  private constructor(url: string, events: LinkEvents) {
    this.#url = url;
    this.#events = events;
    this.#watch = setInterval(() => this.#check(), REDIS_ANSWER_MILLIS / 4);
  }

  /** Connects. Rejects with the reason if the first attempt fails. */
  static async open(url: string, events: LinkEvents = {}): Promise<RedisLink> {
    const link = new RedisLink(url, events);
    try {
      await link.#connect();
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Sends a command. Rejects with a `StoreUnavailable` if Redis is unavailable. */
  async send(words: readonly (string | Buffer)[]): Promise<RedisReply> {
    return this.use((client) => client.sendCommand([...words]) as unknown as Promise<RedisReply>);
  }

  /** The same for a command whose answer holds bytes. */
  async sendForBytes(words: readonly (string | Buffer)[]): Promise<Buffer | null> {
    const typeMapping = { 36: Buffer }; // RESP's "$": a bulk string.
    return this.use(
      (client) => client.sendCommand([...words], { typeMapping }) as unknown as Promise<Buffer | null>,
    );
  }

  /** Gives the connection up and makes a new one. */
  restart(reason: string): void {
    if (this.#client !== undefined) this.#lose(this.#client, reason);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#hurry();
    const client = this.#client;
    this.#client = undefined;
    client?.destroy();
  }

  async use<Reply>(command: (client: RedisClient) => Promise<Reply>): Promise<Reply> {
    const client = this.#client;
    if (client === undefined) throw new StoreUnavailable("there is no connection to Redis");
    if (this.#waiting >= MAX_WAITING_REDIS_COMMANDS) throw new StoreUnavailable("Redis is too slow");
    if (this.#waiting === 0) this.#progressAt = performance.now();
    this.#waiting += 1;
    try {
      return await command(client);
    } catch (error) {
      throw this.#client !== client || isNotNow(error) ? new StoreUnavailable(reasonOf(error)) : error;
    } finally {
      this.#waiting -= 1;
      this.#progressAt = performance.now();
    }
  }

  #check(): void {
    const isHung = this.#waiting > 0 && performance.now() - this.#progressAt > REDIS_ANSWER_MILLIS;
    if (isHung) this.restart("Redis does not answer");
  }

  async #connect(): Promise<void> {
    const client = newClient(this.#url);
    // Without a listener, the error of a lost connection would end the process.
    client.on("error", (error) => this.#lose(client, reasonOf(error)));
    try {
      const connected = client.connect().then(() => this.#events.prepare?.(client));
      await within(connected, REDIS_CONNECT_MILLIS);
      if (this.#isClosed || !client.isReady) throw new Error("the connection was lost at once");
    } catch (error) {
      destroy(client);
      throw error;
    }
    this.#client = client;
    this.#events.up?.();
  }

  #lose(client: RedisClient, reason: string): void {
    if (this.#client !== client) return; // It has not been used yet, or has been given up already.
    this.#client = undefined;
    destroy(client);
    this.#events.down?.(reason);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let pause = FIRST_RETRY_MILLIS; !this.#isClosed; pause = Math.min(2 * pause, LAST_RETRY_MILLIS)) {
      await this.#pause(pause * (0.5 + Math.random()));
      if (this.#isClosed) return;
      try {
        return await this.#connect();
      } catch {
        // Tried again. `down` has told why.
      }
    }
  }

  #pause(duration: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, duration);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The package must neither reconnect nor queue by itself, nor make a timer for each command: the link does better. */
function newClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    disableClientInfo: true,
    // A half-open connection shows: the ping is a command, and has to be answered like all.
    pingInterval: 5_000,
    commandOptions: { timeout: undefined as unknown as number },
    socket: { reconnectStrategy: false, connectTimeout: REDIS_CONNECT_MILLIS },
  });
}

function destroy(client: RedisClient): void {
  if (client.isOpen) client.destroy();
}

async function within(promise: Promise<unknown>, limit: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("Redis does not answer")), limit);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {}); // It may still fail, when we destroy the client.
  }
}

function isNotNow(error: unknown): boolean {
  return error instanceof Error && NOT_NOW.test(error.message);
}

/** What an error says, in one line. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  return messageOf(error);
}
