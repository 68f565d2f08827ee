import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** What the page creates up to 4 GiB. */
export const PIECE_BYTES = 512 * KIB;

/** A file of random bytes; folders on its way are made. */
export async function randomFile(folder: string, path: string, bytes: number): Promise<string> {
  return writtenFile(folder, path, randomBytes(bytes));
}

export async function writtenFile(folder: string, path: string, content: string | Buffer): Promise<string> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, content);
  return whole;
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
