// @vitest-environment happy-dom

import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { beOneOfTabs } from "./one-tab.ts";

/** Tabs in windows of their own beside each other; each is whether others see it. */
function openTabs(count: number): readonly boolean[] {
  const seen: boolean[] = Array(count).fill(false);
  for (const at of seen.keys()) {
    onTestFinished(
      beOneOfTabs((isOurs) => {
        seen[at] = isOurs;
      }),
    );
  }
  return seen;
}

test("of tabs that are opened at once, and of those beside one that is closed, exactly one is seen", async () => {
  const seen = openTabs(5);
  const count = (): number => seen.filter(Boolean).length;
  await eventually(() => expect(count()).toBe(1));
  const before = seen.indexOf(true);
  window.dispatchEvent(new Event("pagehide")); // Only the one that is seen says so.
  await eventually(() => expect([count(), seen.indexOf(true) === before]).toEqual([1, false]));
});

test.each([
  ["first", [0.9, 0.1]],
  ["second", [0.1, 0.9]],
])("of two tabs that are opened in one millisecond, the %s may be the one", async (_, ids) => {
  vi.spyOn(Date, "now").mockReturnValue(1_000);
  const random = vi.spyOn(Math, "random");
  for (const id of ids) random.mockReturnValueOnce(id);
  onTestFinished(() => void vi.restoreAllMocks());
  const seen = openTabs(2); // The second has not heard the first.
  await eventually(() => expect(seen).toEqual(ids.map((id) => id === 0.9)));
});
