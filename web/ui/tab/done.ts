import type { Entry, EntryKey } from "../../engine/client.ts";
import { type SeenStates, seenStates, wasCompleted } from "../announcements.ts";

type CompleteEntry = Exclude<Entry, { readonly state: "hashing" }>;

/**
 * The downloads that have become complete and of which the person may not know. One is forgotten when the tab is hidden again
 * after it was visible: not as soon as somebody looks, or the mark would vanish before their eyes.
 */
export class Done {
  readonly #names = new Map<EntryKey, string>();
  #states: SeenStates;
  #isSeen = false;

  constructor(entries: readonly Entry[]) {
    this.#states = seenStates(entries);
  }

  /** Their names, oldest first. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** Takes the list as it is now. Returns the downloads that have become complete since the last time. */
  take(entries: readonly Entry[], isVisible: boolean): readonly CompleteEntry[] {
    const before = this.#states;
    this.#states = seenStates(entries);
    for (const key of this.#names.keys()) {
      const state = this.#states.get(key);
      if (state === undefined || state === "downloading") this.#names.delete(key);
    }
    const fresh = entries.filter((entry): entry is CompleteEntry => wasCompleted(before, entry));
    for (const { key, torrent } of fresh) this.#names.set(key, torrent.name);
    this.#isSeen = isVisible;
    return fresh;
  }

  /** The tab was shown or hidden. */
  turned(isVisible: boolean): void {
    if (!isVisible && this.#isSeen) this.#names.clear();
    this.#isSeen = isVisible;
  }
}
