import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { StorageError } from "#shared/driver/ports.ts";
import { forgetSecret, keepSecret, readSecret, secretsNamed } from "./secrets.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-secrets-"));
});
beforeEach(async () => {
  vi.stubEnv("XDG_CONFIG_HOME", await mkdtemp(join(folder, "home-")));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("a secret is kept under its name, where only its user can read it, until it is forgotten", async () => {
  expect(await readSecret("login http://a/")).toBeUndefined();
  await keepSecret("login http://a/", { key: "first" });
  const file = await keepSecret("login http://a/", { key: "second" });
  expect((await stat(file)).mode & 0o077).toBe(0); // Before a look at it closes it to others.
  expect(await readSecret("login http://a/")).toEqual({ key: "second" });
  expect(await readSecret("login http://b/")).toBeUndefined();
  expect((await stat(join(file, ".."))).mode & 0o077).toBe(0);
  expect(await readdir(join(file, ".."))).toHaveLength(1);
  await forgetSecret("login http://a/");
  await forgetSecret("login http://a/");
  expect(await readSecret("login http://a/")).toBeUndefined();
});

test("a file that others could read is closed to them, and one that is damaged counts as missing", async () => {
  const file = await keepSecret("a", 1);
  await chmod(file, 0o644);
  expect(await readSecret("a")).toBe(1);
  expect((await stat(file)).mode & 0o077).toBe(0);
  await writeFile(file, "{");
  expect(await readSecret("a")).toBeUndefined();
});

test("secrets that are kept at the same time are all kept, and listed by how they begin", async () => {
  const names = Array.from({ length: 20 }, (_, at) => `owner ${at}/../%`);
  await Promise.all([...names, "other"].map((name) => keepSecret(name, name)));
  expect(await Promise.all(names.map(readSecret))).toEqual(names);
  expect([...(await secretsNamed("owner "))].sort()).toEqual(names.sort());
});

test("a secret that cannot take its place leaves nothing behind", async () => {
  const file = await keepSecret("a", 1);
  await rm(file);
  await mkdir(join(file, "in the way"), { recursive: true });
  await expect(keepSecret("a", 2)).rejects.toThrow(StorageError);
  expect(await readdir(join(file, ".."))).toEqual(["a.json"]);
});

test("a folder that cannot be written is explained", async () => {
  await writeFile(join(folder, "file"), "");
  vi.stubEnv("XDG_CONFIG_HOME", join(folder, "file"));
  await expect(keepSecret("a", 1)).rejects.toThrow(StorageError);
});
