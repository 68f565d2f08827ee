import { expect, test } from "vitest";
import { parseDeviceName } from "./device-name-flag.ts";

test("a device's name is what others will read", () => {
  expect(parseDeviceName(" NAS in the cellar ")).toBe("NAS in the cellar");
  expect(parseDeviceName("Máy\u202e chủ")).toBe("Máy chủ");
  expect(parseDeviceName("🐝".repeat(32))).toBe("🐝".repeat(32));
});

test.each([
  ["", /visible sign/],
  [" \u200b", /visible sign/],
  ["x".repeat(33), /at most 32 characters, and this one has 33/],
  ["x".repeat(1_000), /this one has 1000/],
])("%j is no name", (text, why) => {
  expect(() => parseDeviceName(text)).toThrow(why);
});
