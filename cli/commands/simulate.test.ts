import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { jsonLines, testedTabswarm } from "../command.test-support.ts";

const temporaryFolder = temporaryFolders();
const installed = testedTabswarm();

vi.setConfig({ testTimeout: 30_000 }); // Processes start slowly on a busy machine.

test("it says what it simulates, what goes wrong and how it went, and the seed gives the same run again", async () => {
  const args = ["simulate", "--peers", "4", "--pieces", "20", "--faults", "linksLost,sleeps"];
  const { code, out } = await installed.run(args);
  expect(code).toBe(0);
  expect(out).toContain("4 of 4 have everything");
  const [setup, faults] = out.split("\n");
  expect(setup).toMatch(/^Seed \d+: /); // Both before anything can fail.
  expect(faults).toMatch(/^Faults a minute, for 60 s: links break [\d.]+, peers sleep [\d.]+\.$/);
  const [, seed = ""] = /^Seed (\d+): /m.exec(out) ?? [];
  const [, hash = ""] = /^Trace ([0-9a-f]{16}),/m.exec(out) ?? [];
  const again = await installed.run([...args, "--seed", seed, "--json"]);
  const lines = jsonLines(again.out);
  const rates = { linksLost: expect.any(Number), sleeps: expect.any(Number), pauses: 0 };
  expect(lines[0]).toMatchObject({ type: "simulating", seed: Number(seed), faults: rates });
  expect(lines.at(-1)).toMatchObject({ type: "simulated", seed: Number(seed), hash });
});

test("a report is written, or the message says why it cannot be", async () => {
  const cwd = await temporaryFolder();
  const args = ["simulate", "--peers", "2", "--pieces", "4", "--report"];
  const { out } = await installed.run([...args, "swarm.html"], { cwd });
  expect(out).toContain("The report is in swarm.html");
  expect(await readFile(join(cwd, "swarm.html"), "utf8")).toContain("A swarm of 2 leechers");
  const { code, err } = await installed.run([...args, "nowhere/swarm.html"], { cwd });
  expect([code, err]).toEqual([1, expect.stringContaining("The report cannot be written")]);
});

test("a scenario compares its figures with what they should be", async () => {
  const { code, out } = await installed.run(["simulate", "--scenario", "poisoners", "--seed", "1"]);
  expect(code).toBe(0);
  expect(out).toContain("✓ leechers that complete: 100.0 % (at least 100.0 %)");
});

test.each([
  [["--peers", "0"], "a whole number from 1 to 2000"],
  [["--pieces", "9000"], "a whole number from 1 to 8192"],
  [["--piece-length", "100000"], "a power of two"],
  [["--rate-up", "fast"], "a number of bytes a second"],
  [["--faults", "rain"], "all, none, or some of linksLost"],
  [["--scenario", "doom"], "one of ten, hundred"],
  [["--seed", "4294967296"], "a whole number from 0 to 4294967295"],
])("%j is wrong usage, and the message says why", async (args, message) => {
  const { code, out, err } = await installed.run(["simulate", ...args]);
  expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
});

test("a swarm that would take hours is refused", async () => {
  const { code, err } = await installed.run(["simulate", "--peers", "2000", "--pieces", "8000"]);
  expect([code, err]).toEqual([1, expect.stringContaining("That takes hours.")]);
});
