import type { Happened } from "../driver/engine.ts";

/** Passes on what happens to whoever watches now. */
export class Watchers {
  readonly #watchers = new Set<Happened>();

  /** The returned function ends the watch. */
  add(watcher: Happened): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  readonly happened: Happened = (infoHash, what) => {
    for (const watcher of this.#watchers) watcher(infoHash, what);
  };
}
