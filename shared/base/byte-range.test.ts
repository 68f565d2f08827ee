import { expect, test } from "vitest";
import { parseByteRange } from "./byte-range.ts";

test.each([
  [undefined, "whole"],
  ["bytes=0-", { start: 0, end: 100 }],
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=10-19", { start: 10, end: 20 }],
  ["Bytes = 10 - 19", { start: 10, end: 20 }],
  ["bytes=90-1000", { start: 90, end: 100 }],
  ["bytes=-1", { start: 99, end: 100 }],
  ["bytes=-1000", { start: 0, end: 100 }],
  ["bytes=-0", "none"],
  ["bytes=100-", "none"],
  ["bytes=9999999999999999-", "none"],
  ["bytes=20-10", "whole"],
  ["bytes=-", "whole"],
  ["bytes=0-1,5-6", "whole"],
  ["bytes=a-b", "whole"],
  ["bytes=99999999999999999-", "whole"],
  ["items=0-1", "whole"],
  ["", "whole"],
])("%j of 100 bytes is %j", (header, wanted) => {
  expect(parseByteRange(header, 100)).toEqual(wanted);
});

test("an empty file has no range", () => {
  expect(parseByteRange("bytes=0-", 0)).toBe("none");
  expect(parseByteRange("bytes=-5", 0)).toBe("none");
});
