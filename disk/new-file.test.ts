import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openNew, replaceFile } from "./new-file.ts";

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "new-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a new file takes the place of an old one, and its mode is the new one's", async () => {
  const path = join(openFolder(), "file");
  writeFileSync(path, "old text");
  chmodSync(path, 0o666);
  const file = await openNew(path, 0o600);
  await file.writeFile("new");
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a link in its place is not followed, even if it leads nowhere", async () => {
  const folder = openFolder();
  const [precious, missing] = [join(folder, "precious"), join(folder, "missing")];
  writeFileSync(precious, "mine");
  for (const target of [precious, missing]) {
    const path = join(folder, "link");
    rmSync(path, { force: true });
    symlinkSync(target, path);
    await (await openNew(path, 0o600)).close();
    expect(statSync(path).size).toBe(0);
  }
  expect(readFileSync(precious, "utf8")).toBe("mine");
  expect(statSync(missing, { throwIfNoEntry: false })).toBeUndefined();
});

test("a file is replaced whole, with its mode, and a link in its place as well", async () => {
  const folder = openFolder();
  const [path, precious] = [join(folder, "file"), join(folder, "precious")];
  writeFileSync(precious, "mine");
  symlinkSync(precious, path);
  await replaceFile(path, "new", 0o644);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readFileSync(precious, "utf8")).toBe("mine");
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder).sort()).toEqual(["file", "precious"]);
});
