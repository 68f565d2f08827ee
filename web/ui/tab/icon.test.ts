// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { iconAddress, tabIcon } from "./icon.ts";

afterEach(() => vi.useRealTimers());

test("the icon changes at most once a second, and nothing runs once it shows what it should", () => {
  vi.useFakeTimers();
  const link = document.createElement("link");
  const set = vi.fn();
  Object.defineProperty(link, "href", { set });
  const show = tabIcon(link);
  show("logo");
  expect(set).not.toHaveBeenCalled();
  for (let share = 0; share < 1; share += 0.05) {
    show(share);
    vi.advanceTimersByTime(100);
  }
  expect(set.mock.calls.length).toBeLessThanOrEqual(3);
  show("done");
  vi.advanceTimersByTime(1_000);
  expect(set).toHaveBeenLastCalledWith(iconAddress("done"));
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("a little more progress is the same icon, and all icons are pictures", () => {
  expect(iconAddress(0.5)).toBe(iconAddress(0.51));
  expect(iconAddress(0.5)).not.toBe(iconAddress(0.56));
  expect(decodeURIComponent(iconAddress("done"))).toMatch(/^data:image\/svg\+xml,<svg .*<\/svg>$/);
});
