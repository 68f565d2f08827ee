import { expect, test } from "vitest";
import { uniqueNames } from "./inbox.ts";

const named = (...names: readonly string[]) => uniqueNames(names.map((name) => ({ name })));

test("files of one name are numbered, and keep their extension", () => {
  expect(named("photo.jpg", "photo.jpg", "PHOTO.jpg", "photo (2).jpg")).toEqual([
    "photo.jpg",
    "photo (2).jpg",
    "PHOTO (3).jpg",
    "photo (2) (2).jpg",
  ]);
  expect(named("notes", "notes", ".profile", ".profile")).toEqual([
    "notes",
    "notes (2)",
    ".profile",
    ".profile (2)",
  ]);
});

test("names have no folders, are never empty, and stay short", () => {
  expect(named("../../a.txt", "C:\\b.txt", "", "a/")).toEqual(["a.txt", "b.txt", "file", "file (2)"]);
  for (const long of ["x".repeat(1000), `a.${"y".repeat(1000)}`, `${"x".repeat(1000)}.jpg`])
    for (const name of named(long, long)) expect(name.length).toBeLessThanOrEqual(255);
});
