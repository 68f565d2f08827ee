import { beforeEach, expect, test } from "vitest";
import { holdAfterSeeks } from "./hold-after-seeks.ts";

let media: Media;

/** A minute's film, as far as it matters here. */
class Media extends EventTarget {
  playbackRate = 1.5;
  currentTime = 0;
  readonly duration = 60;
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
  media = new Media();
  holdAfterSeeks(media as unknown as HTMLMediaElement);
  media.has([0, 7]);
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
