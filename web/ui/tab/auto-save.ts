import type { Entry, EntryKey } from "../../engine/client.ts";
import { type SeenStates, seenStates, wasCompleted } from "../announcements.ts";

/** Saves downloads as they become complete. */
export class AutoSave {
  readonly #save: (key: EntryKey) => void;
  #states: SeenStates;

  /** `entries`: as they are now. What is complete already stays for the person to save. */
  constructor(entries: readonly Entry[], save: (key: EntryKey) => void) {
    this.#states = seenStates(entries);
    this.#save = save;
  }

  /** Takes the list as it is now. */
  take(entries: readonly Entry[], isWanted: boolean): void {
    const before = this.#states;
    this.#states = seenStates(entries);
    if (!isWanted) return;
    for (const entry of entries) {
      if (entry.state === "seeding" && entry.canSave && !entry.isSaved && wasCompleted(before, entry))
        this.#save(entry.key);
    }
  }
}
