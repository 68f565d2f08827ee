import { type Database, isClosed, openDatabase } from "./database.ts";

/** What may happen to the browser's database while the page is open. */
export interface DatabaseEvents {
  /** It is gone until the page is reloaded: a sentence for the person. */
  readonly lost: (problem: string) => void;
  /** It is open again, perhaps without what was in it. */
  readonly reopened: (database: Database) => void;
}

/** Times that a page load opens it again: whatever keeps taking it away must not keep us busy for ever. */
const MAX_REOPENINGS = 20;

/** Waits between attempts to open it again: a browser refuses while it is still deleting. */
const WAITS_MILLIS = [0, 100, 300, 1_000, 3_000];

/**
 * The browser's database, which is opened again when the browser takes it away: somebody deletes the page's data in the middle of a
 * download, or the part of the browser that keeps it crashes.
 */
export class LastingDatabase {
  readonly #events: DatabaseEvents;
  readonly #name: string | undefined;
  readonly #replaced = new WeakSet<Database>();
  #opening: Promise<Database>;
  #reopenings = 0;

  /** `name`: of a database that is not the page's. */
  constructor(events: DatabaseEvents, name?: string) {
    this.#events = events;
    this.#name = name;
    this.#opening = this.#open();
    this.#opening.catch(() => {}); // Each use of it fails.
  }

  /**
   * An open one. `failed`: work with that one has failed, perhaps because it was closed. Rejects with a `StorageError` if there is
   * none.
   */
  async current(failed?: Database): Promise<Database> {
    const database = await this.#opening;
    return database === failed && isClosed(database) ? this.#reopen(database) : database;
  }

  #open(): Promise<Database> {
    const opening: Promise<Database> = openDatabase((problem, isForGood) => {
      if (isForGood || this.#reopenings >= MAX_REOPENINGS) return this.#events.lost(problem);
      const again = opening.then((database) => this.#reopen(database));
      again.catch(() => this.#events.lost(problem));
    }, this.#name);
    return opening;
  }

  /** Whoever notices first that it is closed opens another. */
  async #reopen(closed: Database): Promise<Database> {
    if (this.#replaced.has(closed) || this.#reopenings >= MAX_REOPENINGS) return this.#opening;
    this.#replaced.add(closed);
    this.#reopenings += 1;
    this.#opening = this.#openPatiently();
    const database = await this.#opening;
    this.#events.reopened(database);
    return database;
  }

  async #openPatiently(): Promise<Database> {
    for (const wait of WAITS_MILLIS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      const database = await this.#open().catch(() => undefined);
      if (database !== undefined) return database;
    }
    return this.#open();
  }
}
