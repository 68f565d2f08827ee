import { resolve } from "node:path";
import { expect, test } from "vitest";
import { isInside } from "./inside.ts";

test.each([
  ["/films", "/films/a", true],
  ["/films", "/films/a/b", true],
  ["/films", "/films", true],
  ["/films", "/films/..a", true],
  ["/", "/films", true],
  ["/films", "/films2", false],
  ["/films", "/", false],
  ["/films", "/music/a", false],
  ["/films/a", "/films", false],
])("in %s, %s: %s", (folder, path, inside) => {
  expect(isInside(resolve(folder), resolve(path))).toBe(inside);
});
