import "reflect-metadata"; // @peculiar/x509 needs it.
import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  type X509CertificateCreateParamsName,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { DAY_MILLIS, type KeyPair } from "./certificate-source.ts";
import { type MachineNames, scopeOf } from "./scope.ts";

/** An authority lasts longer than most devices: whoever trusts it must trust the next one by hand. */
const AUTHORITY_DAYS = 3_650;
/** Safari refuses more than 825 days, and public authorities stop at 398. */
const CERTIFICATE_DAYS = 397;
/** How many of those days lie before now: not all clocks on a LAN are right. */
const BACKDATED_DAYS = 1;

/** Small, quick to make and to sign with, and known to every browser that has WebRTC. */
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE_ALGORITHM = { name: "ECDSA", hash: "SHA-256" };
/** RFC 5280 appendix A.1. */
const MAX_COMMON_NAME_CHARACTERS = 64;

/** Makes a certificate authority that may vouch for this machine only. */
export async function makeAuthority(machine: MachineNames, now: Date): Promise<KeyPair> {
  const keys = await newKeys();
  // Two of one name would confuse browsers, for example after somebody has deleted the first.
  const name = nameOf(machine, ` ${randomBytes(4).toString("hex")}`);
  return sign(keys, {
    subject: name,
    issuer: name,
    signingKey: keys.privateKey,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      scopeOf(machine),
    ],
  });
}

/** Renews an authority: while the old certificate lasts, whoever trusts it also trusts what the new one signs. */
export async function renewAuthority({ key, cert }: KeyPair, now: Date): Promise<KeyPair> {
  const keys = await keysFrom(key);
  const { subjectName: subject, issuerName: issuer, extensions } = new X509Certificate(cert);
  const signingKey = keys.privateKey;
  return sign(keys, { subject, issuer, signingKey, ...validity(now, AUTHORITY_DAYS), extensions });
}

/** Makes a certificate for the machine, which must be within what the authority may vouch for. */
export async function issueCertificate(
  authority: KeyPair,
  machine: MachineNames,
  now: Date,
): Promise<KeyPair> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.cert);
  const { notBefore, notAfter } = validity(now, CERTIFICATE_DAYS);
  return sign(keys, {
    subject: nameOf(machine),
    issuer: issuer.subjectName,
    signingKey: (await keysFrom(authority.key)).privateKey,
    notBefore,
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...machine.names.map((value) => ({ type: "dns", value }) as const),
        ...machine.addresses.map((value) => ({ type: "ip", value }) as const),
      ]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
      await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
    ],
  });
}

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

interface Keys {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

interface Statement {
  readonly subject: X509CertificateCreateParamsName;
  readonly issuer: X509CertificateCreateParamsName;
  readonly signingKey: CryptoKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: Extension[];
}

async function sign({ publicKey, privateKey }: Keys, statement: Statement): Promise<KeyPair> {
  const params = { ...statement, publicKey, signingAlgorithm: SIGNATURE_ALGORITHM };
  const certificate = await X509CertificateGenerator.create(params, crypto);
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", privateKey);
  return {
    key: `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
    cert: `${certificate.toString("pem")}\n`,
  };
}

async function newKeys(): Promise<Keys> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  if (!("publicKey" in keys)) throw new Error("ECDSA has pairs of keys");
  return keys;
}

async function keysFrom(pem: string): Promise<Keys> {
  const spki = createPublicKey(pem).export({ type: "spki", format: "der" });
  const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return {
    publicKey: await crypto.subtle.importKey("spki", spki, KEY_ALGORITHM, true, ["verify"]),
    privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, KEY_ALGORITHM, true, ["sign"]),
  };
}

function validity(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const start = now.getTime() - BACKDATED_DAYS * DAY_MILLIS;
  return { notBefore: new Date(start), notAfter: new Date(start + days * DAY_MILLIS) };
}

function nameOf({ names, addresses }: MachineNames, end = ""): X509CertificateCreateParamsName {
  const text = `Tabswarm on ${names[0] ?? addresses[0]}`;
  return [{ O: ["Tabswarm"] }, { CN: [text.slice(0, MAX_COMMON_NAME_CHARACTERS - end.length) + end] }];
}
