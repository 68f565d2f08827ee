import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keptTrackerId } from "./tracker-id.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-id-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("the id is the same the next time", async () => {
  const folder = join(await temporaryFolder(), "made");
  const id = await keptTrackerId(folder);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(await keptTrackerId(folder)).toBe(id);
});

test("a pipe in place of the id file is reported at once", async () => {
  const folder = await temporaryFolder();
  execFileSync("mkfifo", [join(folder, "tracker-id")]);
  await expect(keptTrackerId(folder)).rejects.toThrow(`${join(folder, "tracker-id")} is not a file`);
});
