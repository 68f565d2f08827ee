import type { Logger } from "pino";
import { dataFolderProblem } from "#disk/data-folder-problem.ts";
import { makeFolder } from "#disk/make-folder.ts";
import { CertificateError, type CertificateSource } from "./certificate-source.ts";
import { LiveCertificate } from "./live-certificate.ts";
import { ownCertificate } from "./own-certificate.ts";
import type { MachineNames } from "./scope.ts";

/** Where the certificate comes from. */
export type CertificateOrigin =
  /** The operator's own, in two files in PEM. */
  | { readonly certFile: string; readonly keyFile: string }
  /** The machine's own authority, kept in a folder. */
  | { readonly folder: string };

/** Opens the certificate for https. Rejects with a `CertificateError`. */
export async function openCertificate(
  origin: CertificateOrigin,
  machine: () => MachineNames,
  log: Logger,
): Promise<LiveCertificate> {
  const now = (): Date => new Date();
  return LiveCertificate.open(await sourceOf(origin, machine, now, log), { now, log });
}

async function sourceOf(
  origin: CertificateOrigin,
  machine: () => MachineNames,
  now: () => Date,
  log: Logger,
): Promise<CertificateSource> {
  if ("certFile" in origin) return ownCertificate(origin.certFile, origin.keyFile);
  const { folder } = origin;
  try {
    makeFolder(folder);
  } catch (error) {
    throw new CertificateError(dataFolderProblem(error));
  }
  // Only now, because it takes a tenth of a second to load.
  const { localCertificate } = await import("./local-certificate.ts");
  return localCertificate({ folder, machine, now, log });
}
