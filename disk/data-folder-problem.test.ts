import { expect, test } from "vitest";
import { dataFolderProblem } from "./data-folder-problem.ts";

test.each([
  ["ENOSPC", "Free space on its disk"],
  ["EACCES", "Give the tracker's user the right to write to it"],
  ["EROFS", "Pass --data with a folder that you can write to."],
  [undefined, "Move that away"],
])("after %s an operator hears what to do", (code, remedy) => {
  const error = Object.assign(new Error("reason"), code === undefined ? {} : { code });
  const sentence = dataFolderProblem(error);
  expect(sentence).toMatch(/^The data folder cannot be used \(reason\)\. /);
  expect(sentence).toContain(remedy);
});
