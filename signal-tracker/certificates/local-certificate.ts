import "reflect-metadata"; // @peculiar/x509 needs it.
import { X509Certificate as NodeCertificate } from "node:crypto";
import { join } from "node:path";
import { X509Certificate } from "@peculiar/x509";
import type { Logger } from "pino";
import { issueCertificate, makeAuthority, renewAuthority } from "./authority.ts";
import {
  CertificateError,
  type CertificateSource,
  DAY_MILLIS,
  type KeyPair,
  requireUsable,
  validityOf,
} from "./certificate-source.ts";
import { readKept, writeKept } from "./kept-files.ts";
import { type MachineNames, withinScope } from "./scope.ts";

/** A certificate is renewed this long before it ends, so that a tracker that was off for some weeks is up to date. */
const RENEW_CERTIFICATE_MILLIS = 30 * DAY_MILLIS;
/** An authority is renewed while people still trust the old one, and have a year for the new one. */
const RENEW_AUTHORITY_MILLIS = 400 * DAY_MILLIS;
/** Names and addresses in one certificate: more than a machine has, and a handshake of a few kilobytes. */
const MAX_NAMES = 100;

/** What a local certificate needs. */
export interface LocalOptions {
  /** Where the keys and certificates are kept. It exists. */
  readonly folder: string;
  /** What the machine is called now. */
  readonly machine: () => MachineNames;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Names that certificates can hold (RFC 5280 section 4.2.1.6); the underscore is there because some machines have one all the same. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/**
 * A certificate of the machine's own authority for all its names and addresses. Both are made once, kept, and made anew when
 * they run out or the machine has other names or addresses.
 */
export async function localCertificate(options: LocalOptions): Promise<CertificateSource> {
  let authority = await openAuthority(options);
  let leftOut = "";

  const machineInScope = (): MachineNames => {
    const machine = bounded(options.machine());
    const inScope = withinScope(new X509Certificate(authority.cert), machine);
    const outside = [...machine.names, ...machine.addresses].filter(
      (name) => !inScope.names.includes(name) && !inScope.addresses.includes(name),
    );
    if (outside.length > 0 && outside.join() !== leftOut) {
      options.log.warn(
        { leftOut: outside },
        "the certificate leaves out names that this machine did not have when its authority was made; delete ca.crt and ca.key to make a new one, which everybody has to trust anew",
      );
    }
    leftOut = outside.join();
    return inScope;
  };

  return {
    authority: () => authority.cert,
    async current() {
      authority = await renewedAuthority(options, authority);
      const machine = machineInScope();
      const { key, cert } = await readKept(options.folder, "https");
      if (key !== undefined && cert !== undefined) {
        if (isCurrent({ key, cert }, authority, machine, options.now())) return { key, cert };
      }
      const pair = await issueCertificate(authority, machine, options.now());
      await writeKept(options.folder, "https", pair);
      options.log.info({ ...machine, expires: validityOf(pair.cert).to }, "made a certificate for https");
      return pair;
    },
  };
}

async function openAuthority({ folder, machine, now, log }: LocalOptions): Promise<KeyPair> {
  const { key, cert } = await readKept(folder, "ca");
  const [keyFile, certFile] = [join(folder, "ca.key"), join(folder, "ca.crt")];
  if (cert !== undefined) {
    if (key === undefined) {
      throw new CertificateError(
        `${keyFile} is missing. Restore it, or delete ${certFile} too, to make both anew; then everybody has to trust the new one.`,
      );
    }
    requireUsable({ key, cert }, keyFile, certFile);
    return { key, cert };
  }
  const made = await makeAuthority(bounded(machine()), now());
  await writeKept(folder, "ca", made);
  log.info({ certFile }, "made a certificate authority for this machine");
  return made;
}

async function renewedAuthority({ folder, now, log }: LocalOptions, old: KeyPair): Promise<KeyPair> {
  if (isValid(old.cert, now(), RENEW_AUTHORITY_MILLIS)) return old;
  const renewed = await renewAuthority(old, now());
  await writeKept(folder, "ca", renewed);
  const { to } = validityOf(old.cert);
  log.warn(
    { oldExpires: to },
    "renewed the certificate authority; everybody has to trust the new one before the old one expires",
  );
  return renewed;
}

function isCurrent({ key, cert }: KeyPair, authority: KeyPair, machine: MachineNames, now: Date): boolean {
  try {
    requireUsable({ key, cert }, "", "");
  } catch (error) {
    if (error instanceof CertificateError) return false;
    throw error;
  }
  const certificate = new NodeCertificate(cert);
  return (
    isValid(cert, now, RENEW_CERTIFICATE_MILLIS) &&
    certificate.verify(new NodeCertificate(authority.cert).publicKey) &&
    machine.names.every((name) => certificate.checkHost(name) !== undefined) &&
    machine.addresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

function isValid(cert: string, now: Date, marginMillis: number): boolean {
  const { from, to } = validityOf(cert);
  return from <= now && to.getTime() > now.getTime() + marginMillis;
}

function bounded({ names, addresses }: MachineNames): MachineNames {
  const usable = [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => HOST_NAME.test(name));
  return {
    names: usable.slice(0, MAX_NAMES / 2),
    addresses: [...new Set(addresses)].slice(0, MAX_NAMES / 2),
  };
}
