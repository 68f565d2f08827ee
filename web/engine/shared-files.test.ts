import { expect, test } from "vitest";
import { matchFiles, returnedFiles, sharedFile } from "./shared-files.ts";

test("files are found by their paths, in any order", () => {
  const picked = [file("Trip/a/1.txt", "one"), file("Trip/b/1.txt", "two"), file("Trip/2.txt", "three")];
  expect(matchFiles(picked.map(sharedFile), [...picked].reverse())).toEqual(picked);
});

test("files in a renamed folder are found by name and size", () => {
  const shared = [file("Trip/a/1.txt", "one"), file("Trip/2.txt", "three")].map(sharedFile);
  const picked = [file("2.txt", "THREE"), file("Moved/1.txt", "ONE")];
  expect(matchFiles(shared, picked)).toEqual([picked[1], picked[0]]);
});

test("the error names a file that is missing or has another size", () => {
  const shared = [sharedFile(file("Trip/1.txt", "one"))];
  expect(() => matchFiles(shared, [])).toThrow(/Trip\/1\.txt is not among/);
  expect(() => matchFiles(shared, [file("Trip/1.txt", "longer")])).toThrow(/its size is different/);
});

test("the time to find many files does not grow with the square of their number", () => {
  let looks = 0;
  const many = Array.from({ length: 2_000 }, (_, at) => ({
    ...file(`all/${at}`, ""),
    get path() {
      looks += 1;
      return `all/${at}`;
    },
  }));
  expect(matchFiles(many.map(sharedFile), many).at(-1)).toBe(many.at(-1));
  expect(looks).toBeLessThan(10 * many.length);
});

test("files come back through their handles while the permission lasts", async () => {
  const picked = file("1.txt", "one");
  const shared = [sharedFile({ ...picked, handle: handle("granted", picked.file) })];
  expect(await returnedFiles(shared, false)).toEqual({ type: "here", files: [picked.file] });
});

test("a typed text comes back without a file on the device", async () => {
  const typed = { ...file("Text.txt", "Xin chào"), typed: "Xin chào" };
  const returned = await returnedFiles([sharedFile(typed)], false);
  expect(returned).toMatchObject({ type: "here" });
  expect(returned.type === "here" && (await returned.files[0]?.text())).toBe("Xin chào");
});

test("a touched file comes back and still has to be hashed", async () => {
  const picked = file("1.txt", "one");
  const touched = file("1.txt", "one", 99).file;
  const shared = [sharedFile({ ...picked, handle: handle("granted", touched) })];
  expect(await returnedFiles(shared, false)).toEqual({ type: "here", files: [touched] });
});

test("a lapsed permission needs a click, and the page asks for it during that click", async () => {
  const picked = file("1.txt", "one");
  const shared = [sharedFile({ ...picked, handle: handle("prompt", picked.file) })];
  expect(await returnedFiles(shared, false)).toEqual({ type: "needs", needs: "permission" });
  expect(await returnedFiles(shared, true)).toEqual({ type: "here", files: [picked.file] });
});

test("without a handle, or if its file was changed or deleted, the page needs the files themselves", async () => {
  const picked = file("1.txt", "one");
  const needsFiles = { type: "needs", needs: "files" };
  expect(await returnedFiles([sharedFile(picked)], false)).toEqual(needsFiles);
  for (const now of [undefined, file("1.txt", "longer").file]) {
    const shared = [sharedFile({ ...picked, handle: handle("granted", now) })];
    expect(await returnedFiles(shared, false)).toEqual(needsFiles);
  }
});

function file(path: string, text: string, lastModified = 1) {
  return { path, file: new File([text], path.slice(path.lastIndexOf("/") + 1), { lastModified }) };
}

/** A handle that grants the permission when asked. */
function handle(permission: PermissionState, file: File | undefined): FileSystemFileHandle {
  const made: Partial<FileSystemFileHandle> = {
    queryPermission: async () => permission,
    requestPermission: async () => "granted",
    getFile: async () => {
      if (file === undefined) throw new DOMException("it is gone", "NotFoundError");
      return file;
    },
  };
  return made as FileSystemFileHandle;
}
