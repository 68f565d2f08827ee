import { expect, test } from "vitest";
import { printableEntry } from "./log-entry.ts";

test("what peers and trackers say does nothing to a terminal that shows the log", () => {
  const entry = {
    level: 30,
    msg: "a\u001b[2Jb\nc",
    facts: { reason: "\u009bd\u202ee", list: ["\u200bf"] },
    port: 1,
  };
  expect(JSON.parse(printableEntry(`${JSON.stringify(entry)}\n`))).toEqual({
    level: 30,
    msg: "a [2Jb c",
    facts: { reason: " de", list: ["f"] },
    port: 1,
  });
});

test("a long text is cut, and a stack keeps its lines", () => {
  const entry = { msg: "x".repeat(2_000), err: { stack: "Error: \u001b[31mx\n    at y" } };
  const { msg, err } = JSON.parse(printableEntry(JSON.stringify(entry)));
  expect(msg).toHaveLength(1_001);
  expect(err.stack).toBe("Error: [31mx\n at y");
});
