import type { Outcome } from "./outcome.ts";
import type { SwarmSetup } from "./setup.ts";

/** A figure, and what it should be. */
export interface Measure {
  readonly what: string;
  /** Undefined: there is none, which counts as missed. */
  readonly value: number | undefined;
  /** How to read it: `1.25` as times, `0.05` as percent, or seconds. */
  readonly unit: "times" | "share" | "seconds" | "count";
  /** Undefined: it is only told. */
  readonly bar: { readonly atMost: number } | { readonly atLeast: number } | undefined;
}

/** A swarm with a name, whose figures `docs/swarm.md` shows. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** The swarm, and others that it is compared with. */
  readonly setups: (seed: number) => readonly [SwarmSetup, ...SwarmSetup[]];
  /** Undefined: until everybody has completed. */
  readonly forMillis?: number;
  readonly measures: (outcome: Outcome, others: readonly Outcome[]) => readonly Measure[];
}

export function isMet({ value, bar }: Measure): boolean {
  if (bar === undefined) return true;
  if (value === undefined) return false;
  return "atMost" in bar ? value <= bar.atMost : value >= bar.atLeast;
}

/** Figures of any swarm. */
export function told(what: string, value: number | undefined, unit: Measure["unit"]): Measure {
  return { what, value, unit, bar: undefined };
}

export function atMost(
  what: string,
  value: number | undefined,
  unit: Measure["unit"],
  most: number,
): Measure {
  return { what, value, unit, bar: { atMost: most } };
}

export function atLeast(
  what: string,
  value: number | undefined,
  unit: Measure["unit"],
  least: number,
): Measure {
  return { what, value, unit, bar: { atLeast: least } };
}
