import { expect, test } from "vitest";
import { readWord } from "./word.ts";

test("anything but our words is no word", () => {
  for (const data of [
    undefined,
    null,
    1,
    "update",
    [],
    {},
    { type: "opened" },
    { type: "opened", files: "a" },
  ])
    expect(readWord(data)).toBeUndefined();
  expect(readWord({ type: "update", more: 1 })).toEqual({ type: "update" });
  expect(readWord({ type: "opened", files: ["/a", 1] })).toEqual({ type: "opened", files: ["/a", 1] });
});
