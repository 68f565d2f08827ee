import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { messageOf } from "#shared/base/errors.ts";

export const DAY_MILLIS = 24 * 60 * 60 * 1_000;

/** A private key and its certificate, followed by those that vouch for it, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Certificates cannot be had from these files. The message says what to do. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** Where the tracker's certificate comes from. */
export interface CertificateSource {
  /** The authority that people have to trust, in PEM. Undefined: the operator has a certificate of their own. */
  readonly authority: () => string | undefined;
  /** The key and the certificates to serve now; made or read anew if necessary. Rejects with a `CertificateError`. */
  readonly current: () => Promise<KeyPair>;
}

/** Throws a `CertificateError` unless a TLS server can use them. */
export function requireUsable({ key, cert }: KeyPair, keyFile: string, certFile: string): void {
  try {
    // A context may lack either, so an empty file, as one is that somebody is just writing, would do for it.
    new X509Certificate(cert);
    createPrivateKey(key);
    createSecureContext({ key, cert });
  } catch (error) {
    const problem = messageOf(error);
    throw new CertificateError(
      `${certFile} and ${keyFile} are not a certificate and its private key in PEM, without a passphrase (${problem}).`,
    );
  }
}

/** When a certificate (the first, in PEM) begins and stops to be valid. */
export function validityOf(cert: string): { readonly from: Date; readonly to: Date } {
  const { validFrom, validTo } = new X509Certificate(cert);
  return { from: new Date(validFrom), to: new Date(validTo) };
}
