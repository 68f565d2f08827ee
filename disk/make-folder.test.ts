import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "folder-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
});

test("a folder is created with all that is missing above it, and may exist already", () => {
  const path = join(root, "a", "b", "c");
  makeFolder(path, 0o700);
  makeFolder(`${path}/`);
  for (const folder of [path, join(root, "a")]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("a link to a folder counts as one", () => {
  mkdirSync(join(root, "real"));
  symlinkSync(join(root, "real"), join(root, "link"));
  makeFolder(join(root, "link", "inside"));
  expect(statSync(join(root, "real", "inside")).isDirectory()).toBe(true);
});

test.each(["taken", "taken/inside"])("a file in the way of %s is an error that names it", (path) => {
  writeFileSync(join(root, "taken"), "");
  expect(() => makeFolder(join(root, path))).toThrow(
    expect.objectContaining({ code: "ENOTDIR", message: expect.stringContaining(join(root, "taken")) }),
  );
});

test("a broken link in the way is an error", () => {
  symlinkSync(join(root, "nowhere"), join(root, "broken"));
  expect(() => makeFolder(join(root, "broken", "inside"))).toThrow(/EEXIST/);
});

test
  .runIf(process.platform === "linux")
  .each(["/proc/tabswarm", "/proc/tabswarm/inside", "/proc/self/tabswarm"])(
  "%s, where nothing can be created, is an error and not an endless wait",
  (path) => {
    expect(() => makeFolder(path)).toThrow(
      expect.objectContaining({
        code: "ENOTSUP",
        message: expect.stringContaining("no folder can be created in /proc"),
      }),
    );
  },
);
