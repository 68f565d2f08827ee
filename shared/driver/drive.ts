import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "./ports.ts";

/** Feeds an input to the session. `done` is called once its effects are carried out: the input's bytes are free then. */
export type Feed = (input: Input, done?: () => void) => void;

/** Called with the error when an effect throws. */
export type Failed = (error: unknown, effect: Effect) => void;

/**
 * Runs a session: takes an input, carries out its effects, then sleeps until the next deadline.
 *
 * `perform` may feed synchronously: inputs queue up, so the session is never re-entered. Errors that `perform` throws go to
 * `failed`, and everything else goes on.
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

  function wake(): void {
    wakesAt = undefined;
    feed({ type: "deadlinePassed" });
  }

  function take(input: Input, done: (() => void) | undefined): void {
    for (const effect of session.handle(clock.now(), input)) carryOut(effect);
    done?.();
  }

  function feed(input: Input, done?: () => void): void {
    if (isRunning) return void waiting.push({ input, done });

    isRunning = true;
    try {
      take(input, done);
      while (waiting.length > 0) {
        const next = waiting.shift();
        if (next !== undefined) take(next.input, next.done);
      }
    } finally {
      isRunning = false;
    }

    const when = session.nextDeadline();
    if (when === wakesAt) return;
    cancelWake();
    wakesAt = when;
    cancelWake = when === undefined ? () => {} : clock.wakeAt(when, wake);
  }

  return feed;
}
