import { expect, test } from "vitest";
import { NO_FAILED_ATTEMPTS, withFailure } from "./link-end.ts";

test("failed attempts are two counts and every kind of route that was tried, however many there were", () => {
  let attempts = withFailure(NO_FAILED_ATTEMPTS, "offerExpired", undefined);
  attempts = withFailure(attempts, "noRoute", { ours: ["srflx"], theirs: [] });
  attempts = withFailure(attempts, "noRoute", { ours: ["host"], theirs: ["relay", "host"] });
  attempts = withFailure(attempts, "noRoute", undefined); // A TCP link.
  expect(attempts).toEqual({ unanswered: 1, noRoute: 3, ours: ["host", "srflx"], theirs: ["host", "relay"] });
  expect(withFailure(attempts, "negotiationFailed", undefined)).toBe(attempts);
  expect(withFailure(attempts, "theyLeft", undefined)).toBe(attempts);
});
