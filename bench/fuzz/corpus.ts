import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { binaryStringToBytes, bytesToBinaryString } from "#shared/base/bytes.ts";
import { bytesOf, type Target } from "./target.ts";

// A target's corpus is a text file: one input a line, as a JSON string with one character for each byte.

/** An input's name on the command line. */
export const inputId = (input: Uint8Array): string =>
  createHash("sha1").update(input).digest("hex").slice(0, 12);

/** The inputs to start from: a target's seeds, and what earlier runs have found. */
export function startingInputs(target: Target): readonly Uint8Array[] {
  return [...target.seeds.map(bytesOf), ...corpusOf(target)];
}

/** The inputs in a target's file. */
export function corpusOf({ name }: Pick<Target, "name">): readonly Uint8Array[] {
  const path = fileOf(name);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => parsedLine(line, path));
}

/** Adds an input to a target's file, unless it is there. */
export function keepInput(target: Pick<Target, "name">, input: Uint8Array): void {
  const id = inputId(input);
  if (!corpusOf(target).some((known) => inputId(known) === id))
    appendFileSync(fileOf(target.name), `${lineOf(input)}\n`);
}

const fileOf = (name: string): string => fileURLToPath(new URL(`./corpus/${name}.txt`, import.meta.url));

/** In ASCII, so that editors and diffs show it as it is. */
function lineOf(input: Uint8Array): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(bytesToBinaryString(input)).replaceAll(/[\x7f-\xff]/g, escaped);
}

function parsedLine(line: string, path: string): Uint8Array {
  const input = binaryStringToBytes(JSON.parse(line));
  if (input === undefined) throw new Error(`${path} has a line with a character that is no byte: ${line}`);
  return input;
}
