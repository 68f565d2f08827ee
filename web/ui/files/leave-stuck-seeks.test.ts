import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { leaveStuckSeeks, STUCK_MILLIS } from "./leave-stuck-seeks.ts";

/** A film whose first seven seconds are here. */
class Media extends EventTarget {
  playbackRate = 1.5;
  currentTime = 0;
  paused = false;
  readonly buffered = { length: 1, start: () => 0, end: () => 7 };
  readonly load = vi.fn(() => {
    Object.assign(this, { currentTime: 0, paused: true, playbackRate: 1 });
  });
  readonly play = vi.fn(async () => {});

  seek(to: number): void {
    this.currentTime = to;
    this.dispatchEvent(new Event("seeking"));
  }
}

let media: Media;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  media = new Media();
  leaveStuckSeeks(media as unknown as HTMLMediaElement);
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([false, true])(
  "a seek back to what is here that gets nowhere begins anew; paused: %s",
  (paused) => {
    media.paused = paused;
    media.seek(55);
    media.seek(3);
    vi.advanceTimersByTime(STUCK_MILLIS - 1);
    expect(media.load).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(media.load).toHaveBeenCalledOnce();
    media.dispatchEvent(new Event("loadedmetadata"));
    expect(media).toMatchObject({ currentTime: 3, playbackRate: 1.5 });
    expect(media.play).toHaveBeenCalledTimes(paused ? 0 : 1);
    media.dispatchEvent(new Event("loadedmetadata"));
    expect(media.play).toHaveBeenCalledTimes(paused ? 0 : 1);
  },
);

test("a film that was held begins anew at a speed at which it moves", () => {
  media.playbackRate = 0;
  media.seek(6.5);
  vi.advanceTimersByTime(STUCK_MILLIS);
  media.dispatchEvent(new Event("loadedmetadata"));
  expect(media.playbackRate).toBe(1);
});

test("a seek that ends, and one to what is not here, are left alone", () => {
  media.seek(3);
  media.dispatchEvent(new Event("seeked"));
  media.seek(4);
  media.seek(55);
  vi.advanceTimersByTime(10 * STUCK_MILLIS);
  expect(media.load).not.toHaveBeenCalled();
});
