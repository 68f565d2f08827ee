import { expect, test } from "vitest";
import { formatNumber, formatTable, type Result } from "./table.ts";

const result = (figure: string, contender: string, ...values: number[]): Result => ({
  task: "transfer",
  figure,
  contender,
  values,
});

test("each contender has a row with its median, its spread and our ratio to it", () => {
  const table = formatTable([result("MB/s", "ours", 18, 20, 16), result("MB/s", "theirs", 9, 8, 8)], "ours");
  expect(table).toBe(
    [
      "| task     | figure | contender | median | spread       | ours to it | spread       |",
      "| -------- | ------ | --------- | ------ | ------------ | ---------- | ------------ |",
      "| transfer | MB/s   | ours      | 18.0   | 16.0 to 20.0 |            |              |",
      "| transfer | MB/s   | theirs    | 8.00   | 8.00 to 9.00 | 2.00       | 2.00 to 2.50 |",
    ].join("\n"),
  );
});

test("only the same figures are compared", () => {
  const table = formatTable([result("MB/s", "ours", 18), result("seconds", "theirs", 9)], "ours");
  expect(table.split("\n").at(-1)).toMatch(/\| seconds \| theirs {4}\| 9\.00 {3}\| {8}\| {12}\| {8}\|$/);
});

test.each([
  [1234.5, "1235"],
  [123.45, "123"],
  [12.345, "12.3"],
  [1.2345, "1.23"],
  [0.1234, "0.12"],
  [0, "0.00"],
])("%d is shown as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
