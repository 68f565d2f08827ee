import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What to do if certutil is missing. */
export const NO_CERTUTIL =
  "certutil is not installed, so no browser learns to trust a tracker. Install libnss3-tools, or set CERTUTIL_PATH.";

/** The command that fills the database in which Chromium on Linux finds the authorities to trust. Undefined: it is not installed. */
export function findCertutil(): string | undefined {
  const named = process.env["CERTUTIL_PATH"] || "certutil";
  return spawnSync(named, ["-H"]).error === undefined ? named : undefined;
}

/** Makes a home folder whose Chromium trusts this authority (in PEM), and no other beside the usual ones. */
export async function homeThatTrusts(authority: string, home: string): Promise<void> {
  const certutil = findCertutil();
  if (certutil === undefined) throw new Error(NO_CERTUTIL);
  const database = join(home, ".pki", "nssdb");
  await mkdir(database, { recursive: true });
  const file = join(home, "ca.crt");
  await writeFile(file, authority);
  for (const words of [
    ["-N", "--empty-password"],
    ["-A", "-t", "C,,", "-n", "Tabswarm", "-i", file],
  ]) {
    const { status, stderr } = spawnSync(certutil, ["-d", `sql:${database}`, ...words], { encoding: "utf8" });
    if (status !== 0) throw new Error(`certutil failed: ${stderr}`);
  }
}
