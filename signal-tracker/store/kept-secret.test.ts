import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keptSecret } from "./kept-secret.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-secret-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("the secret is the same the next time, and only its owner can read it", async () => {
  const folder = join(await temporaryFolder(), "made");
  const secret = await keptSecret(folder, "s");
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await chmod(join(folder, "s"), 0o644); // As a restored copy may be.
  expect(await keptSecret(folder, "s")).toBe(secret);
  expect((await stat(join(folder, "s"))).mode & 0o777).toBe(0o600);
});

test("a file that holds no secret gets a new one, and a pipe is reported at once", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "s"), "");
  const secret = await keptSecret(folder, "s");
  expect(secret).not.toBe("");
  expect(await keptSecret(folder, "s")).toBe(secret);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await expect(keptSecret(folder, "pipe")).rejects.toThrow("pipe is not a file");
});

test("a link that leads elsewhere gets no secret", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "theirs"), "");
  await symlink(join(folder, "theirs"), join(folder, "s"));
  const secret = await keptSecret(folder, "s");
  expect(await readFile(join(folder, "theirs"), "utf8")).toBe("");
  expect(await keptSecret(folder, "s")).toBe(secret);
});
