import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { KeptSecrets, settingsFolder } from "./kept-secrets.ts";

const TRACKER = "http://tracker.example:8000/" as TrackerUrl;
const OTHER = "https://tracker.example/" as TrackerUrl;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-secrets-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a secret is kept for its tracker, where only its user can read it", async () => {
  const secrets = new KeptSecrets(join(folder, "a", "tabswarm"));
  expect(await secrets.read(TRACKER, "login-key")).toBeUndefined();
  await secrets.keep(TRACKER, "login-key", "first");
  const path = await secrets.keep(TRACKER, "login-key", "second");
  expect(await new KeptSecrets(join(folder, "a", "tabswarm")).read(TRACKER, "login-key")).toBe("second");
  expect(await secrets.read(OTHER, "login-key")).toBeUndefined();
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect((await stat(join(path, ".."))).mode & 0o077).toBe(0);
  expect(await readdir(join(path, ".."))).toEqual(["login-key"]);
  await secrets.forget(TRACKER, "login-key");
  await secrets.forget(TRACKER, "login-key");
  expect(await secrets.read(TRACKER, "login-key")).toBeUndefined();
});

test("secrets that are kept at the same time are all kept", async () => {
  const secrets = new KeptSecrets(join(folder, "b"));
  const names = Array.from(
    { length: 20 },
    (_, at) => `owner-key-${String(at).padStart(40, "0") as InfoHash}` as const,
  );
  await Promise.all(names.map((name) => secrets.keep(TRACKER, name, name)));
  expect(await Promise.all(names.map((name) => secrets.read(TRACKER, name)))).toEqual(names);
});

test("a folder that cannot be written is explained", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(new KeptSecrets(join(folder, "file")).keep(TRACKER, "login-key", "x")).rejects.toThrow(
    StorageError,
  );
});

test("secrets are where the system keeps settings", () => {
  expect(settingsFolder({ XDG_CONFIG_HOME: "/x" }, "linux")).toBe("/x");
  expect(settingsFolder({ XDG_CONFIG_HOME: "relative" }, "linux")).toMatch(/\/\.config$/);
  expect(settingsFolder({}, "linux")).toMatch(/\/\.config$/);
  expect(settingsFolder({}, "darwin")).toMatch(/Library\/Application Support$/);
  expect(settingsFolder({ APPDATA: "C:\\Roaming" }, "win32")).toBe("C:\\Roaming");
});
