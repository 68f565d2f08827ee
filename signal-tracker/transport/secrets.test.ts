import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import {
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../accounts/accounts.test-support.ts";

/** What everybody may read; all other files of the data folder are for their owner only. */
const PUBLIC_FILES = ["ca.crt", "https.crt", "tracker-id"];

const TURN_SECRET = "a secret that only coturn knows";
const METRICS_TOKEN = "a-token-for-prometheus";

test("no secret is readable in the data folder or in the log, and no file there is for others", {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-secrets-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  let log = "";
  const tracker = await openAccountTracker(onTestFinished, {
    dataFolder: folder,
    https: { port: 0, certificate: { folder } },
    turn: { urls: ["turn:turn.example.org"], secret: TURN_SECRET },
    metricsToken: METRICS_TOKEN,
    log: pino({ level: "trace" }, { write: (line: string) => (log += line) }),
  });
  const client = await register(tracker, "anna");
  const { body } = await client.post("/api/keys", { name: "aria2" });
  const { key } = body;
  expect(key.length).toBeGreaterThan(20);
  const announce = `info_hash=${"%11".repeat(20)}&peer_id=-XX0001-000000000001&port=7001`;
  for (const path of [
    `/announce/${key}?${announce}`,
    `/announce/${key}?x`,
    `/scrape/${key}`,
    `/announce/${key}/x`,
    `/api/${key}`,
    `/%/${key}`,
  ])
    await fetch(tracker.url + path);
  await new ApiClient(tracker).post("/api/session", {
    name: "anna",
    password: "wrong, but nobody's business",
  });
  const config = JSON.stringify((await client.get("/config.json")).body);
  const secrets = {
    PASSWORD,
    TURN_SECRET,
    METRICS_TOKEN,
    key,
    session: client.cookie?.split("=")[1] ?? "",
    code: tracker.code,
    wrong: "nobody's business",
  };
  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  };
  const check = async (): Promise<void> => {
    for (const file of await files()) {
      const name = file.slice(folder.length + 1);
      if (!PUBLIC_FILES.includes(name)) expect((await stat(file)).mode & 0o077, name).toBe(0);
      const text = await readFile(file, "latin1");
      for (const [what, secret] of Object.entries(secrets))
        expect(text.includes(secret), `${what} in ${name}`).toBe(false);
    }
  };
  await check();
  await tracker.close();
  await check();
  expect((await files()).length).toBeGreaterThan(5);
  for (const [what, secret] of Object.entries(secrets)) {
    expect(secret.length, what).toBeGreaterThan(5);
    expect(log.includes(secret), `${what} in the log`).toBe(false);
  }
  expect(config).not.toContain(TURN_SECRET);
});

test("a client that makes up X-Forwarded-For does not get around the limits of its address", {
  timeout: 60_000,
}, async (context) => {
  const lan = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === "IPv4" && !found.internal);
  if (lan === undefined) return context.skip("this machine is on no network");
  const tracker = await openAccountTracker(onTestFinished, { host: lan.address });
  const url = `http://${lan.address}:${tracker.port}`;
  const codes: unknown[] = [];
  for (let at = 0; at < 11; at++) {
    const client = new ApiClient({ url }, `198.51.100.${at}`);
    codes.push(codeOf(await client.post("/api/session", { name: "anna", password: `guess${at}` }))[0]);
  }
  expect(codes).toEqual([...Array(10).fill(401), 429]);
});
