import { expect, test } from "vitest";
import { parseStat } from "./processes.ts";

test("processor time includes a process and its ended children, whatever the process's name", () => {
  const stat = "4711 (a b) c) S 4242 4711 1 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 17 0 5555 1 2 3";
  expect(parseStat(stat)).toEqual({ pid: 4711, parent: 4242, cpuSeconds: 2.5 });
});
