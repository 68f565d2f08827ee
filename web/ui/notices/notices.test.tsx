// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Notice } from "../../engine/client.ts";
import { Notices } from "./notices.tsx";

const NEWS: Notice = { id: 1, kind: "info", text: "news" };
const ERROR: Notice = { id: 2, kind: "error", text: "error" };
const onDismiss = vi.fn();

let page: HTMLElement;
beforeAll(() => Promise.all([import("./leaving.ts"), import("./keep-off.ts")])); // Loading takes timers, which are held below.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  page.remove();
  onDismiss.mockClear();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function show(...notices: readonly Notice[]): Promise<void> {
  await act(() => render(<Notices notices={notices} onDismiss={onDismiss} />, page));
  await vi.dynamicImportSettled();
}
const pass = (millis: number) => act(() => void vi.advanceTimersByTime(millis));
const left = (): Notice[] => onDismiss.mock.calls.map(([notice]) => notice);
const card = (): HTMLElement => page.querySelector<HTMLElement>(".notice") ?? page;
const report = (name: string) => act(() => void card().dispatchEvent(new Event(name)));

test("news leave after eight seconds, errors later, and long messages once they can have been read", async () => {
  const long: Notice = { id: 3, kind: "info", text: "word ".repeat(100) };
  await show(NEWS, ERROR, long);
  await pass(7_900);
  expect(left()).toEqual([]);
  await pass(200);
  expect(left()).toEqual([NEWS]);
  await pass(12_000);
  expect(left()).toEqual([NEWS, ERROR]);
  await pass(10_000);
  expect(left()).toEqual([NEWS, ERROR, long]);
});

test("a message about a condition that lasts stays", async () => {
  await show({ ...ERROR, lasts: true });
  await pass(1_000_000);
  expect(left()).toEqual([]);
});

test.each([
  ["pointerenter", "pointerleave"],
  ["focusin", "focusout"],
])("between %s and %s the time stands still", async (begin, end) => {
  await show(NEWS);
  await pass(7_900);
  await report(begin);
  await pass(60_000);
  expect(left()).toEqual([]);
  await report(end);
  await pass(7_900);
  expect(left()).toEqual([]);
  await pass(200);
  expect(left()).toEqual([NEWS]);
});

test("while the tab is hidden the time stands still", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  await show(NEWS);
  await pass(60_000);
  expect(left()).toEqual([]);
  hidden.mockReturnValue(false);
  await act(() => void document.dispatchEvent(new Event("visibilitychange")));
  await pass(8_100);
  expect(left()).toEqual([NEWS]);
});
