import type { StateFolder } from "./state-folder.ts";

const ORIGINS_FILE = "origins.json";

/**
 * What in a watched folder or in a config has been taken in: its torrents do not come back when somebody has removed them, for as
 * long as the file or the entry is as it was.
 */
export class Origins {
  readonly #state: StateFolder;
  readonly #taken = new Set<string>();

  constructor(state: StateFolder) {
    this.#state = state;
  }

  async load(): Promise<void> {
    const bytes = await this.#state.read(ORIGINS_FILE);
    if (bytes === undefined) return;
    for (const origin of originsIn(new TextDecoder().decode(bytes))) this.#taken.add(origin);
  }

  has(origin: string): boolean {
    return this.#taken.has(origin);
  }

  add(origin: string): void {
    this.#taken.add(origin);
    this.#keep();
  }

  /** Forgets those of a kind that are no longer there. */
  retain(kind: string, present: ReadonlySet<string>): void {
    const gone = [...this.#taken].filter((origin) => origin.startsWith(kind) && !present.has(origin));
    for (const origin of gone) this.#taken.delete(origin);
    if (gone.length > 0) this.#keep();
  }

  #keep(): void {
    void this.#state.write(ORIGINS_FILE, JSON.stringify([...this.#taken]));
  }
}

/** If the file is damaged, everything is taken in again: that does no harm. */
function originsIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((origin) => typeof origin === "string") : [];
  } catch {
    return [];
  }
}
