import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdAfterSeeks, MAX_HELD_MILLIS } from "./hold-after-seeks.ts";

let media: Media;

/** A minute's film, as far as it matters here. */
class Media extends EventTarget {
  playbackRate = 1.5;
  currentTime = 0;
  duration = 60;
  readonly NETWORK_LOADING = 2;
  networkState = this.NETWORK_LOADING;
  ranges: [start: number, end: number][] = [];

  get buffered() {
    const { ranges } = this;
    return {
      length: ranges.length,
      start: (at: number) => ranges[at]?.[0],
      end: (at: number) => ranges[at]?.[1],
    };
  }

  seek(to: number): void {
    this.currentTime = to;
    this.dispatchEvent(new Event("seeking"));
  }

  has(...ranges: [start: number, end: number][]): void {
    this.ranges = ranges;
    this.dispatchEvent(new Event("progress"));
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  media = new Media();
  holdAfterSeeks(media as unknown as HTMLMediaElement);
  media.has([0, 7]);
});

afterEach(() => {
  vi.useRealTimers();
});

test("a film goes on after a seek once a second of it is here, at the speed that it had", () => {
  media.seek(48);
  expect(media.playbackRate).toBe(0);
  media.seek(47);
  media.has([0, 7], [46.6, 47.3]);
  expect(media.playbackRate).toBe(0);
  media.has([0, 7], [46.6, 48.1]);
  expect(media.playbackRate).toBe(1.5);
});

test("nothing waits where enough is here, also at the end", () => {
  media.seek(5);
  expect(media.playbackRate).toBe(1.5);
  media.seek(48);
  media.seek(3);
  expect(media.playbackRate).toBe(1.5);
  media.seek(59.5);
  expect(media.playbackRate).toBe(0);
  media.has([0, 7], [59, 59.97]);
  expect(media.playbackRate).toBe(1.5);
});

test.each(["suspend", "stalled"])("a browser that fetches no more goes on with what it has: %s", (name) => {
  media.seek(48);
  media.dispatchEvent(new Event(name));
  expect(media.playbackRate).toBe(1.5);
});

test("a speed that the person chooses meanwhile stays", () => {
  media.seek(48);
  media.playbackRate = 2;
  media.has([0, 7], [47, 50]);
  expect(media.playbackRate).toBe(2);
});

test("a speed that the person chooses meanwhile stays over another seek", () => {
  media.seek(48);
  media.playbackRate = 2;
  media.seek(40);
  expect(media.playbackRate).toBe(0);
  media.has([0, 7], [40, 50]);
  expect(media.playbackRate).toBe(2);
});

test.each([
  ["its sound ends before its picture", 60, 59.5, 59],
  ["it does not say how long it is", Number.POSITIVE_INFINITY, 60, 59.5],
])("a film that is all here goes on after a seek to its end, also if %s", (_, duration, end, to) => {
  Object.assign(media, { duration, ranges: [[0, end]] });
  media.seek(to);
  media.dispatchEvent(new Event("seeked"));
  expect(media.playbackRate).toBe(0); // More may be on its way.
  media.networkState = 1;
  media.dispatchEvent(new Event("canplay"));
  expect(media.playbackRate).toBe(1.5);
});

test("a film waits no longer than people do", () => {
  media.seek(48);
  vi.advanceTimersByTime(MAX_HELD_MILLIS / 2);
  media.seek(50);
  vi.advanceTimersByTime(MAX_HELD_MILLIS - 1);
  expect(media.playbackRate).toBe(0);
  vi.advanceTimersByTime(1);
  expect(media.playbackRate).toBe(1.5);
});
