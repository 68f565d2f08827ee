import { readdirSync, readFileSync, statSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "#shared/base/random.ts";
import { corpusOf, startingInputs } from "./corpus.ts";
import { minimised } from "./minimise.ts";
import { mutated } from "./mutate.ts";
import { outcomeOf } from "./outcome.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { NOT_FUZZED } from "./unfuzzed.ts";
import { type Work, workCounter } from "./work.ts";

/** All files together. */
const MAX_CORPUS_BYTES = 200_000;

/** Steps of our own code that one byte of an input may cost. A loop over the input for each byte of it would take thousands. */
const MAX_STEPS_PER_BYTE = 600;
const MAX_BASE_STEPS = 200_000;

/** Long enough that twice the work for each byte would show. */
const LONG_BYTES = 8_192;

test("targets have names of their own", () => {
  expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length);
});

test.each(TARGETS)("$name accepts its seeds, and nothing in its corpus is a fault", async (target) => {
  for (const input of startingInputs(target)) await outcomeOf(target, input);
  const outcomes = await Promise.all(
    startingInputs(target)
      .slice(0, 1)
      .map((seed) => outcomeOf(target, seed)),
  );
  expect(outcomes.filter((outcome) => /Error: |^undefined$|not JSON/.test(outcome))).toEqual([]);
});

test.each(TARGETS)(
  "$name keeps its promises for any bytes, and for seeds that were changed",
  async (target) => {
    const pool = startingInputs(target);
    const almost = fc.nat().map((seed) => mutated(target, pool, seededRandom(seed)));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ arbitrary: almost, weight: 4 }, fc.uint8Array({ maxLength: 80 })),
        async (input) => {
          await outcomeOf(target, input);
        },
      ),
      { numRuns: target.isSlow ? 10 : 150 },
    );
  },
);

describe("work", () => {
  let work: Work;
  beforeAll(async () => {
    work = await workCounter();
    return () => work.close();
  });

  test.each(TARGETS.filter(({ isSlow }) => !isSlow))(
    "$name works no more than in proportion to its input",
    async (target) => {
      for (const [at, input] of longInputs(target).entries()) {
        const steps = await work.of(() => outcomeOf(target, input));
        expect(steps, `input ${at}`).toBeLessThan(MAX_BASE_STEPS + MAX_STEPS_PER_BYTE * input.length);
      }
    },
  );

  test("quadratic work is noticed", async () => {
    const quadratic = (input: Uint8Array): number => {
      let steps = 0;
      for (let one = 0; one < input.length; one++)
        for (const other of input) if (other === input[one]) steps += 1;
      return steps;
    };
    const steps = await work.of(async () => quadratic(new Uint8Array(LONG_BYTES)));
    expect(steps).toBeGreaterThan(MAX_BASE_STEPS + MAX_STEPS_PER_BYTE * LONG_BYTES);
  });
});

/** The first seed with a piece of it repeated until it is long: each piece of a few lengths, at a few places. */
function longInputs({ seeds, maxBytes = LONG_BYTES }: Target): readonly Uint8Array[] {
  const [first = ""] = seeds;
  const seed = typeof first === "string" ? new TextEncoder().encode(first) : first;
  const length = Math.min(LONG_BYTES, maxBytes);
  return [1, 2, 7, seed.length].map((part, at) => {
    const begin = Math.floor((seed.length - Math.min(part, seed.length)) * (at / 4));
    const piece = seed.subarray(begin, begin + part);
    const repeated = Uint8Array.from(
      { length: Math.max(0, length - seed.length) },
      (_, to) => piece[to % piece.length] ?? 0,
    );
    return Uint8Array.from([...seed.subarray(0, begin), ...repeated, ...seed.subarray(begin)]);
  });
}

test("the corpus stays small, and each of its files belongs to a target", () => {
  const folder = new URL("./corpus/", import.meta.url);
  const files = readdirSync(folder);
  expect(files.filter((file) => !TARGETS.some(({ name }) => file === `${name}.txt`))).toEqual([]);
  expect(files.reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0)).toBeLessThan(
    MAX_CORPUS_BYTES,
  );
  expect(TARGETS.flatMap(corpusOf).length).toBeGreaterThan(TARGETS.length);
});

test("an input with a fault is made short", async () => {
  const input = new TextEncoder().encode("some bytes, then the fault: X, and more bytes");
  const shortest = await minimised(input, async (shorter) => shorter.includes("X".charCodeAt(0)));
  expect(new TextDecoder().decode(shortest)).toBe("X");
});

const FOLDERS = ["shared", "signal-tracker", "headless-peer", "cli", "web/engine"];
const PARSER = /^export (?:async )?(?:function|const) ((?:parse|decode|read|scan)\w*)/gm;

test("every exported parser has a target or a reason why not", () => {
  const tables = ["peer", "tracker", "file", "daemon"].map((name) =>
    readFileSync(new URL(`./${name}-targets.ts`, import.meta.url), "utf8"),
  );
  const isUsed = (name: string): boolean => tables.some((text) => new RegExp(`\\b${name}\\b`).test(text));
  const found = FOLDERS.flatMap(sourceFiles).flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(PARSER)].map(([, name = ""]) => ({ path, name })),
  );
  expect(found.length).toBeGreaterThan(80);
  const open = found.filter(
    ({ path, name }) => !isUsed(name) && NOT_FUZZED[`${path}: ${name}`] === undefined,
  );
  expect(open.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  const known = found.map(({ path, name }) => `${path}: ${name}`);
  expect(Object.keys(NOT_FUZZED).filter((name) => !known.includes(name))).toEqual([]);
});

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test(-support)?\.tsx?$/.test(entry.name),
    )
    .map(({ parentPath, name }) => `${parentPath}/${name}`);
}
