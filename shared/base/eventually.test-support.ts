import { vi } from "vitest";

/** Polls until `check` no longer throws. The time limit is long, as machines are shared: only a hang should reach it. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 });
}
