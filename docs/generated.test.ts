import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPERATION, withFreshTables } from "./generated.ts";

test("the tables in docs/operation.md are those of the code: npm run docs renews them", () => {
  const text = readFileSync(OPERATION, "utf8");
  expect(text).toBe(withFreshTables(text));
});
