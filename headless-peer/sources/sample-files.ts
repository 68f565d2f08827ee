import { type Cipher, createCipheriv, createHash } from "node:crypto";
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#disk/make-folder.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { MAX_TOTAL_BYTES } from "#shared/meta/layout.ts";
import { errorCode, onDisk } from "../files/disk-error.ts";
import { takenError } from "./new-file.ts";

/** Files of random bytes, to try things out with. */
export interface Samples {
  readonly folder: string;
  readonly count: number;
  /** Of each file. */
  readonly bytes: number;
  /** The same seed gives the same files, on every machine. */
  readonly seed: number;
}

/** Many file managers hang on a folder with more. */
export const MAX_SAMPLE_FILES = 100_000;

/** As large as the largest torrent that we accept. */
export const MAX_SAMPLE_BYTES = MAX_TOTAL_BYTES;

const WRITE_BYTES = 1024 * 1024;
const ZEROS = new Uint8Array(WRITE_BYTES);
const NAME_DIGITS = 6; // As many as `MAX_SAMPLE_FILES` has, so that names sort by number.

/**
 * Writes `sample-000001.bin` and so on, and calls `written` with the bytes as it goes. Rejects with a `StorageError` when a
 * file of such a name exists, or there is no room; it removes an unfinished file and keeps those before it.
 */
export async function writeSamples(samples: Samples, written: (bytes: number) => void): Promise<void> {
  const { folder, count } = samples;
  await onDisk(folder, async () => makeFolder(folder));
  await refuseTooLarge(samples);
  for (let number = 1; number <= count; number++) await writeSample(samples, number, written);
}

/** Checks before the disk is full, not after. */
async function refuseTooLarge({ folder, count, bytes }: Samples): Promise<void> {
  const { bavail, bsize } = await onDisk(folder, () => statfs(folder));
  const freeMegabytes = Math.floor((bavail * bsize) / 1e6);
  const neededMegabytes = Math.ceil((count * bytes) / 1e6);
  if (neededMegabytes <= freeMegabytes) return;
  throw new StorageError(
    `${folder} has room for ${freeMegabytes} MB, and the files need ${neededMegabytes} MB. Make room, or choose another folder.`,
  );
}

async function writeSample(
  samples: Samples,
  number: number,
  written: (bytes: number) => void,
): Promise<void> {
  const { folder, bytes, seed } = samples;
  const path = join(folder, `sample-${String(number).padStart(NAME_DIGITS, "0")}.bin`);
  const handle = await onDisk(path, () => openNew(path));
  try {
    await onDisk(path, () => writeRandom(handle, bytes, randomStream(seed, number), written));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch (error) {
    throw errorCode(error) === "EEXIST" ? takenError(path) : error;
  }
}

async function writeRandom(
  handle: FileHandle,
  bytes: number,
  stream: Cipher,
  written: (bytes: number) => void,
): Promise<void> {
  for (let left = bytes; left > 0; ) {
    const chunk = stream.update(ZEROS.subarray(0, Math.min(left, WRITE_BYTES)));
    await handle.writeFile(chunk);
    left -= chunk.length;
    written(chunk.length);
  }
}

/** AES in counter mode over zeros: random enough here, and as fast as the processor's own AES. */
function randomStream(seed: number, number: number): Cipher {
  const key = createHash("sha256").update(`tabswarm sample ${seed} ${number}`).digest();
  return createCipheriv("aes-256-ctr", key, new Uint8Array(16));
}
