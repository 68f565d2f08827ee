import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { targetPaths } from "#headless-peer/files/target-paths.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";

/** The text for `--out` that means standard output. */
export const STANDARD_OUTPUT = "-";

/** One file of a download for standard output: pieces arrive in any order, so a temporary folder holds it until it is complete. */
export class OneFileOut {
  readonly folder: string;
  #path: string | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<OneFileOut> {
    return new OneFileOut(await mkdtemp(join(tmpdir(), "tabswarm-")));
  }

  /** Which file it is, once the metadata is known. Throws a `UsageError` unless exactly one is selected. */
  chosen(infoHash: InfoHash, info: Info, selected: readonly number[] | undefined): void {
    const files = selected ?? info.files.flatMap((file, at) => (isContent(file) ? [at] : []));
    const [only, ...others] = files;
    if (only === undefined || others.length > 0)
      throw new UsageError(
        "notOneFile",
        `Only one file fits into standard output, and this is ${files.length.toLocaleString("en")}. Choose one with --select, or name a folder with --out.`,
      );
    this.#path = join(this.folder, targetPaths({ info, infoHash }).finals[only] ?? "");
  }

  /** Writes the complete file. Rejects with the error of the file or of the output. */
  async write(output: NodeJS.WritableStream): Promise<void> {
    if (this.#path === undefined) throw new Error("no file was chosen");
    await pipeline(createReadStream(this.#path), output, { end: false });
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
