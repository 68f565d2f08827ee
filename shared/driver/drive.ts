import type { Effect, Input } from "../session/effect.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "./ports.ts";

/** Tells a session of something. `done` is called when its effects have been carried out: no bytes of the input are needed then. */
export type Feed = (input: Input, done?: () => void) => void;

/** Hears what an effect that could not be carried out threw. */
export type Failed = (error: unknown, effect: Effect) => void;

/**
 * Turns a session into a running thing: one input in, its effects out, then sleep until the next deadline.
 * The browser, Node and the simulator differ only in `clock` and `perform`.
 *
 * `perform` may feed at once: inputs wait their turn, so the session is never re-entered. What it throws goes to `failed`,
 * and everything else goes on.
 */
export function drive(
  session: Pick<Session, "handle" | "nextDeadline">,
  clock: Clock,
  perform: (effect: Effect) => void,
  failed: Failed,
): Feed {
  const waiting: { readonly input: Input; readonly done: (() => void) | undefined }[] = [];
  let isRunning = false;
  let wakesAt: number | undefined;
  let cancelWake = (): void => {};

  function carryOut(effect: Effect): void {
    try {
      perform(effect);
    } catch (error) {
      failed(error, effect);
    }
  }

  return function feed(input: Input, done?: () => void): void {
    waiting.push({ input, done });
    if (isRunning) return;

    isRunning = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        for (const effect of session.handle(clock.now(), next.input)) carryOut(effect);
        next.done?.();
      }
    } finally {
      isRunning = false;
    }

    const when = session.nextDeadline();
    if (when === wakesAt) return;
    cancelWake();
    wakesAt = when;
    cancelWake = when === undefined ? () => {} : clock.wakeAt(when, wake);

    function wake(): void {
      wakesAt = undefined;
      feed({ type: "deadlinePassed" });
    }
  };
}
