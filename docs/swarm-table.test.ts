import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Measure } from "../shared/sim/swarm/scenario.ts";
import { withFreshFigures } from "./swarm-table.ts";

const text = readFileSync("docs/swarm.md", "utf8");

test("docs/swarm.md has a row for every figure of every scenario, with its bar: npm run docs:swarm renews them", () => {
  expect(withFreshFigures(text, new Map())).toBe(text);
});

test("fresh rows show the median and the worst of all seeds, and how many met the bar", () => {
  const measured = (last: number, done: number): readonly Measure[] => [
    { what: "last", value: last, unit: "times", bar: { atMost: 1.25 } },
    { what: "done", value: done, unit: "share", bar: { atLeast: 1 } },
    { what: "none", value: undefined, unit: "count", bar: { atMost: 5 } },
    { what: "told", value: last, unit: "seconds", bar: undefined },
  ];
  const runs = [measured(1.3, 1), measured(1.1, 0.9), measured(1.2, 1)];
  const rows = withFreshFigures(text, new Map([["ten", runs]])).split("\n");
  const at = rows.findIndex((row) => row.startsWith("| `ten`"));
  const cells = rows.slice(at, at + 4).map((row) =>
    row
      .split("|")
      .slice(2, -1)
      .map((cell) => cell.trim()),
  );
  expect(cells).toEqual([
    ["last", "1.20", "1.30", "at most 1.25", "2 of 3"],
    ["done", "100.0 %", "90.0 %", "at least 100.0 %", "2 of 3"],
    ["none", "none", "none", "at most 5", "no"],
    ["told", "1.20 s", "", "", ""],
  ]);
  expect(rows[at + 4]).toMatch(/^\| `hundred`/);
});
