import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { issueCertificate } from "./authority.ts";
import { CertificateError, type CertificateSource, DAY_MILLIS, type KeyPair } from "./certificate-source.ts";
import { localCertificate } from "./local-certificate.ts";
import type { MachineNames } from "./scope.ts";

const TODAY = new Date();
const MACHINE: MachineNames = {
  names: ["Office-PC", "office-pc.local", "localhost"],
  addresses: ["192.168.1.5", "2001:db8::5", "127.0.0.1"],
};

let folder: string;
let warnings: Record<string, unknown>[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-certificates-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const inFolder = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
const afterDays = (days: number): Date => new Date(TODAY.getTime() + days * DAY_MILLIS);

function open(now = TODAY, machine = MACHINE): Promise<CertificateSource> {
  const log = pino({ level: "warn" }, { write: (line: string) => warnings.push(JSON.parse(line)) });
  return localCertificate({ folder, machine: () => machine, now: () => now, log });
}

/** Whether a client that trusts only `ca` connects to a server with this certificate at `host`. The reason if it does not. */
async function trusts(ca: string, { key, cert }: KeyPair, host: string): Promise<true | string> {
  const server = createServer({ key, cert }, (socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    host: "127.0.0.1",
    port,
    ca,
    ...(/^[\d.]+$/.test(host) ? {} : { servername: host }),
  });
  try {
    await once(socket, "secureConnect");
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    socket.destroy();
    server.close();
  }
}

test("one authority and one certificate for all names and addresses are made once and kept", async () => {
  const source = await open();
  const pair = await source.current();
  const { subjectAltName, ca } = new X509Certificate(pair.cert);
  expect(subjectAltName?.split(", ")).toEqual([
    "DNS:office-pc",
    "DNS:office-pc.local",
    "DNS:localhost",
    "IP Address:192.168.1.5",
    "IP Address:2001:DB8:0:0:0:0:0:5",
    "IP Address:127.0.0.1",
  ]);
  expect(ca).toBe(false);
  expect(await trusts(source.authority() ?? "", pair, "office-pc")).toBe(true);
  expect(await trusts(source.authority() ?? "", pair, "127.0.0.1")).toBe(true);

  const again = await open(afterDays(300));
  expect(again.authority()).toBe(source.authority());
  expect(await again.current()).toEqual(pair);
});

test("only their owner can read the keys, even after somebody has copied them carelessly", async () => {
  await (await open()).current();
  const modes = async () =>
    Promise.all(["ca.key", "https.key"].map(async (name) => (await stat(join(folder, name))).mode & 0o777));
  expect(await modes()).toEqual([0o600, 0o600]);
  for (const name of ["ca.key", "https.key"]) await chmod(join(folder, name), 0o644);
  await (await open()).current();
  expect(await modes()).toEqual([0o600, 0o600]);
});

test("no browser finds the certificate valid for too long, or not yet valid", async () => {
  const { cert } = await (await open()).current();
  const { validFrom, validTo } = new X509Certificate(cert);
  const days = (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MILLIS;
  expect(days).toBeLessThanOrEqual(398);
  expect(Date.parse(validFrom)).toBeLessThan(TODAY.getTime() - DAY_MILLIS / 2);
});

describe("the authority cannot vouch for", () => {
  test.each([
    ["a site on the internet", { names: ["bank.example.com"], addresses: [] }, "bank.example.com"],
    ["an address on the internet", { names: [], addresses: ["127.0.0.1", "8.8.8.8"] }, "127.0.0.1"],
    ["a machine that is only called similarly", { names: ["xoffice-pc"], addresses: [] }, "xoffice-pc"],
  ])("%s", async (_what, machine, host) => {
    const source = await open();
    const authority = { key: await inFolder("ca.key"), cert: await inFolder("ca.crt") };
    const forged = await issueCertificate(authority, machine, TODAY);
    expect(await trusts(source.authority() ?? "", forged, host)).toBe("permitted subtree violation");
  });
});

test("a certificate that runs out is renewed a month before, and devices need not do anything", async () => {
  const first = await (await open()).current();
  expect(await (await open(afterDays(365))).current()).toEqual(first);
  const source = await open(afterDays(370));
  const renewed = await source.current();
  expect(renewed.cert).not.toBe(first.cert);
  expect(new Date(new X509Certificate(renewed.cert).validTo) > afterDays(700)).toBe(true);
  expect(await inFolder("https.crt")).toBe(renewed.cert);
});

test("an authority that runs out is renewed a year before: whoever trusts either certificate trusts the tracker", async () => {
  const source = await open();
  const old = source.authority() ?? "";
  // As if ten years had passed: the old one is of the present, so that it can still be used here.
  const later = await open(afterDays(3_300));
  await later.current();
  const renewed = later.authority() ?? "";
  expect(renewed).not.toBe(old);
  expect(await inFolder("ca.crt")).toBe(renewed);
  expect(warnings).toMatchObject([{ msg: expect.stringContaining("renewed the certificate authority") }]);
  const authority = { key: await inFolder("ca.key"), cert: renewed };
  const pair = await issueCertificate(authority, { names: ["localhost"], addresses: [] }, TODAY);
  expect(await trusts(old, pair, "localhost")).toBe(true);
});

test("whoever deletes the authority gets a new one, and a certificate of it", async () => {
  await (await open()).current();
  await Promise.all(["ca.key", "ca.crt"].map((name) => rm(join(folder, name))));
  const source = await open();
  expect(await trusts(source.authority() ?? "", await source.current(), "localhost")).toBe(true);
});

test("a clock that was far ahead leaves nothing that is not valid yet", async () => {
  const ahead = await open(afterDays(1_000));
  await ahead.current();
  const source = await open();
  const pair = await source.current();
  expect(await trusts(source.authority() ?? "", pair, "localhost")).toBe(true);
});

test("a new address gets into a new certificate at once", async () => {
  let machine = MACHINE;
  const source = await localCertificate({
    folder,
    machine: () => machine,
    now: () => TODAY,
    log: pino({ level: "silent" }),
  });
  const first = await source.current();
  machine = { names: MACHINE.names, addresses: ["10.0.0.7", "127.0.0.1"] };
  const second = await source.current();
  expect(second.cert).not.toBe(first.cert);
  expect(new X509Certificate(second.cert).checkIP("10.0.0.7")).toBe("10.0.0.7");
  expect(await trusts(source.authority() ?? "", second, "localhost")).toBe(true);
  // An address that is gone does no harm, so that a network that comes and goes changes nothing.
  machine = { names: MACHINE.names, addresses: ["127.0.0.1"] };
  expect(await source.current()).toEqual(second);
});

test("a name that the authority may not vouch for is left out, once with a warning that says what to do", async () => {
  await (await open()).current();
  const renamed = { names: ["share.example.org", "localhost"], addresses: ["203.0.113.9", "127.0.0.1"] };
  const source = await open(TODAY, renamed);
  const pair = await source.current();
  await source.current();
  expect(new X509Certificate(pair.cert).checkHost("share.example.org")).toBeUndefined();
  expect(await trusts(source.authority() ?? "", pair, "localhost")).toBe(true);
  expect(warnings).toMatchObject([
    {
      leftOut: ["share.example.org", "203.0.113.9"],
      msg: expect.stringContaining("delete ca.crt and ca.key"),
    },
  ]);
});

test("names that no certificate can hold are left out, and no machine has too many", async () => {
  const names = ["Dienst PC", "-x", "a..b", "ä", "x".repeat(64), "my_pc", "localhost"];
  const addresses = Array.from({ length: 300 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  const { cert } = await (await open(TODAY, { names, addresses })).current();
  const all = new X509Certificate(cert).subjectAltName?.split(", ") ?? [];
  expect(all.slice(0, 3)).toEqual(["DNS:my_pc", "DNS:localhost", "IP Address:10.0.0.0"]);
  expect(all).toHaveLength(52);
});

describe("if a file is broken", () => {
  beforeEach(async () => {
    await (await open()).current();
  });

  test.each(["https.crt", "https.key"])("%s, the certificate is made anew", async (name) => {
    const authority = await inFolder("ca.crt");
    await writeFile(join(folder, name), "broken");
    const source = await open();
    expect(await trusts(authority, await source.current(), "localhost")).toBe(true);
  });

  test.each(["ca.crt", "ca.key"])("%s, nothing is overwritten: people trust that authority", async (name) => {
    await writeFile(join(folder, name), "broken");
    await expect(open()).rejects.toThrow(CertificateError);
    expect(await inFolder(name)).toBe("broken");
  });

  test("and the authority's key is gone, a sentence says what to do", async () => {
    await rm(join(folder, "ca.key"));
    await expect(open()).rejects.toThrow(/ca\.key is missing\. Restore it, or delete .*ca\.crt/);
  });
});
