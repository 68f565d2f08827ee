import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { pieceLengthFor } from "#shared/meta/create.ts";

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** The default piece length of torrents of less than 32 MiB. */
export const PIECE_BYTES = 64 * KIB;

/** Writes a file of random bytes and creates its folders. */
export async function randomFile(folder: string, path: string, bytes: number): Promise<string> {
  return writtenFile(folder, path, randomBytes(bytes));
}

export async function writtenFile(folder: string, path: string, content: string | Buffer): Promise<string> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, content);
  return whole;
}

/** Makes a .torrent (BEP 3) for a file as the page does, so that it has the same info-hash. */
export async function torrentOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const name = basename(path);
  const pieceBytes = pieceLengthFor(bytes.length);
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    hashes.push(
      createHash("sha1")
        .update(bytes.subarray(at, at + pieceBytes))
        .digest(),
    );
  return Buffer.concat([
    Buffer.from(`d4:infod6:lengthi${bytes.length}e4:name${Buffer.byteLength(name)}:${name}`),
    Buffer.from(`12:piece lengthi${pieceBytes}e6:pieces${20 * hashes.length}:`),
    ...hashes,
    Buffer.from("ee"),
  ]);
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** The SHA-256 of each file below a folder, by its relative path. */
export async function sha256Below(folder: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) sums[relative(folder, path)] = await sha256(path);
  }
  return sums;
}
