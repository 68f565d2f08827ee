// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { createFakeClient } from "../../engine/fake.ts";
import { isMoving, keepScreenOn } from "./screen.ts";

afterEach(() => vi.restoreAllMocks());

/** A browser's wake locks: how many are held, how often one was asked for, and whether the browser refuses. */
function browser() {
  const state = { held: 0, asked: 0, refuses: false };
  const locks: (WakeLockSentinel & { released: boolean })[] = [];
  const request = async (): Promise<WakeLockSentinel> => {
    state.asked += 1;
    if (state.refuses) throw new DOMException("low battery", "NotAllowedError");
    const lock = { released: false, release: async () => release(lock) } as (typeof locks)[number];
    locks.push(lock);
    state.held += 1;
    return lock;
  };
  const release = (lock: { released: boolean }): void => {
    if (!lock.released) state.held -= 1;
    lock.released = true;
  };
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  const turn = async (isHidden: boolean): Promise<void> => {
    hidden.mockReturnValue(isHidden);
    if (isHidden) locks.forEach(release);
    document.dispatchEvent(new Event("visibilitychange"));
    await settled();
  };
  return { state, locks: { request } as WakeLock, turn };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("the screen stays on while something moves, and no longer", async () => {
  const { state, locks } = browser();
  const keep = keepScreenOn(locks);
  keep(false);
  await settled();
  expect(state.asked).toBe(0);
  keep(true);
  keep(true);
  await settled();
  expect(state).toMatchObject({ held: 1, asked: 1 });
  keep(false);
  await settled();
  expect(state.held).toBe(0);
});

test("a lock that arrives when nothing moves any more is given back", async () => {
  const { state, locks } = browser();
  const keep = keepScreenOn(locks);
  keep(true);
  keep(false);
  await settled();
  expect(state).toMatchObject({ held: 0, asked: 1 });
});

test("a hidden tab keeps no screen on, and takes the lock again when it comes back", async () => {
  const { state, locks, turn } = browser();
  const keep = keepScreenOn(locks);
  keep(true);
  await settled();
  await turn(true);
  expect(state.held).toBe(0);
  keep(false);
  keep(true);
  await settled();
  expect(state.asked).toBe(1);
  await turn(false);
  expect(state).toMatchObject({ held: 1, asked: 2 });
});

test("a browser that refuses, or has no lock, is left alone", async () => {
  const { state, locks } = browser();
  state.refuses = true;
  const keep = keepScreenOn(locks);
  keep(true);
  await settled();
  keep(true);
  await settled();
  expect(state).toMatchObject({ held: 0, asked: 1 });
  keepScreenOn(undefined)(true);
});

test("hashing, checking, saving and traffic keep the screen on; waiting does not", () => {
  const moving = createFakeClient("busy").entries.value.filter(isMoving);
  const states = new Set(moving.map(({ state }) => state));
  expect(states).toEqual(new Set(["hashing", "checking", "downloading", "seeding"]));
  const [still] = createFakeClient("few").entries.value.filter((entry) => !isMoving(entry));
  expect(still?.state).toBe("seeding");
  expect(still && isMoving({ ...still, saving: 0.5 } as typeof still)).toBe(true);
});
