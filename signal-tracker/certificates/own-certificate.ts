import { readFile, stat } from "node:fs/promises";
import { messageOf } from "#shared/base/errors.ts";
import { CertificateError, type CertificateSource, requireUsable } from "./certificate-source.ts";

/** Bytes of a file with a key or a chain of certificates: a hundred times what is usual. */
const MAX_PEM_BYTES = 1024 * 1024;

/** The operator's own certificate (with its chain) and key: two files in PEM, which may change at any time. */
export function ownCertificate(certFile: string, keyFile: string): CertificateSource {
  return {
    authority: () => undefined,
    async current() {
      const pair = { cert: await readPem(certFile), key: await readPem(keyFile) };
      requireUsable(pair, keyFile, certFile);
      return pair;
    },
  };
}

async function readPem(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    if (!stats.isFile() || stats.size > MAX_PEM_BYTES) throw new Error("it is not a PEM file");
    return await readFile(file, "utf8");
  } catch (error) {
    const problem = messageOf(error);
    throw new CertificateError(`${file} cannot be read: ${problem}.`);
  }
}
