import { X509Certificate } from "node:crypto";
import type { Server } from "node:https";
import type { Logger } from "pino";
import { CertificateError } from "../certificates/certificate-source.ts";
import type { LiveCertificate } from "../certificates/live-certificate.ts";
import { type CertificateOrigin, openCertificate } from "../certificates/open-certificate.ts";
import { createHttps, type HttpsOptions } from "../transport/https.ts";
import { listenHttps, StartError } from "../transport/listen.ts";
import { machineNames } from "../transport/machine-names.ts";

/** What it takes to speak https. */
export interface HttpsWish {
  /** 0: any free port. */
  readonly port: number;
  readonly certificate: CertificateOrigin;
}

/** Who the tracker is for its certificate. */
interface Machine {
  readonly host: string;
  readonly publicUrl?: URL | undefined;
  readonly log: Logger;
}

/** Opens the certificate for https, if the tracker speaks it. Rejects with a `StartError`. */
export async function openHttpsCertificate(
  wish: HttpsWish | undefined,
  { host, publicUrl, log }: Machine,
): Promise<LiveCertificate | undefined> {
  if (wish === undefined) return undefined;
  try {
    return await openCertificate(wish.certificate, () => machineNames(host, publicUrl), log);
  } catch (error) {
    if (error instanceof CertificateError) throw new StartError(error.message);
    throw error;
  }
}

/** A server that does not listen yet, and what makes it listen, on a port that it returns. */
interface PreparedHttps {
  readonly server: Server;
  readonly listen: (address: string, port: number) => Promise<number>;
}

/** Prepares to listen for https; `http` must not listen yet. */
export function prepareHttps(
  certificate: LiveCertificate,
  shared: Omit<HttpsOptions, "certificate">,
): PreparedHttps {
  const server = createHttps({ ...shared, certificate: certificate.pair });
  certificate.onChange((pair) => server.setSecureContext(pair));
  return { server, listen: (address, port) => listenHttps(server, address, port) };
}

/** The SHA-256 fingerprint of the tracker's own authority, as people compare it. Undefined: it has none. */
export function fingerprintOf(certificate: LiveCertificate | undefined): string | undefined {
  const authority = certificate?.authority;
  return authority === undefined ? undefined : new X509Certificate(authority).fingerprint256;
}
