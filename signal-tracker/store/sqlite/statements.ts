import type Database from "better-sqlite3";

/** What goes into a statement and comes out of a row. */
export type Value = string | number | Uint8Array | null;

/** The statements of a database, each prepared once. */
export class Statements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement<unknown[], Record<string, Value>>>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** How many rows it has changed. */
  run(sql: string, ...values: unknown[]): number {
    return this.#statement(sql).run(...values).changes;
  }

  /** The first row. */
  row(sql: string, ...values: unknown[]): Record<string, Value> | undefined {
    return this.#statement(sql).get(...values);
  }

  rows(sql: string, ...values: unknown[]): Record<string, Value>[] {
    return this.#statement(sql).all(...values);
  }

  /** Does all of it or nothing. */
  together<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  /** `sql` is one of a bounded number of texts; what comes from outside is among the values. */
  #statement(sql: string): Database.Statement<unknown[], Record<string, Value>> {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare<unknown[], Record<string, Value>>(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** A row as a record: NULL is an absent field. The statement names its columns like the fields, and the table is STRICT. */
export function recordOf<Fields>(row: Record<string, Value>): Fields {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Fields;
}
