import { expect, test } from "vitest";
import { shareSummaryLine } from "./share-summary.ts";
import { torrentView } from "./views.test-support.ts";

test.each([
  [{ uploadedBytes: 0 }, "film.bin: nobody took anything."],
  [
    { uploadedBytes: 2_500_000, finishedInAll: 1 },
    "film.bin: 2.5 MB sent, 2.50 times its size; 1 person got everything.",
  ],
  [
    { uploadedBytes: 400_000, finishedInAll: 0 },
    "film.bin: 400.0 kB sent, 0.40 times its size; 0 people got everything.",
  ],
])("%o is %s", (parts, words) => {
  const view = torrentView({ name: "film.bin", bytesTotal: 1_000_000, ...parts });
  expect(shareSummaryLine(view, false)).toBe(words);
  expect(JSON.parse(shareSummaryLine(view, true))).toMatchObject({
    type: "shared",
    uploadedBytes: parts.uploadedBytes,
  });
});
