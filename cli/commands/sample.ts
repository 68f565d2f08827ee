import { randomInt } from "node:crypto";
import { Command, InvalidArgumentError } from "commander";
import { MAX_SAMPLE_BYTES, MAX_SAMPLE_FILES, writeSamples } from "#headless-peer/sources/sample-files.ts";
import { printable } from "#shared/base/printable.ts";
import { parseBytes } from "../flags/byte-flags.ts";
import type { LogFlags } from "../flags/log.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { formatBytes, plural } from "../show/format.ts";
import { showProgress } from "../show/progress.ts";

interface SampleFlags extends LogFlags {
  readonly files: number;
  readonly size: number;
  readonly out: string;
  readonly seed?: number;
}

const SEEDS = 2 ** 32;

/** `tabswarm sample`: writes random files to try things out with. */
export function sampleCommand(): Command {
  const command = new Command("sample")
    .description("write files of random bytes to try things out with")
    .requiredOption("--files <number>", `how many files, at most ${MAX_SAMPLE_FILES}`, parseFiles)
    .requiredOption(
      "--size <bytes>",
      "size of each file: 1500, 10M, 2G; K, M, G and T are powers of 1000",
      parseSize,
    )
    .requiredOption("--out <folder>", "folder to write into; created if it is missing")
    .option("--seed <number>", "the same number gives the same files, on every machine", parseSeed);
  return withCommonFlags(command).action(sample);
}

async function sample(flags: SampleFlags): Promise<void> {
  await runOnce("sample", flags, async ({ log }) => {
    const { files, size: bytes, out: folder, seed = randomInt(SEEDS) } = flags;
    const progress = showProgress({ verb: "Writing", name: folder, bytesTotal: files * bytes }, flags.json);
    try {
      await writeSamples({ folder, count: files, bytes, seed }, progress.add);
    } finally {
      progress.end();
    }
    log.info({ folder, files, bytes, seed }, "samples written");
    if (flags.json) console.log(JSON.stringify({ type: "sampled", folder, files, bytes, seed }));
    else {
      const what = `${plural(files, "file", "files")} of ${formatBytes(bytes)}${files === 1 ? "" : " each"}`;
      console.log(`Wrote ${what} into ${printable(folder)}, seed ${seed}`);
    }
  });
}

function parseFiles(text: string): number {
  const files = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (files >= 1 && files <= MAX_SAMPLE_FILES) return files;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_SAMPLE_FILES}.`);
}

function parseSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes <= MAX_SAMPLE_BYTES) return bytes;
  throw new InvalidArgumentError("A file in a torrent has at most 64 TiB.");
}

function parseSeed(text: string): number {
  const seed = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}
