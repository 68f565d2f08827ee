import { RECORD_KEYS, recordKey } from "./record-scripts.ts";
import { type RedisLink, type RedisReply, textsOf } from "./redis-link.ts";
import type { Script } from "./script.ts";

/** Reads and changes records. They are JSON in the fields of Redis hashes, which are named as `recordKey` says. */
export class RecordTables {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** Tries again when another node was faster. Undefined: there is no such record. */
  async update<Item>(
    hash: string,
    field: string,
    change: (item: Item) => Item,
    replace: (before: string, after: Item) => Promise<RedisReply>,
  ): Promise<Item | undefined> {
    for (;;) {
      const before = await this.text(hash, field);
      if (before === undefined) return undefined;
      const after = change(JSON.parse(before) as Item);
      if ((await replace(before, after)) === 1) return after;
    }
  }

  /** The records whose fields are in a set, such as the sessions of an account. */
  async owned<Item>(hash: string, set: string): Promise<Item[]> {
    const fields = textsOf(await this.#link.send(["SMEMBERS", recordKey(set)]));
    return this.records(hash, fields);
  }

  /** Undefined: there is no such record. */
  async record<Item>(hash: string, field: string): Promise<Item | undefined> {
    const text = await this.text(hash, field);
    return text === undefined ? undefined : (JSON.parse(text) as Item);
  }

  /** Leaves out what is not there. */
  async records<Item>(hash: string, fields: readonly string[]): Promise<Item[]> {
    return (await this.texts(hash, fields)).map((text) => JSON.parse(text) as Item);
  }

  /** Undefined: there is no such field. */
  async text(hash: string, field: string): Promise<string | undefined> {
    const text = await this.#link.send(["HGET", recordKey(hash), field]);
    return typeof text === "string" ? text : undefined;
  }

  /** Leaves out what is not there. */
  async texts(hash: string, fields: readonly string[]): Promise<readonly string[]> {
    if (fields.length === 0) return [];
    const texts = await this.#link.send(["HMGET", recordKey(hash), ...fields]);
    return Array.isArray(texts) ? texts.filter((text): text is string => typeof text === "string") : [];
  }

  /** Runs one of the scripts in `record-scripts.ts`. */
  run(script: Script, ...args: readonly (string | Buffer)[]): Promise<RedisReply> {
    return script.run(this.#link, RECORD_KEYS, args);
  }
}
