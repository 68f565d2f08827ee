import { expect, test, vi } from "vitest";
import { MAX_MOMENT } from "../../engine/client.ts";
import {
  readDownloads,
  readMinutes,
  readMoment,
  readRatio,
  writtenDownloads,
  writtenMinutes,
  writtenMoment,
  writtenRatio,
} from "./read-stop.ts";

test.each([
  ["", undefined],
  [" 2 ", 2],
  ["1,5×", 1.5],
  ["3 times", 3],
  ["1000", 1000],
  ["1001", "unclear"],
  ["0", "unclear"],
  ["twice", "unclear"],
  ["-1", "unclear"],
] as const)("the ratio %j is %j", (text, ratio) => {
  expect(readRatio(text)).toBe(ratio);
  if (ratio !== "unclear") expect(readRatio(writtenRatio(ratio))).toBe(ratio);
});

test.each([
  ["", undefined],
  ["3", 180],
  ["3 h", 180],
  ["90 min", 90],
  ["90m", 90],
  ["1,5 hours", 90],
  ["2 days", 2880],
  ["366 d", "unclear"],
  ["0", "unclear"],
  ["0.001 min", "unclear"],
  ["soon", "unclear"],
  ["3 weeks", "unclear"],
] as const)("the time %j is %j minutes", (text, minutes) => {
  expect(readMinutes(text)).toBe(minutes);
  if (minutes !== "unclear") expect(readMinutes(writtenMinutes(minutes))).toBe(minutes);
});

test.each([
  ["", undefined],
  [" 3 ", 3],
  ["10000", 10_000],
  ["10001", "unclear"],
  ["0", "unclear"],
  ["2.5", "unclear"],
  ["many", "unclear"],
] as const)("the people %j are %j", (text, count) => {
  expect(readDownloads(text)).toBe(count);
  if (count !== "unclear") expect(readDownloads(writtenDownloads(count))).toBe(count);
});

test("a time is one of this device, from now on and within a year", () => {
  vi.stubEnv("TZ", "Asia/Ho_Chi_Minh");
  vi.useFakeTimers({ now: new Date(2026, 10, 5, 12, 30, 20) });
  const inAnHour = new Date(2026, 10, 5, 13, 30).getTime();
  expect(readMoment("2026-11-05T13:30")).toBe(inAnHour);
  expect(writtenMoment(inAnHour)).toBe("2026-11-05T13:30");
  expect([readMoment(""), writtenMoment(undefined)]).toEqual([undefined, ""]);
  for (const text of ["2026-11-05T12:30", "2027-11-06T12:30", "0002-01-01T00:00", "tonight"])
    expect(readMoment(text)).toBe("unclear");
  expect(writtenMoment(MAX_MOMENT)).toHaveLength("2026-12-24T18:30".length);
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
