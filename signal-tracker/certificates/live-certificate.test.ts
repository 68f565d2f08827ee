import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { issueCertificate, makeAuthority } from "./authority.ts";
import { CertificateError, DAY_MILLIS, type KeyPair } from "./certificate-source.ts";
import { LiveCertificate } from "./live-certificate.ts";
import { ownCertificate } from "./own-certificate.ts";

const MACHINE = { names: ["localhost"], addresses: [] };
const TODAY = new Date();

let folder: string;
let entries: Record<string, unknown>[];
let passedDays: number;
let live: LiveCertificate | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-certificates-"));
  entries = [];
  passedDays = 0;
});
afterEach(async () => {
  await live?.close();
  await rm(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);

async function newPair(): Promise<KeyPair> {
  return issueCertificate(await makeAuthority(MACHINE, TODAY), MACHINE, TODAY);
}

/** Each file is replaced as a whole: half a file is another problem, which the log would tell. */
async function put({ key, cert }: KeyPair): Promise<void> {
  for (const [name, content] of [
    ["my.crt", cert],
    ["my.key", key],
  ] as const) {
    await writeFile(file("new"), content);
    await rename(file("new"), file(name));
  }
}

async function open(): Promise<LiveCertificate> {
  live = await LiveCertificate.open(ownCertificate(file("my.crt"), file("my.key")), {
    log: pino({ level: "info" }, { write: (line: string) => entries.push(JSON.parse(line)) }),
    now: () => new Date(TODAY.getTime() + passedDays * DAY_MILLIS),
    checkMillis: 5,
  });
  return live;
}

const said = (message: string): number => entries.filter(({ msg }) => msg === message).length;

test("files of one's own are served, and read again when they change", async () => {
  const [first, second] = [await newPair(), await newPair()];
  await put(first);
  const certificate = await open();
  expect(certificate.pair).toEqual(first);
  expect(certificate.authority).toBeUndefined();
  const served: KeyPair[] = [];
  certificate.onChange((pair) => served.push(pair));
  await put(second);
  await expect.poll(() => served).toEqual([second]);
  expect(certificate.pair).toEqual(second);
});

test("broken new files keep the old certificate, with one error in the log, until they are mended", async () => {
  const [first, second] = [await newPair(), await newPair()];
  await put(first);
  const certificate = await open();
  const served: KeyPair[] = [];
  certificate.onChange((pair) => served.push(pair));
  await writeFile(file("my.crt"), second.cert); // Its key is still the old one.
  await expect.poll(() => said("kept the old certificate")).toBe(1);
  await rm(file("my.key"));
  await expect.poll(() => said("kept the old certificate")).toBe(2);
  expect(served).toEqual([]);
  expect(certificate.pair).toEqual(first);
  await put(second);
  await expect.poll(() => served).toEqual([second]);
  expect(said("kept the old certificate")).toBe(2);
});

test.each([
  ["a key of another certificate", async () => put({ ...(await newPair()), key: (await newPair()).key })],
  ["no PEM", async () => put({ key: "x", cert: "y" })],
  ["an empty certificate", async () => put({ ...(await newPair()), cert: "" })],
  ["an empty key", async () => put({ ...(await newPair()), key: "" })],
  [
    "a file of more than 1 MiB",
    async () => {
      const { key, cert } = await newPair();
      await put({ key, cert: cert.padEnd(1024 * 1024 + 1) });
    },
  ],
  ["a folder", async () => mkdir(file("my.crt"))],
  ["nothing", async () => {}],
])("what cannot be served is refused at the start: %s", async (_what, prepare) => {
  await prepare();
  await expect(open()).rejects.toThrow(CertificateError);
});

test("the log says when it expires, and once a day when that is near", async () => {
  await put(await newPair());
  await open();
  expect(entries).toMatchObject([{ certificate: "https", expires: expect.any(String) }]);
  passedDays = 390;
  await expect.poll(() => said("the certificate expires soon")).toBe(1);
  passedDays = 391.5;
  await expect.poll(() => said("the certificate expires soon")).toBe(2);
  passedDays = 400;
  await expect.poll(() => said("the certificate has expired")).toBe(1);
});
