import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "#disk/new-file.ts";
import { messageOf } from "#shared/base/errors.ts";
import { CertificateError, type KeyPair } from "./certificate-source.ts";

/** Reads `<name>.key` and `<name>.crt`; each is undefined if it is missing. Rejects with a `CertificateError`. */
export async function readKept(folder: string, name: string): Promise<Partial<KeyPair>> {
  const keyFile = join(folder, `${name}.key`);
  const key = await readIfThere(keyFile);
  const cert = await readIfThere(join(folder, `${name}.crt`));
  if (key !== undefined) await keepPrivate(keyFile);
  return { ...(key !== undefined && { key }), ...(cert !== undefined && { cert }) };
}

/** Keeps both, whatever happens in the middle. Only their owner can read the key. */
export async function writeKept(folder: string, name: string, { key, cert }: KeyPair): Promise<void> {
  await replace(join(folder, `${name}.key`), key, 0o600);
  await replace(join(folder, `${name}.crt`), cert, 0o644);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) throw new Error("it is not a file");
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw asCertificateError(file, error);
  }
}

/** A copy or a restored backup may have come with another mode. */
async function keepPrivate(file: string): Promise<void> {
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600).catch(() => {});
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (error) {
    throw asCertificateError(file, error);
  }
}

function asCertificateError(file: string, error: unknown): CertificateError {
  const problem = messageOf(error);
  return new CertificateError(`${file} cannot be used: ${problem}.`);
}
