import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { jsonLines, testedTabswarm } from "../command.test-support.ts";

const temporaryFolder = temporaryFolders();
const installed = testedTabswarm();

vi.setConfig({ testTimeout: 30_000 }); // Processes start slowly on a busy machine.

test("files are written, and the seed that it drew writes the same ones again", async () => {
  const cwd = await temporaryFolder();
  const args = ["sample", "--files", "2", "--size", "10k", "--out"];
  const { code, out, err } = await installed.run([...args, "one"], { cwd });
  expect([code, err]).toEqual([0, "Writing one (20.0 kB)\n"]);
  const seed = /^Wrote 2 files of 10\.0 kB each into one, seed (\d+)\n$/.exec(out)?.[1] ?? "";
  const again = await installed.run([...args, "two", "--seed", seed, "--json"], { cwd });
  expect(jsonLines(again.out)).toEqual([
    { type: "progress", name: "two", bytesDone: 0, bytesTotal: 20_000 },
    { type: "sampled", folder: "two", files: 2, bytes: 10_000, seed: Number(seed) },
  ]);
  const names = await readdir(join(cwd, "one"));
  expect(names).toEqual(["sample-000001.bin", "sample-000002.bin"]);
  for (const name of names) {
    const content = await readFile(join(cwd, "one", name));
    expect(content).toHaveLength(10_000);
    expect(content.equals(await readFile(join(cwd, "two", name)))).toBe(true);
  }
});

test("it fails rather than overwrite a file", async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "sample-000001.bin"), "mine");
  const { code, err } = await installed.run(["sample", "--files", "1", "--size", "1", "--out", "."], { cwd });
  expect([code, err]).toEqual([1, expect.stringContaining("sample-000001.bin exists already.")]);
  expect(await readFile(join(cwd, "sample-000001.bin"), "utf8")).toBe("mine");
});

test("it fails when the disk has too little room", async () => {
  const args = ["sample", "--files", "100000", "--size", "60T", "--out", await temporaryFolder()];
  const { code, err } = await installed.run(args);
  expect([code, err]).toEqual([1, expect.stringMatching(/has room for \d+ MB, and the files need/)]);
});

test.each([
  [["--files", "0"], "a whole number from 1 to 100000"],
  [["--files", "100001"], "a whole number from 1 to 100000"],
  [["--files", "1.5"], "a whole number from 1 to 100000"],
  [["--size", "10MB"], "It must look like 1500, 10M or 2G."],
  [["--size", "71T"], "at most 64 TiB"],
  [["--seed", "x"], "a whole number, 0 or more"],
  [["--out"], "argument missing"],
])("%j is wrong usage, and the message says why", async (args, message) => {
  const right = ["--files", "1", "--size", "1", "--out", "never"];
  const { code, out, err } = await installed.run(["sample", ...right, ...args]);
  expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
});

test.each(["--files", "--size", "--out"])("%s is required", async (flag) => {
  const flags = [
    ["--files", "1"],
    ["--size", "1"],
    ["--out", "never"],
  ].filter(([name]) => name !== flag);
  const { code, err } = await installed.run(["sample", ...flags.flat()]);
  expect([code, err]).toEqual([2, expect.stringContaining(`required option '${flag}`)]);
});

test("help says what the units are", async () => {
  const { out } = await installed.run(["sample", "--help"]);
  expect(out.replace(/\s+/g, " ")).toContain("K, M, G and T are powers of 1000");
});
