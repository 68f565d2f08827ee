import type { Ending } from "../core/ending.ts";

/** Tells whoever holds connections that a session, a key or an account has ended. */
export class Endings {
  readonly #listeners: ((ending: Ending) => void)[] = [];
  #tellOthers: (ending: Ending) => void = () => {};

  /** Sets how to tell the other nodes of the tracker. */
  onTold(tellOthers: (ending: Ending) => void): void {
    this.#tellOthers = tellOthers;
  }

  listen(listener: (ending: Ending) => void): void {
    this.#listeners.push(listener);
  }

  /** To be called after the record has changed. */
  tell(ending: Ending): void {
    this.heard(ending);
    this.#tellOthers(ending);
  }

  /** It has ended at another node. */
  heard(ending: Ending): void {
    for (const listener of this.#listeners) listener(ending);
  }
}
