import { expect, test } from "vitest";
import { ProtocolError } from "#shared/base/errors.ts";
import type { Target } from "./target.ts";
import { faultOf } from "./trial.ts";

const INPUT = Uint8Array.of(1, 2, 3);
const target = (parse: Target["parse"], rest: Partial<Target> = {}): Target => ({
  name: "toy",
  grammar: "bytes",
  seeds: [],
  parse,
  ...rest,
});
const throwing = (error: unknown) => () => {
  throw error;
};

test.each([
  ["an unnamed error", target(throwing(new TypeError("x is 12"))), "it throws TypeError: x is 0"],
  ["what is no error", target(throwing("oh")), "it throws what is no error: string"],
  ["a large value", target(() => "x".repeat(10_000)), "it returns more than its limit"],
  ["much memory", target(() => void new Uint8Array(16 * 1024 * 1024)), "it takes more memory than its limit"],
  [
    "a value that is written as another",
    target(([first]) => first, { write: () => Uint8Array.of(9) }),
    "it reads another value from what was written",
  ],
])("%s is a fault", async (_, faulty, what) => {
  expect(await faultOf(faulty, INPUT)).toBe(what);
});

test("a named error and a value within its limits are none", async () => {
  expect(await faultOf(target(throwing(new ProtocolError("bad", "bad"))), INPUT)).toBeUndefined();
  expect(
    await faultOf(
      target((input) => input.length, { write: () => INPUT }),
      INPUT,
    ),
  ).toBeUndefined();
});
