import { type JsonRecords, parseRecordJson } from "./record-json.ts";
import { RECORD_KEYS, recordKey } from "./record-scripts.ts";
import { type RedisLink, type RedisReply, textsOf } from "./redis-link.ts";
import type { Script } from "./script.ts";

/** Hears of a record that cannot be read and is passed over. */
export type UnreadableRecord = (table: keyof JsonRecords, name: string) => void;

/** Reads and changes records. They are JSON in the fields of Redis hashes, which are named as `recordKey` says. */
export class RecordTables {
  readonly #link: RedisLink;
  readonly #unreadable: UnreadableRecord;

  constructor(link: RedisLink, unreadable: UnreadableRecord) {
    this.#link = link;
    this.#unreadable = unreadable;
  }

  /** Tries again when another node was faster. Undefined: there is no such record. */
  async update<Table extends keyof JsonRecords>(
    hash: Table,
    field: string,
    change: (item: JsonRecords[Table]) => JsonRecords[Table],
    replace: (before: string, after: JsonRecords[Table]) => Promise<RedisReply>,
  ): Promise<JsonRecords[Table] | undefined> {
    for (;;) {
      const before = await this.text(hash, field);
      const item = before === undefined ? undefined : this.#read(hash, field, before);
      if (before === undefined || item === undefined) return undefined;
      const after = change(item);
      if ((await replace(before, after)) === 1) return after;
    }
  }

  /** The records whose fields are in a set, such as the sessions of an account. */
  async owned<Table extends keyof JsonRecords>(hash: Table, set: string): Promise<JsonRecords[Table][]> {
    const fields = textsOf(await this.#link.send(["SMEMBERS", recordKey(set)]));
    return this.records(hash, fields);
  }

  /** Undefined: there is no such record. */
  async record<Table extends keyof JsonRecords>(
    hash: Table,
    field: string,
  ): Promise<JsonRecords[Table] | undefined> {
    const text = await this.text(hash, field);
    return text === undefined ? undefined : this.#read(hash, field, text);
  }

  /** Leaves out what is not there. */
  async records<Table extends keyof JsonRecords>(
    hash: Table,
    fields: readonly string[],
  ): Promise<JsonRecords[Table][]> {
    if (fields.length === 0) return [];
    const texts = await this.#link.send(["HMGET", recordKey(hash), ...fields]);
    if (!Array.isArray(texts)) return [];
    return fields.flatMap((field, at) => {
      const text: unknown = texts[at];
      return typeof text === "string" ? (this.#read(hash, field, text) ?? []) : [];
    });
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

  #read<Table extends keyof JsonRecords>(
    table: Table,
    name: string,
    text: string,
  ): JsonRecords[Table] | undefined {
    const item = parseRecordJson(table, name, text);
    if (item === undefined) this.#unreadable(table, name);
    return item;
  }

  /** Runs one of the scripts in `record-scripts.ts`. */
  run(script: Script, ...args: readonly (string | Buffer)[]): Promise<RedisReply> {
    return script.run(this.#link, RECORD_KEYS, args);
  }
}
