import { expect, onTestFinished, test, vi } from "vitest";
import { isMissing } from "./missing.ts";

test("what is missing is said aloud, and fails in CI", () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => {
    said.mockRestore();
    vi.unstubAllEnvs();
  });
  vi.stubEnv("CI", "");
  expect([isMissing("/usr/bin/x", "Install x."), isMissing(undefined, "Install x.")]).toEqual([false, true]);
  expect(said.mock.calls).toEqual([[expect.stringContaining("Install x.")]]);
  vi.stubEnv("CI", "true");
  expect(isMissing(true, "Install x.")).toBe(false);
  expect(() => isMissing(false, "Install x.")).toThrow("Install x.");
});
