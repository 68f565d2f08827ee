import type { Entry } from "../client.ts";
import { Doctor } from "./doctor.ts";
import { SurroundingsWatch } from "./surroundings.ts";

/** The doctor of this page's torrents. */
export class PageDoctor {
  readonly surroundings: SurroundingsWatch;
  readonly #doctor = new Doctor();

  /** `changed`: there may be something else to say. `allowed`: the browser lets this page reach what it did not before. */
  constructor(clockErrorMillis: number | undefined, changed: () => void, allowed: () => void) {
    this.surroundings = new SurroundingsWatch(clockErrorMillis, changed, allowed);
  }

  /** The entries with what is wrong with them. */
  look(entries: readonly Entry[]): readonly Entry[] {
    return this.#doctor.look(performance.now(), entries, this.surroundings.now);
  }

  /** Milliseconds until it has something to say although nothing happens. Undefined: it has not. */
  nextIn(): number | undefined {
    const at = this.#doctor.nextAt();
    return at === undefined ? undefined : Math.max(0, at - performance.now());
  }
}
