import { expect, onTestFinished, test, vi } from "vitest";
import { bugReporter } from "./bug-reporter.ts";

const BUG = new TypeError("x is not a function");

test("a bug goes into the log whole, and its message says what to do", () => {
  const error = vi.fn();
  const sentence = bugReporter({ isLevelEnabled: (level) => level === "error", error })(BUG);
  expect(error).toHaveBeenCalledWith({ err: BUG }, "bug");
  expect(sentence).toMatch(/^Tabswarm stopped it because of a bug\. Start it again;/);
});

test.each([undefined, { isLevelEnabled: () => false, error: () => {} }])(
  "without a log a bug goes to standard error (%j)",
  (log) => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => written.mockRestore());
    bugReporter(log)(BUG);
    expect(written).toHaveBeenCalledWith(BUG);
  },
);
