import type { Handle, Millis } from "../base/ids.ts";
import type { Budget } from "../policy/budget.ts";

/** The state of introductions on one link (docs/peer-introductions.md). */
export interface IntroducingState {
  /** Both sides take part. We keep the rest while one does not: or it would get new budgets each time that it begins again. */
  isOn: boolean;
  /** Under which handle we name this peer to others. */
  readonly handle: Handle;
  /** Under which handle it names us. Undefined: it has not said. */
  you: Handle | undefined;
  /** How many more links it takes, as far as we know. */
  free: number;
  /** How many more we said that we take. Undefined: we have said nothing. */
  saidFree: number | undefined;
  /** Offers that it has forwarded to us since then. */
  offersSince: number;
  /** The handles that we have named to it. */
  readonly told: Set<Handle>;
  /** We tell it nothing before this. */
  tellAt: Millis;
  /** How often we may tell it, and it us. */
  readonly tells: Budget;
  readonly hears: Budget;
  /** How often we may tell it besides that we take no more links. */
  readonly tellsFull: Budget;
  /** How many offers it may send to others through us, and forward to us. */
  readonly relayed: Budget;
  readonly offered: Budget;
}
