import { expect, test } from "vitest";
import { hostIn } from "./host-header.ts";

test.each([
  ["localhost:8000", "localhost"],
  ["LocalHost.", "localhost"],
  ["127.0.0.1:6880", "127.0.0.1"],
  ["[::1]:6880", "::1"],
  ["localhost.evil.example", "localhost.evil.example"],
  ["", undefined],
  ["user@host", undefined],
  ["host/path", undefined],
  ["host:port", undefined],
])("the host of %j is %j", (header, host) => {
  expect(hostIn(header)).toBe(host);
});
