import { expect, test } from "vitest";
import { WARNING_REST_MILLIS } from "../limits/operation.ts";
import { RareWarning } from "./rare-warning.ts";

test("a warning is told at once, and again after a rest, with how often it was due", () => {
  const warning = new RareWarning();
  expect(warning.happened(5)).toBe(1);
  expect([warning.happened(5), warning.happened(WARNING_REST_MILLIS, 7)]).toEqual([undefined, undefined]);
  expect(warning.happened(5 + WARNING_REST_MILLIS)).toBe(9);
  expect(warning.happened(6 + WARNING_REST_MILLIS)).toBeUndefined();
});
