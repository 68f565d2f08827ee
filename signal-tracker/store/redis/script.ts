import { createHash } from "node:crypto";
import type { RedisLink, RedisReply } from "./redis-link.ts";

/** A Lua script, which Redis runs in one step. Redis is told its text once; later calls name it by its hash. */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash("sha1").update(text).digest("hex");
  }

  /** Rejects with a `StoreUnavailable` if Redis is unavailable. */
  async run(
    link: RedisLink,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await link.send(["EVALSHA", this.#hash, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return link.send(["EVAL", this.#text, ...rest]);
    }
  }
}
