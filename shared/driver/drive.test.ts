import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { Session } from "../session/session.ts";
import { drive } from "./drive.ts";
import type { Clock } from "./ports.ts";

const INPUT: Input = { type: "cameOnline" };
const EFFECT = { type: "leaveTracker", tracker: "wss://a.test/" } as Effect;

function failed(error: unknown): never {
  throw error;
}

/** A session scripted by the test, and a clock that the test moves. */
function newWorld() {
  const world = {
    now: 0,
    deadline: undefined as number | undefined,
    handled: [] as { now: number; type: string }[],
    effects: [] as Effect[],
    wakes: [] as { when: number; wake: () => void }[],
    wakesMade: 0,
    isInside: false,
  };
  const session: Pick<Session, "handle" | "nextDeadline"> = {
    handle: (now, input) => {
      expect(world.isInside).toBe(false);
      world.handled.push({ now, type: input.type });
      return world.effects;
    },
    nextDeadline: () => (world.deadline === undefined ? undefined : millis(world.deadline)),
  };
  const clock: Clock = {
    now: () => millis(world.now),
    wakeAt: (when, wake) => {
      const entry = { when, wake };
      world.wakes.push(entry);
      world.wakesMade += 1;
      return () => {
        world.wakes = world.wakes.filter((each) => each !== entry);
      };
    },
  };
  const wakeUp = (): void => {
    const [entry] = world.wakes.splice(0, 1);
    entry?.wake();
  };
  return { world, session, clock, wakeUp };
}

test("handles each input at the clock's time, and carries out its effects in order", () => {
  const { world, session, clock } = newWorld();
  const done: Effect[] = [];
  const effects = [{ ...EFFECT }, { ...EFFECT }];
  world.effects = effects;
  const feed = drive(session, clock, (effect) => done.push(effect), failed);
  world.now = 7;
  feed(INPUT);
  expect(world.handled).toEqual([{ now: 7, type: "cameOnline" }]);
  expect(done).toEqual(effects);
  expect(done[0]).toBe(effects[0]);
});

test("inputs fed during an effect wait until all effects are done", () => {
  const { world, session, clock } = newWorld();
  const order: string[] = [];
  world.effects = [EFFECT, EFFECT];
  const feed = drive(
    session,
    clock,
    () => {
      order.push(`carried out ${world.handled.length}`);
      world.isInside = true;
      if (world.handled.length < 3) feed({ type: "deadlinePassed" });
      world.isInside = false;
    },
    failed,
  );
  feed(INPUT);
  expect(world.handled.map(({ type }) => type)).toEqual(["cameOnline", ...Array(4).fill("deadlinePassed")]);
  expect(order.slice(0, 4)).toEqual(["carried out 1", "carried out 1", "carried out 2", "carried out 2"]);
});

test("calls done once an input's own effects are carried out, however long it waited", () => {
  const { world, session, clock } = newWorld();
  const order: string[] = [];
  world.effects = [EFFECT, EFFECT];
  const feed = drive(
    session,
    clock,
    () => {
      order.push(`effect of ${world.handled.length}`);
      if (order.length === 1) feed(INPUT, () => order.push("second done"));
    },
    failed,
  );
  feed(INPUT, () => order.push("first done"));
  expect(order).toEqual([
    "effect of 1",
    "effect of 1",
    "first done",
    "effect of 2",
    "effect of 2",
    "second done",
  ]);
});

test("sleeps until the deadline and no longer", () => {
  const { world, session, clock, wakeUp } = newWorld();
  const feed = drive(session, clock, () => {}, failed);
  world.deadline = 1_000;
  feed(INPUT);
  expect(world.wakes.map(({ when }) => when)).toEqual([1_000]);
  world.now = 1_000;
  world.deadline = 2_000;
  wakeUp();
  expect(world.handled.at(-1)).toEqual({ now: 1_000, type: "deadlinePassed" });
  expect(world.wakes.map(({ when }) => when)).toEqual([2_000]);
});

test("moves the timer only when the deadline moves", () => {
  const { world, session, clock } = newWorld();
  const feed = drive(session, clock, () => {}, failed);
  world.deadline = 1_000;
  for (let count = 0; count < 100; count++) feed(INPUT);
  expect(world.wakesMade).toBe(1);
  world.deadline = 500;
  feed(INPUT);
  expect(world.wakes.map(({ when }) => when)).toEqual([500]);
  world.deadline = undefined;
  feed(INPUT);
  expect(world.wakes).toEqual([]);
});

test("sets a timer again that fires too early", () => {
  const { world, session, clock, wakeUp } = newWorld();
  const feed = drive(session, clock, () => {}, failed);
  world.deadline = 1_000;
  feed(INPUT);
  world.now = 999;
  wakeUp();
  expect(world.wakes.map(({ when }) => when)).toEqual([1_000]);
});

test("handles many inputs fed at once, in order", () => {
  const { world, session, clock } = newWorld();
  let isFirst = true;
  world.effects = [EFFECT];
  const feed = drive(
    session,
    clock,
    () => {
      if (!isFirst) return;
      isFirst = false;
      for (let count = 0; count < 50_000; count++) feed({ type: "deadlinePassed" });
    },
    failed,
  );
  feed(INPUT);
  expect(world.handled).toHaveLength(50_001);
});

test("reports an effect that throws, and everything else goes on", () => {
  const { world, session, clock, wakeUp } = newWorld();
  const [broken, whole] = [{ ...EFFECT }, { ...EFFECT }];
  const done: Effect[] = [];
  const failures: unknown[] = [];
  world.effects = [broken, whole];
  const feed = drive(
    session,
    clock,
    (effect) => {
      if (effect === broken) throw new Error("a bug");
      done.push(effect);
    },
    (error, effect) => failures.push([error, effect]),
  );
  world.deadline = 1_000;
  feed(INPUT);
  expect(failures).toEqual([[new Error("a bug"), broken]]);
  expect(done).toEqual([whole]);
  wakeUp();
  expect(world.handled.map(({ type }) => type)).toEqual(["cameOnline", "deadlinePassed"]);
});
