import type { Millis } from "#shared/base/ids.ts";
import { MAX_READINESS_AGE_MILLIS, READINESS_TIMEOUT_MILLIS } from "../../limits/operation.ts";

/** Whether the tracker should get requests: `GET /readyz`. */
export type ReadyState =
  | { readonly status: "ready" }
  /** The process has been told to stop. */
  | { readonly status: "draining" }
  /** A store cannot be reached. */
  | { readonly status: "unavailable"; readonly store: string };

/** Something that the tracker needs, and a request to it that rejects, or never ends, while it cannot be reached. */
export interface ReadinessCheck {
  readonly store: string;
  readonly look: () => Promise<unknown>;
}

/** Looks after what the tracker needs, when somebody asks and not more often than every second. */
export class Readiness {
  readonly #checks: readonly ReadinessCheck[];
  readonly #now: () => Millis;
  #isDraining = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looked: Promise<ReadyState> | undefined;

  constructor(checks: readonly ReadinessCheck[], now: () => Millis) {
    this.#checks = checks;
    this.#now = now;
  }

  /** From now on the tracker is not ready. */
  startDraining(): void {
    this.#isDraining = true;
  }

  async state(): Promise<ReadyState> {
    if (this.#isDraining) return { status: "draining" };
    const now = this.#now();
    if (this.#looked === undefined || now - this.#lookedAt >= MAX_READINESS_AGE_MILLIS) {
      this.#lookedAt = now;
      this.#looked = this.#look();
    }
    const looked = await this.#looked;
    return this.#isDraining ? { status: "draining" } : looked;
  }

  async #look(): Promise<ReadyState> {
    const reached = await Promise.all(this.#checks.map(({ look }) => isReached(look)));
    const missing = this.#checks.find((_, at) => reached[at] !== true);
    return missing === undefined ? { status: "ready" } : { status: "unavailable", store: missing.store };
  }
}

function isReached(look: () => Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), READINESS_TIMEOUT_MILLIS);
    look()
      .then(() => resolve(true))
      .catch(() => resolve(false))
      .finally(() => clearTimeout(timer));
  });
}
